import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

const callers = 50;

test("of fifty at once who send the same report under the same key, for fifty keys (five on the embedded database), each key's is counted once, and all get its answer", {
	timeout: 300_000,
}, async () => {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const keys = gateway().database.engine === "PostgreSQL" ? 50 : 5;
	const resources = await Promise.all(Array.from({ length: keys }, () => provider.resource()));
	const answers: string[] = [];
	for (const [key, resource] of resources.entries()) {
		const input = { resource, usages: [{ type: "cpu", amount: "1" }], idempotencyKey: `key ${key}` };
		const own = Array.from({ length: callers }, async () => {
			const { setUsage: answer } = await gateway().ask(provider.token, setUsage, { input });
			return `${key} ${answer.componentUsages.map(({ uuid }: Answer) => uuid).join()}`;
		});
		answers.push(...(await Promise.all(own)));
	}
	const entries = await gateway().database.rows<{ count: number }>(sql`
		select count(*)::int as "count" from "LogEntry" l join "ComponentUsage" u on u."uuid" = l."componentUsageUuid"
		where u."offeringUuid" = ${provider.offering}::uuid group by u."resourceUuid"
	`);

	expect(new Set(answers).size).toBe(resources.length);
	expect(entries.map(({ count }) => count)).toEqual(resources.map(() => 1));
	expect(await differencesIn(gateway().database, new Date("2017-01-10T12:00:00Z"))).toEqual([]);
});

test("of many at once who use a key for different things, one is served and the others are refused", async () => {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const resource = await provider.resource();
	const answers = await Promise.all(
		Array.from({ length: callers }, async (_, place) => {
			const input = { resource, usages: [{ type: "cpu", amount: String(place) }], idempotencyKey: "one" };
			return (await gateway().ask(provider.token, setUsage, { input })).setUsage;
		}),
	);

	expect(answers.filter(({ __typename }) => __typename === "SetUsagePayload")).toHaveLength(1);
	expect(answers.filter(({ code }) => code === "IDEMPOTENCY_CONFLICT")).toHaveLength(callers - 1);
});
