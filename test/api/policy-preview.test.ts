import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { withoutListSizes } from "../support/statement-texts.ts";

const gateway = gatewayForFile({ now: "2017-09-15T12:00:00Z" });
let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
});

const totals = `componentLimits { component { type } limit used exceeded }`;
const document = `query ($input: PreviewOfferingUsagePolicyInput!) {
	preview: previewOfferingUsagePolicy(input: $input) {
		__typename
		... on OfferingUsagePolicyPreview { wouldFire ${totals} months { billingPeriod exceeded fired ${totals} } firedMonths }
		... on Error { code message path problems { code message path } }
	}
}`;

const valid = () => ({ scope: provider.offering, applyToAll: true, componentLimits: [{ type: "cpu", limit: "10" }] });

const preview = async (input: Data = {}, token = provider.token): Promise<Answer> =>
	(await gateway().ask(token, document, { input: { ...valid(), ...input } })).preview;

/** A resource that used cpu so in these months. */
async function using(amounts: Record<string, string>, customer?: string): Promise<string> {
	const resource = await provider.resource(customer === undefined ? {} : { customer });
	for (const [month, amount] of Object.entries(amounts)) await provider.usage(resource, "cpu", `${month}-01`, amount);
	return resource;
}

describe("a preview", () => {
	test("totals what all affected customers used in the window until now, by type of component", async () => {
		await using({ "2017-07": "5", "2017-09": "4" });
		const other = await using({ "2017-09": "6.5" });
		await provider.usage(other, "ram", "2017-09-01", "3");
		expect(
			await preview({
				componentLimits: [
					{ type: "ram", limit: "3" },
					{ type: "cpu", limit: "10" },
				],
			}),
		).toMatchObject({
			// biome-ignore format: one input
			wouldFire: true,
			componentLimits: [
				{ component: { type: "cpu" }, limit: "10", used: "10.5", exceeded: true },
				{ component: { type: "ram" }, limit: "3", used: "3", exceeded: false },
			],
		});
	});

	test("totals nothing where nothing was used", async () => {
		expect(await preview()).toMatchObject({ wouldFire: false, componentLimits: [{ used: "0", exceeded: false }], firedMonths: [] });
	});

	test("tells how each of the last 24 months would have been, the current one last", async () => {
		await using({ "2015-09": "99", "2015-10": "11", "2017-09": "12" });
		const { months, firedMonths } = await preview();
		expect(months).toHaveLength(24);
		expect(months[0]).toMatchObject({ billingPeriod: "2015-10-01", exceeded: true, fired: true, componentLimits: [{ limit: "10", used: "11" }] });
		expect(months[1]).toMatchObject({ billingPeriod: "2015-11-01", exceeded: false, fired: false, componentLimits: [{ used: "0" }] });
		expect(months[23]).toMatchObject({ billingPeriod: "2017-09-01", exceeded: true, fired: true, componentLimits: [{ used: "12" }] });
		expect(firedMonths).toEqual(["2015-10-01", "2017-09-01"]);
	});

	test.each<[string, Record<string, string>, string[], string]>([
		["ONE_MONTH", { "2017-07": "11", "2017-08": "11" }, ["2017-07-01", "2017-08-01"], "0"],
		["THREE_MONTHS", { "2017-04": "11", "2017-05": "1", "2017-07": "8", "2017-09": "3" }, ["2017-04-01", "2017-09-01"], "11"],
		["TWELVE_MONTHS", { "2016-09": "9", "2016-10": "1", "2017-08": "1" }, ["2017-08-01"], "2"],
		["TOTAL", { "2014-01": "6", "2015-01": "3", "2017-02": "2", "2017-03": "5" }, ["2017-02-01"], "16"],
		["TOTAL", { "2014-01": "11", "2017-02": "2" }, [], "13"],
		["THREE_MONTHS", { "2015-08": "11" }, [], "0"],
	])("over %s of %j would have fired in %j", async (period, amounts, firedMonths, used) => {
		await using(amounts);
		expect(await preview({ period })).toMatchObject({ firedMonths, componentLimits: [{ used }] });
	});

	test("counts in the current month of the service's clock", async () => {
		await using({ "2017-09": "11" });
		gateway().setTime("2017-10-01T00:00:00Z");
		const { wouldFire, firedMonths, months } = await preview();
		gateway().setTime("2017-09-15T12:00:00Z");
		expect([wouldFire, firedMonths, months.at(-1).billingPeriod]).toEqual([false, ["2017-09-01"], "2017-10-01"]);
	});

	test("counts the members of its groups alone, each once", async () => {
		const groups = [await provider.group(), await provider.group()];
		await using({ "2017-09": "6", "2017-08": "11" }, await provider.customer({ groups }));
		await using({ "2017-09": "100", "2017-07": "100" });
		const aimed = { applyToAll: false, organizationGroups: groups };
		expect(await preview(aimed)).toMatchObject({ wouldFire: false, componentLimits: [{ used: "6" }], firedMonths: ["2017-08-01"] });
		expect(await preview({ ...aimed, organizationGroups: [await provider.group()] })).toMatchObject({ componentLimits: [{ used: "0" }], firedMonths: [] });
	});

	test.each(["blocked", "archived"])("leaves out a customer that is %s today", async (flag) => {
		await using({ "2017-08": "11", "2017-09": "11" }, await provider.customer({ [flag]: true }));
		expect(await preview()).toMatchObject({ componentLimits: [{ used: "0" }], firedMonths: [] });
	});

	test("says nothing of the same customer's usage of another offering", async () => {
		const customer = await provider.customer();
		const other = await makeProvider(gateway());
		await other.component("cpu");
		await other.usage(await other.resource({ customer }), "cpu", "2017-09-01", "100");
		await using({ "2017-09": "1" }, customer);
		expect(await preview()).toMatchObject({ componentLimits: [{ used: "1" }] });
	});

	test("sums exactly, beyond the digits of a single amount", async () => {
		await using({ "2017-08": "900000000000000000.01" });
		await using({ "2017-09": "900000000000000000.01" });
		const componentLimits = [{ type: "cpu", limit: "1800000000000000000" }];
		expect(await preview({ period: "TOTAL", componentLimits })).toMatchObject({ wouldFire: true, componentLimits: [{ used: "1800000000000000000.02" }] });
	});

	test("says of now what the policy says once it is created", async () => {
		await using({ "2014-01": "4", "2017-07": "3", "2017-09": "3.5", "2017-12": "1" });
		const create = `mutation ($input: CreateOfferingUsagePolicyInput!) { createOfferingUsagePolicy(input: $input) {
			... on CreateOfferingUsagePolicyPayload { offeringUsagePolicy { hasFired ${totals} } }
		} }`;
		for (const period of ["TOTAL", "ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"]) {
			const { wouldFire, componentLimits } = await preview({ period });
			const input = { ...valid(), period, actions: ["NOTIFY_ORGANIZATION_OWNERS"] };
			expect((await gateway().ask(provider.token, create, { input })).createOfferingUsagePolicy.offeringUsagePolicy).toEqual({
				hasFired: wouldFire,
				componentLimits,
			});
		}
	});

	test("stores nothing and turns nothing", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } }); // exceeded, and not evaluated yet
		await using({ "2017-09": "11" });
		const stored = () =>
			gateway().database.rows(sql`
				select (select "hasFired" from "OfferingUsagePolicy" where "uuid" = ${policy}::uuid) as fired,
					(select json_agg(t order by t::text) from "OfferingUsagePolicy" t) as policies, (select count(*) from "OfferingUsagePolicyGroup") as groups,
					(select count(*) from "OfferingUsagePolicyComponentLimit") as limits, (select count(*) from "PolicyFiring") as firings,
					(select count(*) from "Notification") as notifications, (select count(*) from "LogEntry") as log, (select count(*) from "ComponentUsage") as usages
			`);
		const before = await stored();
		const statements = await gateway().statementsOf(async () => expect((await preview()).wouldFire).toBe(true));
		expect(before).toMatchObject([{ fired: false }]);
		expect(await stored()).toEqual(before);
		expect(statements.filter((text) => /\b(insert|update|delete|lock)\b/i.test(text))).toEqual([]);
	});

	test("costs the same statements for one component and for four", async () => {
		for (const type of ["disk", "net"]) await provider.component(type);
		await using({ "2017-08": "11", "2017-09": "11" });
		const of = (types: string[]) =>
			gateway().statementsOf(async () => {
				const { months } = await preview({ componentLimits: types.map((type) => ({ type, limit: "10" })) });
				expect(months[0].componentLimits).toHaveLength(types.length);
			});
		const [one, four] = [await of(["cpu"]), await of(["cpu", "ram", "disk", "net"])];
		expect(withoutListSizes(four)).toEqual(withoutListSizes(one));
		expect(one.filter((text) => text.includes('"ComponentTotal"'))).toHaveLength(1);
	});
});

describe("a preview is refused", () => {
	const unknown = "00000000-0000-4000-8000-000000000000";
	const whole = "A limit must be a whole number, 0 or more.";
	test.each<[string, Data, object]>([
		[
			"for neither all nor a group",
			{ applyToAll: false },
			{ __typename: "InvalidInputError", message: "Must either set apply_to_all=True or specify organization_groups.", path: ["input", "organizationGroups"] },
		],
		[
			"for both all and a group",
			{ organizationGroups: [unknown] },
			{ message: "Cannot set apply_to_all=True when organization_groups are specified. Use one of the two.", path: ["input", "applyToAll"] },
		],
		["without limits", { componentLimits: [] }, { message: "At least one component limit should be given.", path: ["input", "componentLimits"] }],
		[
			"with a limit that is not whole",
			{ componentLimits: [{ type: "cpu", limit: "1.5" }] },
			{ message: whole, path: ["input", "componentLimits", "0", "limit"] },
		],
		["with a limit below 0", { componentLimits: [{ type: "cpu", limit: "-1" }] }, { message: whole, path: ["input", "componentLimits", "0", "limit"] }],
		["with a limit of 21 digits", { componentLimits: [{ type: "cpu", limit: "100000000000000000000" }] }, { message: "A limit must have at most 20 digits." }],
		["with a type twice", { componentLimits: [{ type: "cpu", limit: "1" }, { type: "cpu", limit: "2" }] }, { message: "The type cpu is limited twice.", path: ["input", "componentLimits", "1", "type"] }], // biome-ignore format: a row
		["with types that the offering lacks", { componentLimits: [{ type: "gpu", limit: "1" }, { type: "abc", limit: "2" }] }, { __typename: "RuleError", code: "INVALID_COMPONENTS", message: "These components are invalid: abc, gpu.", path: ["input", "componentLimits"] }], // biome-ignore format: a row
		[
			"for a group that is not there",
			{ applyToAll: false, organizationGroups: [unknown] },
			{ __typename: "NotFoundError", path: ["input", "organizationGroups"] },
		],
		[
			"on an offering that is not there",
			{ scope: unknown },
			{ __typename: "NotFoundError", message: `Offering ${unknown} was not found.`, path: ["input", "scope"] },
		],
	])("%s", async (_case, input, refusal) => {
		expect(await preview(input)).toMatchObject(refusal);
	});

	test("with all problems of the input at once", async () => {
		const { problems } = await preview({ applyToAll: false, componentLimits: [] });
		expect(problems.map(({ path }: Answer) => path.at(-1))).toEqual(["organizationGroups", "componentLimits"]);
	});
});
