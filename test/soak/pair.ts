import { setTimeout as pause } from "node:timers/promises";
import { addToken } from "../../src/access/token.store.ts";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { repeat } from "../../src/shared/repeat.ts";
import { type PassEnd, type PassOptions, synchronize } from "../../src/sync/pass.ts";
import { startSync } from "../../src/sync/start.ts";
import { freshDatabase } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { startWaldur } from "../waldur/waldur.ts";
import type { answerFaults } from "./faults.ts";
import { soakWorld } from "./world.ts";

/** Milliseconds between two passes. */
export const interval = 1_000;
/** Milliseconds that a pass waits at most when Waldur asks for it. */
const maxWait = 3_000;

/** A pass as it was seen from outside; moments in milliseconds as Date counts them. */
export interface Passed {
	readonly began: number;
	readonly ended: number;
	readonly error: string | null;
}

/** A time in which the gateway does not synchronize; open until it does again. */
export interface Pause {
	readonly began: number;
	ended?: number;
}

interface Options {
	readonly seed: number;
	/** Whether the gateway writes to the Waldur. */
	readonly writes: boolean;
	/** How many there are at first. */
	readonly resources: number;
	readonly faults: ReturnType<typeof answerFaults>;
}

export type Pair = Awaited<ReturnType<typeof startPair>>;

/**
 * A Waldur with a generated world, and a gateway that is kept in step with it. All clocks are one, which begins in the midst
 * of a month whatever the day is, and can be advanced.
 */
export async function startPair({ seed, writes, resources, faults }: Options) {
	let offset = Date.parse("2026-11-12T10:00:00Z") - Date.now();
	const clock = () => new Date(Date.now() + offset);
	const { lists, watchers, fill } = soakWorld(clock(), seed, resources);
	const waldur = await startWaldur(
		lists,
		(request, response) => {
			response.setHeader("Date", clock().toUTCString());
			return faults.intercept(request, response);
		},
		{ now: clock },
	);
	fill(waldur.state);
	const database = await freshDatabase("empty");
	const gateway = await startGateway({ database, now: clock().toISOString(), mirror: { url: waldur.base.href, writes } });
	const ticking = setInterval(() => gateway.setTime(clock().toISOString()), 20);
	const { mirror, reference } = gateway.services;
	if (mirror === undefined) throw new Error("The gateway has a Waldur.");
	const { sourceId } = mirror;
	const lines: string[] = [];
	const errors: unknown[] = [];
	const pauses: Pause[] = [];
	const tell = (line: string) => void lines.push(line);
	const start = () =>
		startSync({
			database,
			waldur: { url: waldur.base, token: waldur.token, interval, maxWait },
			mirror,
			timeZone: "UTC",
			clock,
			reference,
			isClockRight: async () => true,
			tell,
			report: () => (error) => errors.push(error),
		});

	/** As `npm run sync` makes one, once no other is under way. */
	const pass = async ({ whole, ...more }: { whole: boolean } & Partial<PassOptions>): Promise<Extract<PassEnd, { busy: false }>> => {
		for (;;) {
			const source = urlSource(waldur.base, waldur.token, { maxWait });
			const sourceTime = async () => clock();
			const ended = await synchronize({
				...{ database, source, sourceId, sourceTime, timeZone: "UTC", clock, reference, tell },
				...{ holder: "command", whole, confirmed: whole, ...more },
			});
			if (!ended.busy) return ended;
			await pause(50);
		}
	};
	await pass({ whole: true });
	const { passes, watch } = await watchPasses(database, clock);
	const token = async (username: string) => {
		const made = { token: `demo_${username}` as const, username, name: "soak", expires: null, now: clock() };
		if (!(await addToken(database, made))) throw new Error(`${username} has come with the first pass.`);
		return made.token;
	};
	return {
		...{ waldur, gateway, database, sourceId, clock, watchers, lines, errors, pauses, start, pass, passes, token },
		advance: (milliseconds: number) => {
			offset += milliseconds;
			gateway.setTime(clock().toISOString());
		},
		stop: async () => {
			clearInterval(ticking);
			await watch.stop();
			await gateway.stop();
			await waldur.stop();
		},
	};
}

/** Notes each pass that ends, by whoever makes it. */
async function watchPasses(database: Database, clock: () => Date) {
	const passes: Passed[] = [];
	let began: number | undefined;
	let last: number | undefined;
	let looked = clock().getTime();
	const look = async () => {
		const before = looked;
		looked = clock().getTime();
		const [row] = await database.rows<{ modified: Date; runs: boolean; error: string | null }>(
			sql`select "modified", "holder" is not null as "runs", "error" from "WaldurSync"`,
		);
		if (row === undefined) return;
		const ended = row.modified.getTime();
		if (last !== undefined && ended !== last) {
			passes.push({ began: began ?? before, ended, error: row.error });
			began = undefined;
		}
		last = ended;
		if (row.runs) began ??= looked;
	};
	await look();
	return { passes, watch: repeat(40, look, () => {}) };
}
