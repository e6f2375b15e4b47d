import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { beginAllMonths } from "../support/begun-months.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

/** The first half minute of a month: nobody has turned it yet. */
const gateway = gatewayForFile();
let provider: Provider;
let customer: string;
let resource: string;
let policy: string;

const september = "2017-09-10T12:00:00Z";
const october = "2017-10-01T00:00:03Z";

/** Eleven units recur above a limit of ten: the policy of one month has fired in September, and blocks. */
beforeEach(async () => {
	await beginAllMonths(gateway().database);
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	customer = await provider.customer();
	resource = await provider.resource({ customer });
	policy = await provider.policy({ limits: { cpu: 10 }, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] });
	gateway().setTime(september);
	await report("cpu", "11", true);
	gateway().setTime(october);
});

async function report(type: string, amount: string, recurring = false, of = resource): Promise<Answer> {
	return (await gateway().ask(provider.token, setUsage, { input: { resource: of, usages: [{ type, amount, recurring }] } })).setUsage;
}

/** The policies' turns since the first, which was in September. */
async function laterFirings(): Promise<Answer[]> {
	const document = `query ($offering: UUID!) { policyFirings(first: 100, filter: { offeringUuid: $offering }) { nodes { kind } } }`;
	const { nodes } = (await gateway().ask(provider.token, document, { offering: provider.offering })).policyFirings;
	return nodes.reverse().slice(1);
}

/** October's records of cpu. */
const carried = () =>
	gateway().database.rows<{ usage: string }>(
		sql`select "usage" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid and "type" = 'cpu' and "billingPeriod" = '2017-10-01'`,
	);

const mutate = async (name: string, fields: string, input: object): Promise<Answer> => {
	const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
	const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on ${type}Payload { ${fields} } ... on Error { code message } } }`;
	return (await gateway().ask(await provider.staffToken(), document, { input }))[name];
};

async function newProject(): Promise<string> {
	const [row] = await gateway().database.rows<{ uuid: string }>(
		sql`insert into "Project" ("name", "customerUuid") values ('Another', ${customer}::uuid) returning "uuid"`,
	);
	return row?.uuid ?? "";
}

describe("the first write of a month", () => {
	test("that is a report of something else leaves a policy fired by what recurs", async () => {
		const { firings } = await report("ram", "1");

		expect({ firings, later: await laterFirings(), carried: await carried() }).toEqual({ firings: [], later: [], carried: [{ usage: "11.00" }] });
	});

	test("that is many reports does, too", async () => {
		const document = `mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { ... on SetUsagesPayload { firings { kind } } } }`;
		const { setUsages } = await gateway().ask(provider.token, document, { input: [{ resource, usages: [{ type: "ram", amount: "1" }] }] });

		expect({ setUsages, carried: await carried() }).toEqual({ setUsages: { firings: [] }, carried: [{ usage: "11.00" }] });
	});

	test("that creates a resource is refused by a policy that what recurs keeps fired", async () => {
		const input = { name: "More", offering: provider.offering, project: await newProject() };

		expect(await mutate("createResource", "resource { uuid }", input)).toMatchObject({ code: "BLOCKED_BY_POLICY" });
		expect(await carried()).toHaveLength(1);
	});

	test("that creates a resource is not refused by a policy that the new month has reset", async () => {
		gateway().setTime(september);
		await report("cpu", "12", false);
		gateway().setTime(october);
		const input = { name: "More", offering: provider.offering, project: await newProject() };

		expect(await mutate("createResource", "resource { state }", input)).toMatchObject({ resource: { state: "CREATING" } });
		expect(await laterFirings()).toEqual([{ kind: "RESET" }]);
	});

	test("that makes a policy finds what recurs", async () => {
		const limits = [{ type: "cpu", limit: 10 }];
		const input = { scope: provider.offering, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"], applyToAll: true, componentLimits: limits };

		expect(await mutate("createOfferingUsagePolicy", "firings { kind breaches { used } }", input)).toMatchObject({
			firings: [{ kind: "FIRED", breaches: [{ used: "11" }] }],
		});
	});

	test("that changes a policy finds what recurs", async () => {
		const input = { uuid: policy, componentLimits: [{ type: "cpu", limit: 9 }] };

		expect(await mutate("updateOfferingUsagePolicy", "firings { kind }", input)).toMatchObject({ firings: [] });
	});

	test("that changes a customer leaves a policy fired by what recurs", async () => {
		const input = { uuid: customer, organizationGroups: [await provider.group()] };

		expect(await mutate("updateCustomer", "firings { kind }", input)).toMatchObject({ firings: [] });
		expect(await carried()).toHaveLength(1);
	});

	test("that deletes a record of September comes after what recurs of it was carried over", async () => {
		const [record] = await gateway().database.rows<{ uuid: string }>(sql`select "uuid" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`);

		expect(await mutate("deleteComponentUsage", "firings { kind }", { uuid: record?.uuid })).toMatchObject({ firings: [] });
		expect(await carried()).toHaveLength(1);
	});

	test("that a cap refuses has turned the month, and stored nothing itself", async () => {
		await provider.component("disk", { limitPeriod: "MONTH", limitAmount: 5 });

		expect(await report("disk", "6")).toMatchObject({ code: "LIMIT_EXCEEDED" });
		expect(await carried()).toHaveLength(1);
	});

	test("reports the amount of the record that was carried over anew", async () => {
		const { firings } = await report("cpu", "20", true);

		expect({ firings, later: await laterFirings(), carried: await carried() }).toEqual({ firings: [], later: [], carried: [{ usage: "20.00" }] });
	});

	test("turns it once, however many come at the same moment, and the scheduler finds nothing to do", async () => {
		const others = await Promise.all(Array.from({ length: 6 }, () => provider.resource()));
		const turns = [turnMonth(gateway().database, { now: new Date(october), timeZone: "UTC" }), ...others.map((other) => report("ram", "1", false, other))];
		await Promise.all(turns);

		expect({ later: await laterFirings(), carried: await carried() }).toEqual({ later: [], carried: [{ usage: "11.00" }] });
		expect(await turnMonth(gateway().database, { now: new Date("2017-10-01T00:00:30Z"), timeZone: "UTC" })).toEqual([]);
	});

	test("turns the months that were missed before it", async () => {
		gateway().setTime("2017-12-01T00:00:03Z");
		await report("ram", "1");

		const months = await gateway().database.rows(
			sql`select "billingPeriod", "usage" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid and "type" = 'cpu' order by 1`,
		);
		expect(months).toEqual(["2017-09-01", "2017-10-01", "2017-11-01", "2017-12-01"].map((billingPeriod) => ({ billingPeriod, usage: "11.00" })));
	});
});

test("what is read in the first half minute turns nothing", async () => {
	await gateway().ask(provider.token, "{ offeringUsagePolicies(first: 5) { nodes { hasFired componentLimits { used } } } }");

	expect(await carried()).toEqual([]);
});
