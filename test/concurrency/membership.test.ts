import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const now = "2017-01-10T12:00:00Z";
const gateway = gatewayForFile({ now });

const document = `mutation ($input: UpdateCustomerInput!) {
	updateCustomer(input: $input) { ... on UpdateCustomerPayload { firings { kind } } ... on Error { message } }
}`;

const kindsOf = (firings: Answer[]): string[] => firings.map(({ kind }) => kind);

const report = async (token: string, resource: string, amount: string): Promise<string[]> =>
	kindsOf((await gateway().ask(token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } })).setUsage.firings);

const enter = async (token: string, uuid: string, organizationGroups: string[]): Promise<string[]> =>
	kindsOf((await gateway().ask(token, document, { input: { uuid, organizationGroups } })).updateCustomer.firings);

/** A provider whose policy limits the cpu of a group to 10, and one resource of each customer. */
async function sold(
	group: string | undefined,
	customers: string[] | undefined,
): Promise<{ provider: Provider; group: string; customers: string[]; resources: string[] }> {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const aimed = group ?? (await provider.group());
	await provider.policy({ limits: { cpu: 10 }, groups: [aimed] });
	const buyers = customers ?? [await provider.customer(), await provider.customer(), await provider.customer()];
	const resources: string[] = [];
	for (const customer of buyers) resources.push(await provider.resource({ customer }));
	return { provider, group: aimed, customers: buyers, resources };
}

/** The offering's firings as the log has them. */
const logged = async ({ offering }: Provider): Promise<string[]> =>
	kindsOf(
		await gateway().database.rows(sql`
			select f."kind"::text as "kind" from "PolicyFiring" f join "LogEntry" l on l."policyFiringUuid" = f."uuid"
			where f."offeringUuid" = ${offering}::uuid order by l."xid", l."id"
		`),
	);

test("a policy turns once when a customer enters its group while its usage is reported, and once when both are taken back", async () => {
	const { provider, group, customers, resources } = await sold(undefined, undefined);
	const [customer = "", resource = ""] = [customers[0], resources[0]];
	const staff = await provider.staffToken();
	const rounds = 25;
	for (let round = 0; round < rounds; round++) {
		expect((await Promise.all([enter(staff, customer, [group]), report(provider.token, resource, "11")])).flat()).toEqual(["FIRED"]);
		expect((await Promise.all([enter(staff, customer, []), report(provider.token, resource, "0")])).flat()).toEqual(["RESET"]);
	}

	expect(await logged(provider)).toEqual(Array.from({ length: rounds }, () => ["FIRED", "RESET"]).flat());
});

test("while several customers come and go and report to two offerings, policies end as a fresh evaluation finds them", async () => {
	const one = await sold(undefined, undefined);
	const other = await sold(one.group, one.customers);
	const staff = await one.provider.staffToken();
	for (let round = 0; round < 15; round++) {
		const comesIn = (index: number) => (round + index) % 2 === 0;
		const amount = (index: number) => String((round * 7 + index * 5) % 13);
		await Promise.all([
			...one.customers.map((customer, index) => enter(staff, customer, comesIn(index) ? [one.group] : [])),
			...one.resources.map((resource, index) => report(one.provider.token, resource, amount(index))),
			...other.resources.map((resource, index) => report(other.provider.token, resource, amount(index + 1))),
		]);
		const turned = [await logged(one.provider), await logged(other.provider)];
		await evaluateAllPolicies(gateway().database, { now: new Date(now), timeZone: "UTC" });
		expect([await logged(one.provider), await logged(other.provider)]).toEqual(turned);
	}

	for (const { provider } of [one, other]) {
		const kinds = await logged(provider);
		expect(kinds.length).toBeGreaterThan(0);
		expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? "FIRED" : "RESET")));
	}
	expect(await differencesIn(gateway().database, new Date(now))).toEqual([]);
});
