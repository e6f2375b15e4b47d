import { beforeEach, describe, expect, test } from "vitest";
import { raw, sql } from "../../src/database/sql.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert, insertRow } from "../support/insert.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;
let group: string;
let people: Record<"provider" | "consumer" | "member" | "worker" | "stranger" | "staff", string>;
let workplace: string;

beforeEach(async () => {
	await gateway().database.rows(raw(`truncate "Customer", "User", "OrganizationGroup", "Category" cascade`));
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	group = await provider.group();
	const consumer = await provider.customer();
	await provider.resource({ customer: consumer, plan: null });
	const member = await provider.customer({ groups: [group] });
	workplace = await insert(gateway().database, "Project", { name: "Work", customerUuid: member });
	const other = await provider.customer();
	people = {
		provider: provider.token,
		consumer: await person(gateway(), [["CustomerRole", { customerUuid: consumer, role: "OWNER" }]]),
		member: await person(gateway(), [["CustomerRole", { customerUuid: member, role: "OWNER" }]]),
		worker: await person(gateway(), [["ProjectRole", { projectUuid: workplace, role: "ADMIN" }]]),
		stranger: await person(gateway(), [["CustomerRole", { customerUuid: other, role: "OWNER" }]]),
		staff: await provider.staffToken(),
	};
});

const share = (table: "Offering" | "Plan", shared: boolean) => gateway().database.rows(sql`update ${raw(`"${table}"`)} set "shared" = ${shared}`);
const aim = () => insertRow(gateway().database, "OfferingOrganizationGroup", { offeringUuid: provider.offering, organizationGroupUuid: group });
const aimPlan = () => insertRow(gateway().database, "PlanOrganizationGroup", { planUuid: provider.plan, organizationGroupUuid: group });

const document = "{ offerings { totalCount nodes { components { type } plans { name } } } categories { nodes { offerings { totalCount } } } }";

/** Who sees the offering: in the list, its count, the count of its category, and with its component. */
async function seers(): Promise<string[]> {
	const seen: string[] = [];
	for (const [name, token] of Object.entries(people)) {
		const { offerings, categories } = await gateway().ask(token, document);
		const counts = [offerings.totalCount, offerings.nodes.flatMap(({ components }: { components: object[] }) => components).length];
		expect(counts).toEqual(counts[0] === 0 ? [0, 0] : [1, 1]);
		expect(categories.nodes.map((category: { offerings: { totalCount: number } }) => category.offerings.totalCount)).toContain(counts[0]);
		if (counts[0] > 0) seen.push(name);
	}
	return seen;
}

async function planSeers(): Promise<string[]> {
	const seen: string[] = [];
	for (const [name, token] of Object.entries(people)) {
		const { offerings } = await gateway().ask(token, document);
		if (offerings.nodes.some(({ plans }: { plans: object[] }) => plans.length > 0)) seen.push(name);
	}
	return seen;
}

const everybody = ["provider", "consumer", "member", "worker", "stranger", "staff"];

describe("an active offering", () => {
	test("that is shared is everybody's", async () => {
		expect(await seers()).toEqual(everybody);
	});

	test("that is not shared is its provider's, its consumers' and staff's", async () => {
		await share("Offering", false);
		expect(await seers()).toEqual(["provider", "consumer", "staff"]);
	});

	test.each([true, false])("for a group is its members' too (shared: %s)", async (shared) => {
		await share("Offering", shared);
		await aim();
		expect(await seers()).toEqual(["provider", "consumer", "member", "worker", "staff"]);
	});

	test("for a group is not that of the members of a group below it", async () => {
		await aim();
		const below = await insert(gateway().database, "OrganizationGroup", { name: "Below", parentUuid: group });
		await gateway().database.rows(sql`update "CustomerOrganizationGroup" set "organizationGroupUuid" = ${below}::uuid`);
		expect(await seers()).toEqual(["provider", "consumer", "staff"]);
	});
});

test("an offering for a group that is not on sale is not its members'", async () => {
	await aim();
	await gateway().database.rows(sql`update "Offering" set "state" = 'UNAVAILABLE'`);
	expect(await seers()).toEqual(["provider", "consumer", "staff"]);
});

describe("a plan for a group", () => {
	beforeEach(() => aimPlan());

	test("is its members' and the provider's", async () => {
		expect(await planSeers()).toEqual(["provider", "member", "worker", "staff"]);
	});

	test("is that of consumers whose resources run under it", async () => {
		await gateway().database.rows(sql`update "Resource" set "planUuid" = ${provider.plan}::uuid`);
		expect(await planSeers()).toEqual(["provider", "consumer", "member", "worker", "staff"]);
	});

	test("is that of consumers whose resources ran under it", async () => {
		const [resource] = await gateway().database.rows<{ uuid: string }>(sql`select "uuid" from "Resource"`);
		await provider.planPeriod(resource?.uuid ?? "", "2016-01-01T00:00:00Z", "2016-02-01T00:00:00Z");
		expect(await planSeers()).toEqual(["provider", "consumer", "member", "worker", "staff"]);
	});

	test("is bought by its members alone", async () => {
		const [theirs] = await gateway().database.rows<{ uuid: string }>(
			sql`select p."uuid" from "Project" p join "Resource" r on r."projectUuid" = p."uuid" and r."planUuid" is null`,
		);
		const buy = (project: string | undefined) => ({ input: { name: "new", offering: provider.offering, plan: provider.plan, project } });
		const create = "mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename ... on Error { code path } } }";
		expect([
			(await gateway().ask(people.consumer, create, buy(theirs?.uuid))).createResource,
			(await gateway().ask(people.worker, create, buy(workplace))).createResource,
		]).toEqual([{ __typename: "NotFoundError", code: "NOT_FOUND", path: ["input", "plan"] }, { __typename: "CreateResourcePayload" }]);
	});
});
