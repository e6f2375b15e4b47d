import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

let provider: Provider;
let group: string;
let resource: string;
/** In the group, and uses what the provider sells. */
let member: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	group = await provider.group();
	member = await provider.customer({ groups: [group] });
	resource = await provider.resource({ customer: member });
});

const firings = async (filter: object, token = provider.token): Promise<Answer[]> => {
	const read = "query ($filter: PolicyFiringFilter) { policyFirings(filter: $filter) { totalCount nodes { uuid kind policy { uuid } } } }";
	const { policyFirings } = await gateway().ask(token, read, { filter });
	expect(policyFirings.totalCount).toBe(policyFirings.nodes.length);
	return policyFirings.nodes;
};
const policiesOf = async (filter: object, token?: string): Promise<string[]> => (await firings(filter, token)).map(({ policy }) => policy.uuid);

/** Policies with a limit of 10, all of which fire. */
async function fired(...audiences: readonly (readonly string[])[]): Promise<string[]> {
	const policies: string[] = [];
	for (const groups of audiences) policies.push(await provider.policy({ limits: { cpu: 10 }, groups: [...groups] }));
	await gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount: "11" }] } });
	return policies;
}

describe("the firings of policies whose audience includes a customer", () => {
	test("are those of policies for all customers and for its groups, whoever caused them", async () => {
		const [outside, elsewhere] = [await provider.customer(), await provider.group()];
		await provider.resource({ customer: outside });
		const [all, ofGroup, ofMore] = await fired([], [group], [elsewhere, group], [elsewhere]);

		expect((await policiesOf({ customerUuid: member })).sort()).toEqual([all, ofGroup, ofMore].sort());
		expect(await policiesOf({ customerUuid: outside })).toEqual([all]);
	});

	test("change with the customer's groups and the policy's audience", async () => {
		const [policy] = await fired([group]);
		await gateway().database.rows(sql`delete from "CustomerOrganizationGroup" where "customerUuid" = ${member}::uuid`);
		expect(await policiesOf({ customerUuid: member })).toEqual([]);

		await gateway().database.rows(sql`update "OfferingUsagePolicy" set "applyToAll" = true where "uuid" = ${policy}::uuid`);
		expect(await policiesOf({ customerUuid: member })).toEqual([policy]);
	});

	test("are the same while the customer is blocked", async () => {
		const policies = await fired([group]);
		await gateway().database.rows(sql`update "Customer" set "blocked" = true where "uuid" = ${member}::uuid`);

		expect(await policiesOf({ customerUuid: member })).toEqual(policies);
	});

	test("are none for a customer that is not there, also of policies for all", async () => {
		await fired([]);
		const unknown = "00000000-0000-4000-8000-000000000000";

		expect(await firings({ customerUuid: unknown })).toEqual([]);
		expect(await firings({ customerUuid: unknown }, await provider.staffToken())).toEqual([]);
	});

	test("do not tell a provider which groups a customer is in that it does not see", async () => {
		const policies = await fired([], [group]);
		const stranger = await (await makeProvider(gateway())).customer({ groups: [group] });

		expect(await firings({ customerUuid: stranger })).toEqual([]);
		expect((await policiesOf({ customerUuid: stranger, offeringUuid: provider.offering }, await provider.staffToken())).sort()).toEqual(policies.sort());
	});

	test("are of the offerings that the viewer provides, and of no other", async () => {
		const other = await makeProvider(gateway());
		await other.component("cpu");
		await other.resource({ customer: member });
		await fired([], [group]);

		expect(await firings({ customerUuid: member }, other.token)).toEqual([]);
	});
});

test("the firings that a customer's records caused are found by it, and not those that others caused", async () => {
	const other = await provider.customer();
	await provider.resource({ customer: other });
	const [policy] = await fired([]);

	expect(await policiesOf({ causedByCustomerUuid: member })).toEqual([policy]);
	expect(await firings({ causedByCustomerUuid: other })).toEqual([]);
});
