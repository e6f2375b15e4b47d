import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

/** A provider whose policy limits cpu, and as many resources as there are writers. */
async function writersOn(limit: number, writers: number): Promise<{ provider: Provider; resources: string[] }> {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: limit } });
	const resources: string[] = [];
	for (let writer = 0; writer < writers; writer++) resources.push(await provider.resource());
	return { provider, resources };
}

const reportAll = (provider: Provider, resources: string[], amount: string): Promise<Answer[]> =>
	Promise.all(
		resources.map(async (resource) => {
			const { setUsage: result } = await gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });
			return result.firings.map(({ kind }: Answer) => kind);
		}),
	);

const firingsOf = async (provider: Provider): Promise<string[]> => {
	const rows = await gateway().database.rows<{ kind: string }>(
		sql`select f."kind"::text as "kind" from "PolicyFiring" f join "LogEntry" l on l."policyFiringUuid" = f."uuid" where f."offeringUuid" = ${provider.offering}::uuid order by l."xid", l."id"`,
	);
	return rows.map(({ kind }) => kind);
};

/** On the embedded database's one connection nobody races: one round there, all of them on a server, unless fewer are asked for. */
const rounds = () => (gateway().database.engine === "PostgreSQL" ? Number(process.env["RACE_ROUNDS"] ?? 5) : 1);

test.each([
	["exactly one", 99],
	["sixty", 40],
])("of 100 writers who together cross a limit by %s, exactly one turns the policy, and one turns it back", { timeout: 600_000 }, async (_by, limit) => {
	const { provider, resources } = await writersOn(limit, 100);
	for (let round = 0; round < rounds(); round++) {
		expect((await reportAll(provider, resources, "1")).flat()).toEqual(["FIRED"]);
		expect((await reportAll(provider, resources, "0")).flat()).toEqual(["RESET"]);
	}

	expect(await firingsOf(provider)).toEqual(Array.from({ length: rounds() }, () => ["FIRED", "RESET"]).flat());
	expect(await differencesIn(gateway().database, new Date("2017-01-10T12:00:00Z"))).toEqual([]);
});

test("a subscriber is told of every transition, once and in the order of the log, while writers race", async () => {
	const { provider, resources } = await writersOn(0, 12);
	const client = await connect(gateway().url, provider.token);
	const document = `subscription { policyFirings(after: "0") { ... on PolicyFiringEvent { position firing { kind offering { uuid } } } } }`;
	const events = subscribe(client, document);
	const rounds = 10;
	for (let round = 0; round < rounds; round++)
		await Promise.all(
			[reportAll(provider, resources.slice(0, 6), "1"), reportAll(provider, resources.slice(6), "1")].concat([reportAll(provider, resources, "0")]),
		);
	await reportAll(provider, resources, "0");
	const expected = await firingsOf(provider);
	const told: string[] = [];
	while (told.length < expected.length) told.push((await events.next()).policyFirings.firing.kind);
	await client.dispose();

	expect(expected.length).toBeGreaterThanOrEqual(2);
	expect(expected.every((kind, index) => kind === (index % 2 === 0 ? "FIRED" : "RESET"))).toBe(true);
	expect(told).toEqual(expected);
});

test("a position can be gone on from while a transaction that began before it is still under way", async () => {
	const { provider, resources } = await writersOn(0, 1);
	const { database } = gateway();
	let over: () => void = () => {};
	const underWay = new Promise<void>((resolve) => {
		over = resolve;
	});
	let slow: Promise<void> | undefined;
	await new Promise<void>((begun) => {
		// On the embedded database's one connection there are no two transactions at once: this one ends before the report.
		slow = database.transaction(async (tx) => {
			await tx.rows(sql`select pg_current_xact_id()`);
			begun();
			if (database.engine === "PostgreSQL") await underWay;
		});
	});
	await reportAll(provider, resources, "1");
	const [first] = (await gateway().ask(provider.token, "{ policyFirings(first: 1) { nodes { position } } }")).policyFirings.nodes;
	const client = await connect(gateway().url, provider.token);
	const document = `subscription ($after: String) { policyFirings(after: $after) { __typename ... on PolicyFiringEvent { firing { kind } } } }`;
	const next = subscribe(client, document, { after: first.position }).next();
	await reportAll(provider, resources, "0");
	over();
	await slow;

	expect((await next).policyFirings).toEqual({ __typename: "PolicyFiringEvent", firing: { kind: "RESET" } });
	await client.dispose();
});

test("many reports of the same component leave one record, with one of the reported amounts", async () => {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const resource = await provider.resource();
	const amounts = Array.from({ length: 30 }, (_, index) => String(index + 1));
	await Promise.all(amounts.map((amount) => gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } })));

	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { amount } componentUsages { nodes { usage } } } }`;
	const { currentUsages, componentUsages } = (await gateway().ask(provider.token, document, { uuid: resource })).resource;
	expect(componentUsages.nodes).toHaveLength(1);
	expect(amounts).toContain(componentUsages.nodes[0].usage);
	expect(currentUsages).toEqual([{ amount: componentUsages.nodes[0].usage }]);
});

test("an account's limit holds while parts for it are reported at once", async () => {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const resource = await provider.resource();
	const record = await provider.usage(resource, "cpu", "2017-01-01", "100");
	const account = await provider.account(null);
	await provider.limit(resource, "cpu", account, "10");
	const parts = Array.from({ length: 20 }, (_, index) => ({ componentUsage: record, username: `u${index}`, usage: "1", user: account }));
	const results = await Promise.all(parts.map((input) => gateway().ask(provider.token, setUserUsage, { input })));

	const typenames = results.map(({ setUserUsage: { __typename } }) => __typename);
	expect(typenames.filter((name) => name === "SetUserUsagePayload")).toHaveLength(10);
	expect(typenames.filter((name) => name === "RuleError")).toHaveLength(10);
});
