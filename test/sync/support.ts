import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { quoted, raw, sql } from "../../src/database/sql.ts";
import { sourceNamed } from "../../src/domain/mirror/source.store.ts";
import type { ListName } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { type PassEnd, type PassOptions, synchronize } from "../../src/sync/pass.ts";
import { smallWorld, stored } from "../import/small-world.ts";
import { tableNames } from "../import/support.ts";
import { freshDatabase } from "../support/database.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { type Interception, startWaldur } from "../waldur/waldur.ts";

export type Lists = Partial<Record<ListName, readonly object[]>>;

/** A Waldur, and a database that is kept in step with it by passes that the test runs. */
export interface Pair {
	readonly database: Database;
	readonly waldur: Awaited<ReturnType<typeof startWaldur>>;
	readonly sourceId: number;
	/** Lines that a person should know. */
	readonly lines: string[];
	now: Date;
	pass(options?: Partial<PassOptions>): Promise<PassEnd>;
}

/** For the tests of a file: a new Waldur with one of everything before each, and an empty database. */
export function pairForFile(): { start(lists?: Lists, intercept?: Interception): Promise<Pair> } {
	let database: Database;
	let stop: (() => Promise<unknown>) | undefined;
	beforeAll(async () => {
		database = await freshDatabase("empty");
	});
	beforeEach(async () => {
		await stop?.();
		stop = undefined;
		await database.rows(raw(`truncate ${(await tableNames(database)).map(quoted).join(", ")} restart identity cascade`));
	});
	afterAll(async () => {
		await stop?.();
		await database.close();
	});
	return {
		start: async (lists = smallWorld(), intercept) => {
			const lines: string[] = [];
			const pair = { now: new Date("2024-03-20T12:00:00Z") };
			const waldur = await startWaldur(lists, intercept, { now: () => pair.now });
			stop = waldur.stop;
			const sourceId = await sourceNamed(database, waldur.base.href);
			const clock = () => pair.now;
			return Object.assign(pair, {
				database,
				waldur,
				sourceId,
				lines,
				pass: (options: Partial<PassOptions> = {}) =>
					synchronize({
						database,
						source: urlSource(waldur.base, waldur.token, { pauses: [] }),
						sourceId,
						sourceTime: async () => pair.now,
						timeZone: "UTC",
						clock,
						reference: referenceOf(clock),
						holder: "test",
						tell: (line) => lines.push(line),
						...options,
					}),
			});
		},
	};
}

/** Reports by hand, and says how far the report came on its way to Waldur. */
export async function reportByHand(pair: Pair, value: string, state: string, sent: Date | null): Promise<void> {
	await pair.database.rows(sql`insert into "User" ("uuid", "username") values (${stored(999)}::uuid, 'agent') on conflict do nothing`);
	await pair.database.rows(sql`update "ComponentUsage" set "usage" = ${value}::numeric, "modifiedByUuid" = ${stored(999)}::uuid`);
	await pair.database.rows(
		sql`insert into "WaldurDelivery" ("sourceId", "laneUuid", "componentUsageUuid", "state", "sent", "due")
		select ${pair.sourceId}::smallint, "resourceUuid", "uuid", ${state}::"DeliveryState", ${sent}::timestamptz, coalesce(${sent}::timestamptz, now()) from "ComponentUsage"`,
	);
}
