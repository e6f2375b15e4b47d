import { describe, expect, inject, test } from "vitest";
import { type Sql, sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const now = "2017-01-10T12:00:00Z";
const gateway = gatewayForFile({ now });

/** A resource, and what is written into its project while that is removed. */
const writes: [what: string, write: (resource: string) => Sql][] = [
	[
		"a usage record",
		(resource) => sql`
			insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
			select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", 0, ${now}::timestamptz, '2017-01-01'
			from "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid" where r."uuid" = ${resource}::uuid
		`,
	],
	[
		"a resource",
		(resource) => sql`
			insert into "Resource" ("name", "offeringUuid", "projectUuid", "customerUuid")
			select "name", "offeringUuid", "projectUuid", "customerUuid" from "Resource" where "uuid" = ${resource}::uuid
		`,
	],
];

const onServer = test.skipIf(inject("templates").engine === "PGlite");

/** Resolves when a statement waits for a lock, or the work is over. */
async function untilWaiting(work: Promise<unknown>): Promise<void> {
	let isOver = false;
	const end = () => {
		isOver = true;
	};
	work.then(end, end);
	for (let waiting = 0; waiting === 0 && !isOver; ) {
		const [row] = await gateway().database.rows<{ waiting: number }>(sql`
			select count(*)::int as "waiting" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
		`);
		waiting = row?.waiting ?? 0;
	}
}

const remove = (resource: string): Sql =>
	sql`update "Project" p set "isRemoved" = true from "Resource" r where r."uuid" = ${resource}::uuid and p."uuid" = r."projectUuid"`;

onServer.each(writes)(
	"%s that is written while its project is removed says that it is (one connection only on the embedded database)",
	async (_what, write) => {
		const { database } = gateway();
		const provider = await makeProvider(gateway());
		await provider.component("cpu");
		const resource = await provider.resource();
		let removed: Promise<unknown> | undefined;
		await database.transaction(async (tx) => {
			await tx.rows(write(resource));
			removed = database.rows(remove(resource));
			await untilWaiting(removed);
		});
		await removed;

		expect(await differencesIn(database, new Date(now))).toEqual([]);
	},
	30_000,
);

/** What callers may name in the project. */
interface Named {
	readonly resource: string;
	readonly record: string;
	readonly plan: string;
	readonly account: string;
	readonly component: string;
	readonly offering: string;
	readonly project: string;
}

const usages = [{ type: "cpu", amount: "2" }];

/** Mutations, the type of their input, what they are asked with, and the field of it that is refused. */
const calls: [mutation: string, type: string, input: (named: Named) => object, field: string][] = [
	["setUsage", "SetUsageInput!", ({ resource }) => ({ resource, usages }), "resource"],
	["setUsages", "[SetUsageInput!]!", ({ resource }) => [{ resource, usages, idempotencyKey: "one" }], "resource"],
	["setUserUsage", "SetUserUsageInput!", ({ record }) => ({ componentUsage: record, username: "alice", usage: "1" }), "componentUsage"],
	["setUserUsages", "[SetUserUsageInput!]!", ({ record }) => [{ componentUsage: record, username: "alice", usage: "1" }], "componentUsage"],
	[
		"createComponentUserUsageLimit",
		"CreateComponentUserUsageLimitInput!",
		({ resource, component, account }) => ({ resource, component, user: account, limit: "5" }),
		"resource",
	],
	["createResource", "CreateResourceInput!", ({ offering, project, plan }) => ({ name: "larch", offering, project, plan }), "project"],
	["setResourceState", "SetResourceStateInput!", ({ resource }) => ({ resource, state: "UPDATING" }), "resource"],
	["setResourcePlan", "SetResourcePlanInput!", ({ resource, plan }) => ({ resource, plan }), "resource"],
];

/** Asks for the mutation while the project is removed, and answers what it is answered once that is committed. */
async function askWhileRemoved(
	provider: Provider,
	tokenFor: (customer: string) => Promise<string>,
	[mutation, type, input]: (typeof calls)[number],
): Promise<Answer> {
	const { database } = gateway();
	const component = await provider.component("cpu");
	const customer = await provider.customer();
	const token = await tokenFor(customer);
	const resource = await provider.resource({ customer });
	const record = await provider.usage(resource, "cpu", "2017-01-01", "1");
	const account = await provider.account("alice");
	const plan = await insert(database, "Plan", { offeringUuid: provider.offering, name: "Another" });
	await provider.begin("2017-01-01");
	const [held] = await database.rows<{ project: string }>(sql`select "projectUuid" as "project" from "Resource" where "uuid" = ${resource}::uuid`);
	const named = { resource, record, plan, account, component, offering: provider.offering, project: held?.project ?? "" };
	const before = await storedOf(resource);
	const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { ... on Error { code path } } }`;
	let asked: Promise<Answer> | undefined;
	await database.transaction(async (tx) => {
		await tx.rows(remove(resource));
		asked = gateway().ask(token, document, { input: input(named) });
		await untilWaiting(asked);
	});
	const answer = await asked;
	expect(await storedOf(resource)).toEqual(before);
	return answer[mutation];
}

/** What is stored of the resource's project that callers may change. */
const storedOf = (resource: string) =>
	gateway().database.rows(sql`
		select r."state", r."planUuid", (select count(*)::int from "Resource" o where o."projectUuid" = r."projectUuid") as "resources",
			(select json_agg(u."usage") from "ComponentUsage" u where u."resourceUuid" = r."uuid") as "usages",
			(select count(*)::int from "ComponentUserUsage" p join "ComponentUsage" u on u."uuid" = p."componentUsageUuid" where u."resourceUuid" = r."uuid") as "parts",
			(select count(*)::int from "ComponentUserUsageLimit" l where l."resourceUuid" = r."uuid") as "limits"
		from "Resource" r where r."uuid" = ${resource}::uuid
	`);

describe("what is asked while its project is removed", () => {
	onServer.each(calls)(
		"changes nothing, and names nothing that is there any more: %s (one connection only on the embedded database)",
		async (...call) => {
			const [mutation, , input, field] = call;
			const provider = await makeProvider(gateway());
			const owner = (customerUuid: string) => ["CustomerRole", { customerUuid, role: "OWNER" }] as const;
			const ofBothSides = (customer: string) => person(gateway(), [owner(provider.uuid), owner(customer)]);
			const place = Array.isArray(input({} as Named)) ? ["input", "0", field] : ["input", field];
			expect(await askWhileRemoved(provider, ofBothSides, call), mutation).toEqual({ code: "NOT_FOUND", path: place });
		},
		30_000,
	);

	onServer.each(calls.slice(0, 4))(
		"is refused to staff by its state: %s (one connection only on the embedded database)",
		async (...call) => {
			const provider = await makeProvider(gateway());
			expect(await askWhileRemoved(provider, provider.staffToken, call)).toMatchObject({ code: "INVALID_RESOURCE_STATE" });
		},
		30_000,
	);
});
