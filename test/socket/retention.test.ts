import { beforeEach, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { endOfLog, LogTruncated, numberEntries, pruneLog } from "../../src/event-log/log.store.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import { beginning } from "../../src/event-log/position.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let resource: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
});

const report = (amount: string) => gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

/** The positions of the provider's firings, oldest first; null where the log does not reach back. */
async function positions(): Promise<string[]> {
	const { policyFirings } = await gateway().ask(provider.token, "{ policyFirings(last: 100) { nodes { kind position } } }");
	return policyFirings.nodes.map(({ position }: Answer) => position).reverse();
}

/** As if what is in the log by now had been written in 2016. */
const ageEntries = () => gateway().database.rows(sql`update "LogEntry" set "created" = '2016-06-01T00:00:00Z' where "created" > '2016-06-01T00:00:00Z'`);

const alerts = `subscription ($after: String) {
	policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position firing { kind } } ... on Error { code message } }
}`;

test("the log goes on from the last entry that it has let go of, and from none before it", async () => {
	await report("11");
	await report("1");
	const [fired = "", reset = ""] = await positions();
	await ageEntries();
	await report("12");
	await pruneLog(gateway().database, new Date("2016-07-01T00:00:00Z"));
	const client = await connect(gateway().url, provider.token);
	const early = await subscribe(client, alerts, { after: fired }).next();
	const next = await subscribe(client, alerts, { after: reset }).next();
	await client.dispose();

	expect(early.policyFirings).toMatchObject({ __typename: "PositionExpiredError", code: "POSITION_EXPIRED" });
	expect(next.policyFirings).toMatchObject({ firing: { kind: "FIRED" } });
	expect(await positions()).toEqual([null, null, next.policyFirings.position]);
});

test("entries that are not old enough stay", async () => {
	await report("11");
	await pruneLog(gateway().database, new Date("2016-07-01T00:00:00Z"));
	expect(await positions()).toEqual([expect.any(String)]);
});

test("however much is old enough goes, and no more", async () => {
	const { database } = gateway();
	await database.rows(sql`
		insert into "LogEntry" ("policyFiringUuid", "created") select gen_random_uuid(), '2016-06-01' from pg_current_xact_id(), generate_series(1, 16000)
	`);
	await report("11");
	const unnumbered = async () => {
		await numberEntries(database); // or the gateway does
		return database.rows(sql`select "id" from "LogEntry" where "id" not in (select "entryId" from "LogNumber") limit 1`);
	};
	await expect.poll(unnumbered, { timeout: 60_000 }).toEqual([]);
	await pruneLog(database, new Date("2016-07-01T00:00:00Z"));

	expect(await database.rows(sql`select count(*)::int as "count" from "LogEntry" where "created" < '2016-07-01'`)).toEqual([{ count: 0 }]);
	expect(await positions()).toEqual([expect.any(String)]);
});

test("a follower that falls behind what the log keeps is told so instead of being led over the gap", async () => {
	const { database } = gateway();
	const { setUsage: reported } = await report("1");
	await pruneLog(database, new Date("9999-01-01T00:00:00Z"));
	const start = await endOfLog(database);
	await database.rows(sql`
		insert into "LogEntry" ("componentUsageUuid") select ${reported.componentUsages[0].uuid}::uuid from generate_series(1, 1500)
	`);
	const log = await startLogReader(database, { onError: () => {} });
	const slow = log.follow(start, new AbortController().signal, false);
	const first = await slow.next();
	await pruneLog(database, new Date("9999-01-01T00:00:00Z"));

	expect(first.value).toHaveLength(1_000);
	await expect(slow.next()).rejects.toThrow(LogTruncated);
	await expect(log.follow(beginning, new AbortController().signal, false).next()).rejects.toThrow(LogTruncated);
	await log.stop();
});
