import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let staff: string;
let group: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	await provider.component("cpu");
	group = await provider.group();
});

const document = `mutation ($input: UpdateCustomerInput!) {
	updateCustomer(input: $input) {
		__typename
		... on UpdateCustomerPayload {
			customer { uuid blocked archived modified organizationGroups { uuid } }
			firings { uuid kind cause { uuid } policy { uuid hasFired } breaches { component { type } used limit } }
		}
		... on Error { code message path problems { code message path } }
	}
}`;

const update = async (uuid: string, change: Data = {}, token = staff): Promise<Answer> =>
	(await gateway().ask(token, document, { input: { uuid, ...change } })).updateCustomer;

const kinds = async (uuid: string, change: Data): Promise<string[]> => (await update(uuid, change)).firings.map(({ kind }: Answer) => kind);

/** A customer whose usage exceeds a limit of 10 by itself. */
async function heavyUser(options: { groups?: string[]; blocked?: boolean; archived?: boolean } = {}, amount = "11"): Promise<string> {
	const customer = await provider.customer(options);
	await provider.usage(await provider.resource({ customer }), "cpu", "2017-01-01", amount);
	return customer;
}

/** The offering's firings as the log has them. */
async function logged(): Promise<Answer[]> {
	return gateway().database.rows(sql`
		select f."uuid", f."kind"::text as "kind" from "PolicyFiring" f join "LogEntry" l on l."policyFiringUuid" = f."uuid"
		where f."offeringUuid" = ${provider.offering}::uuid order by l."xid", l."id"
	`);
}

/** The policy is fired, as an evaluation left it. */
const fire = (policy: string) => gateway().database.rows(sql`update "OfferingUsagePolicy" set "hasFired" = true where "uuid" = ${policy}::uuid`);

describe("a customer", () => {
	test("that enters a group fires the group's policy, and resets it when it leaves", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const customer = await heavyUser();
		const entered = await update(customer, { organizationGroups: [group] });
		expect(entered).toMatchObject({
			customer: { uuid: customer, organizationGroups: [{ uuid: group }] },
			firings: [{ kind: "FIRED", cause: null, policy: { uuid: policy, hasFired: true }, breaches: [{ component: { type: "cpu" }, used: "11", limit: "10" }] }],
		});
		const left = await update(customer, { organizationGroups: [] });
		expect(left).toMatchObject({ customer: { organizationGroups: [] }, firings: [{ kind: "RESET", policy: { uuid: policy, hasFired: false } }] });
		expect(await logged()).toEqual([
			{ uuid: entered.firings[0].uuid, kind: "FIRED" },
			{ uuid: left.firings[0].uuid, kind: "RESET" },
		]);
	});

	test.each(["blocked", "archived"])("that is %s resets the policy that it exceeded, and fires it when it no longer is", async (flag) => {
		await fire(await provider.policy({ limits: { cpu: 10 } }));
		const customer = await heavyUser();
		expect(await kinds(customer, { [flag]: true })).toEqual(["RESET"]);
		expect(await kinds(customer, { [flag]: false })).toEqual(["FIRED"]);
		expect((await logged()).map(({ kind }) => kind)).toEqual(["RESET", "FIRED"]);
	});

	test("that is not the only one who exceeds a policy turns nothing", async () => {
		await fire(await provider.policy({ limits: { cpu: 10 } }));
		await heavyUser();
		expect(await kinds(await heavyUser(), { blocked: true })).toEqual([]);
		expect(await logged()).toEqual([]);
	});

	test("turns the policies of every offering that it uses, and leaves those of others alone", async () => {
		const customer = await heavyUser();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const first = provider;
		provider = await makeProvider(gateway());
		await provider.component("cpu");
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		await provider.usage(await provider.resource({ customer }), "cpu", "2017-01-01", "20");
		const unused = await makeProvider(gateway());
		await unused.component("cpu");
		const exceededByOthers = await unused.policy({ limits: { cpu: 10 } });
		await unused.usage(await unused.resource(), "cpu", "2017-01-01", "11");

		const { firings } = await update(customer, { organizationGroups: [group] });
		expect(firings.map(({ kind, breaches }: Answer) => [kind, breaches[0].used]).sort()).toEqual([
			["FIRED", "11"],
			["FIRED", "20"],
		]);
		expect(await logged()).toHaveLength(1);
		provider = first;
		expect(await logged()).toHaveLength(1);
		expect(await gateway().database.rows(sql`select "hasFired" from "OfferingUsagePolicy" where "uuid" = ${exceededByOthers}::uuid`)).toEqual([
			{ hasFired: false },
		]);
	});

	test("that moves from one group to another turns the policies of both", async () => {
		const other = await provider.group();
		const [left, entered] = [await provider.policy({ limits: { cpu: 10 }, groups: [group] }), await provider.policy({ limits: { cpu: 10 }, groups: [other] })];
		await fire(left);
		const { firings } = await update(await heavyUser({ groups: [group] }), { organizationGroups: [other] });
		expect(new Map(firings.map(({ kind, policy }: Answer) => [policy.uuid, kind]))).toEqual(new Map([[left, "RESET"], [entered, "FIRED"]])); // biome-ignore format: one claim
	});

	test("keeps what an update does not name", async () => {
		const customer = await heavyUser({ groups: [group], blocked: true, archived: true });
		const unchanged = { blocked: true, archived: true, organizationGroups: [{ uuid: group }] };
		expect((await update(customer)).customer).toMatchObject(unchanged);
		expect((await update(customer, { blocked: null, archived: null, organizationGroups: null })).customer).toMatchObject(unchanged);
		expect((await update(customer, { archived: false })).customer).toMatchObject({ ...unchanged, archived: false, modified: "2017-01-10T12:00:00.000Z" });
	});

	test("is in a group once, however often the group is named", async () => {
		expect((await update(await heavyUser({ groups: [group] }), { organizationGroups: [group, group] })).customer.organizationGroups).toEqual([{ uuid: group }]);
	});

	test("gets new resources again when leaving the group ends what blocked them", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group], actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] });
		const customer = await heavyUser();
		const project = await insert(gateway().database, "Project", { name: "Climate", customerUuid: customer });
		const create = `mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename ... on Error { code } } }`;
		const attempt = async () =>
			(await gateway().ask(staff, create, { input: { name: "larch", offering: provider.offering, project } })).createResource.code ?? "created";
		await update(customer, { organizationGroups: [group] });
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await update(customer, { organizationGroups: [] });
		expect(await attempt()).toBe("created");
	});

	test("has its owners told when a policy fires because it enters", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const customer = await heavyUser();
		const email = `owner-${customer}@example.org`;
		await provider.owner(customer, email);
		const { firings } = await update(customer, { organizationGroups: [group] });
		const rows = await gateway().database.rows<{ recipient: string }>(
			sql`select "recipient" from "Notification" where "firingUuid" = ${firings[0].uuid}::uuid`,
		);
		expect(rows.map(({ recipient }) => recipient)).toContain(email);
	});
});

describe("a change of a customer is refused, and not stored,", () => {
	const unknown = ["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"];

	test("when there is no such customer", async () => {
		expect(await update(unknown[0] ?? "", { blocked: true })).toMatchObject({ __typename: "NotFoundError", path: ["input", "uuid"] });
	});

	test("for groups that are not there: each is named", async () => {
		const customer = await heavyUser({ groups: [group] });
		await provider.policy({ limits: { cpu: 10 } });
		const refused = await update(customer, { blocked: true, organizationGroups: [...unknown, await provider.group()] });
		expect(refused).toMatchObject({
			__typename: "NotFoundError",
			problems: unknown.map((uuid) => ({ code: "NOT_FOUND", message: `Organization group ${uuid} was not found.`, path: ["input", "organizationGroups"] })),
		});
		expect((await update(customer)).customer).toMatchObject({ blocked: false, organizationGroups: [{ uuid: group }] });
	});
});
