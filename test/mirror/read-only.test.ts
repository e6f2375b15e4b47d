import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { schema } from "../../src/schema.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

let gateway: Gateway;
let provider: Provider;
let staff: string;
let held: Named;
let own: Named;

/** What the mutations name. */
interface Named {
	readonly offering: string;
	readonly resource: string;
	readonly plan: string;
	readonly project: string;
	readonly customer: string;
	readonly component: string;
	readonly account: string;
	readonly usage: string;
	readonly limit: string;
	readonly policy: string;
}

beforeAll(async () => {
	gateway = await startGateway({ mirror: { url: "https://waldur.example.org/api/", writes: false } });
	gateway.setTime("2017-01-10T12:00:00Z");
});
afterAll(() => gateway.stop());

async function made(): Promise<Named> {
	provider = await makeProvider(gateway);
	staff = await provider.staffToken();
	const component = await provider.component("cpu");
	const resource = await provider.resource();
	const account = await provider.account("ann");
	const usage = await provider.usage(resource, "cpu", "2017-01-01", "5");
	const [row] = await gateway.database.rows<{ projectUuid: string; customerUuid: string }>(
		sql`select "projectUuid", "customerUuid" from "Resource" where "uuid" = ${resource}::uuid`,
	);
	const limit = await provider.limit(resource, "cpu", account, "10");
	const policy = await provider.policy({ limits: { cpu: 100 } });
	const { offering, plan } = provider;
	return { offering, plan, resource, component, account, usage, limit, policy, project: row?.projectUuid ?? "", customer: row?.customerUuid ?? "" };
}

beforeEach(async () => {
	own = await made();
	held = await made();
	const source = gateway.services.mirror?.sourceId ?? -1;
	for (const [table, uuid] of [
		[sql`"Resource"`, held.resource],
		[sql`"Offering"`, held.offering],
		[sql`"Customer"`, held.customer],
	] as const)
		await gateway.database.rows(sql`update ${table} set "sourceId" = ${source}::smallint where "uuid" = ${uuid}::uuid`);
});

const usages = [{ type: "cpu", amount: "6" }];
const rule = { actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: [{ type: "cpu", limit: "9" }] };

/** Each change that Waldur would not learn of, and its input. */
const changes: Record<string, (named: Named) => object> = {
	setUsage: ({ resource }) => ({ resource, usages }),
	setUserUsage: ({ usage }) => ({ componentUsage: usage, username: "ann", usage: "1" }),
	createComponentUserUsageLimit: ({ resource, component, account }) => ({ resource, component, user: account, limit: "7" }),
	updateComponentUserUsageLimit: ({ limit }) => ({ uuid: limit, limit: "8" }),
	deleteComponentUserUsageLimit: ({ limit }) => ({ uuid: limit }),
	createOfferingUsagePolicy: ({ offering }) => ({ scope: offering, ...rule }),
	updateOfferingUsagePolicy: ({ policy }) => ({ uuid: policy, period: "TOTAL" }),
	deleteOfferingUsagePolicy: ({ policy }) => ({ uuid: policy }),
	deleteComponentUsage: ({ usage }) => ({ uuid: usage }),
	createResource: ({ offering, project, plan }) => ({ offering, project, plan, name: "new" }),
	setResourceState: ({ resource }) => ({ resource, state: "ERRED" }),
	setResourcePlan: ({ resource, plan }) => ({ resource, plan }),
	updateCustomer: ({ customer }) => ({ uuid: customer, blocked: true }),
};

const result = async (mutation: string, input: object): Promise<Answer> => {
	const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
	const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename ... on Error { code message path } } }`;
	return (await gateway.ask(staff, document, { input }))[mutation];
};

const rows = async (): Promise<unknown[]> =>
	gateway.database.rows(sql`
		select (select json_agg(u order by u."uuid") from "ComponentUsage" u) as "usages", (select json_agg(l order by l."uuid") from "ComponentUserUsageLimit" l) as "limits",
			(select json_agg(p order by p."uuid") from "OfferingUsagePolicy" p) as "policies", (select json_agg(r order by r."uuid") from "Resource" r) as "resources",
			(select json_agg(c order by c."uuid") from "Customer" c) as "customers", (select count(*) from "ComponentUserUsage") as "parts"
	`);

/** Mutations of many, which do what another one does. */
const ofMany = ["setUsages", "setUserUsages"];

test("every mutation is looked at", () => {
	const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
	expect(mutations.filter((mutation) => !ofMany.includes(mutation)).sort()).toEqual(Object.keys(changes).sort());
});

describe("beside a Waldur that is not written to", () => {
	test.each(Object.keys(changes))("%s of what it holds is refused, and nothing is written", async (mutation) => {
		const before = await rows();
		expect(await result(mutation, changes[mutation]?.(held) ?? {})).toMatchObject({ code: "READ_ONLY_MIRROR", message: expect.stringContaining("Waldur") });
		expect(await rows()).toEqual(before);
	});

	test.each(Object.keys(changes).filter((mutation) => mutation !== "createComponentUserUsageLimit"))("%s of what was made here is stored", async (mutation) => {
		expect(await result(mutation, changes[mutation]?.(own) ?? {})).toEqual({ __typename: expect.stringMatching(/Payload$/) });
	});

	test("setUsages and setUserUsages refuse what it holds as well", async () => {
		const many = `mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { __typename ... on Error { code } } }`;
		const parts = `mutation ($input: [SetUserUsageInput!]!) { setUserUsages(input: $input) { __typename ... on Error { code } } }`;
		expect((await gateway.ask(staff, many, { input: [{ resource: held.resource, usages }] })).setUsages).toMatchObject({ code: "READ_ONLY_MIRROR" });
		const part = { componentUsage: held.usage, username: "ann", usage: "1" };
		expect((await gateway.ask(staff, parts, { input: [part] })).setUserUsages).toMatchObject({ code: "READ_ONLY_MIRROR" });
	});

	test("who may not report learns nothing of the mirror", async () => {
		const stranger = await makeProvider(gateway);
		const document = `mutation ($input: SetUsageInput!) { setUsage(input: $input) { ... on Error { code } } }`;
		const { data, errors } = await gateway.send(stranger.token, document, { input: { resource: held.resource, usages } });
		expect(JSON.stringify({ data, errors })).not.toContain("READ_ONLY_MIRROR");
		expect(JSON.stringify({ data, errors })).toContain("NOT_FOUND");
	});
});
