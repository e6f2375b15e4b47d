import { afterEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { endedWell, syncStatus, takeLease } from "../../src/domain/mirror/sync.store.ts";
import { startSync } from "../../src/sync/start.ts";
import { id, smallWorld, stored } from "../import/small-world.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { hanging } from "../waldur/faults.ts";
import type { Interception } from "../waldur/waldur.ts";
import { type Pair, pairForFile } from "./support.ts";

const { start } = pairForFile();
let running: { stop(): Promise<void> } | undefined;
afterEach(async () => {
	await running?.stop();
	running = undefined;
});

/** The service's part that follows the pair's Waldur. */
function follow(pair: Pair, writes = false): void {
	const clock = () => pair.now;
	running = startSync({
		database: pair.database,
		waldur: { url: pair.waldur.base, token: pair.waldur.token, interval: 50, maxWait: 1_000 },
		mirror: { sourceId: pair.sourceId, writes },
		timeZone: "UTC",
		clock,
		reference: referenceOf(clock),
		isClockRight: async () => true,
		tell: (line) => pair.lines.push(line),
		report: (what) => (error) => pair.lines.push(`${what}: ${String(error)}`),
	});
}

async function until(holds: () => Promise<boolean>): Promise<void> {
	await expect.poll(holds, { timeout: 20_000, interval: 50 }).toBe(true);
}

const name = async (pair: Pair) => (await pair.database.rows<{ name: string }>(sql`select "name" from "Resource"`))[0]?.name;

describe("the service beside a Waldur", () => {
	test("follows it by itself", async () => {
		const pair = await start();
		follow(pair);
		await until(async () => (await name(pair)) === "Node");
		pair.waldur.state.change("marketplace-resources", id(60), { name: "Renamed" });
		await until(async () => (await name(pair)) === "Renamed");
	});

	test("says once that it cannot, and once that it can again", async () => {
		let isAway = true;
		const away: Interception = (_, response) => {
			if (isAway) response.writeHead(403).end();
			return isAway;
		};
		const pair = await start(smallWorld(), away);
		follow(pair);
		await until(async () => pair.lines.length > 0);
		await until(async () => (await syncStatus(pair.database, pair.sourceId, pair.now)).error !== null);
		isAway = false;
		await until(async () => pair.lines.at(-1) === "Waldur is followed again.");
		expect(pair.lines).toEqual([expect.stringContaining("Waldur cannot be followed:"), "Waldur is followed again."]);
	});

	test("stops at once while an answer does not come", async () => {
		const pair = await start(smallWorld(), hanging);
		follow(pair);
		await until(async () => pair.waldur.requests.length > 0);
		const begun = performance.now();
		await running?.stop();
		expect(performance.now() - begun).toBeLessThan(3_000);
		running = undefined;
		// Another instance can go on at once, and knows that this pass has not come to its end.
		expect(await endedWell(pair.database, pair.sourceId)).toBe(false);
		expect(await takeLease(pair.database, pair.sourceId, "another", pair.now, new Date(pair.now.getTime() + 60_000))).toBe(true);
	});

	test("gives up what waits to be sent when it does not write any more, so that Waldur's figure comes back", async () => {
		const pair = await start();
		await pair.pass();
		await pair.database.rows(sql`update "ComponentUsage" set "usage" = 5`);
		await pair.database.rows(sql`
			insert into "WaldurDelivery" ("sourceId", "laneUuid", "componentUsageUuid") values (${pair.sourceId}::smallint, ${stored(60)}::uuid, ${stored(80)}::uuid)
		`);
		follow(pair);
		await until(async () => pair.lines.some((line) => line.includes("given up")));
		await running?.stop();
		running = undefined;
		await pair.pass({ whole: true });
		expect(await pair.database.rows(sql`select "usage" from "ComponentUsage"`)).toEqual([{ usage: "7.50" }]);
		expect(await pair.database.rows(sql`select "state"::text as "state" from "WaldurDelivery"`)).toEqual([{ state: "FAILED" }]);
	});
});
