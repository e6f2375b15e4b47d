import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let staff: string;
let customer: string;
let project: string;

beforeEach(async () => {
	gateway().setTime("2017-01-10T12:00:00Z");
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	await provider.component("cpu");
	customer = await provider.customer();
	project = await insert(gateway().database, "Project", { name: "Climate", customerUuid: customer });
});

const createDocument = `mutation ($input: CreateResourceInput!) {
	createResource(input: $input) { __typename ... on CreateResourcePayload { resource { uuid name state plan { uuid } customer { uuid } planPeriods { nodes { start end } } } } ... on Error { code message path } }
}`;
const stateDocument = `mutation ($input: SetResourceStateInput!) {
	setResourceState(input: $input) { __typename ... on SetResourceStatePayload { resource { state planPeriods { nodes { end } } } } ... on Error { code message path } }
}`;

const create = async (input: object = {}, token = staff): Promise<Answer> =>
	(await gateway().ask(token, createDocument, { input: { name: "larch", offering: provider.offering, project, ...input } })).createResource;
const setState = async (resource: string, state: string, token = staff): Promise<Answer> =>
	(await gateway().ask(token, stateDocument, { input: { resource, state } })).setResourceState;

const planDocument = `mutation ($input: SetResourcePlanInput!) {
	setResourcePlan(input: $input) { __typename ... on SetResourcePlanPayload { resource { plan { uuid } } } ... on Error { code message path } }
}`;
const setPlan = async (resource: string, plan: string, token = staff): Promise<Answer> =>
	(await gateway().ask(token, planDocument, { input: { resource, plan } })).setResourcePlan;

/** When the resource ran under which plan, oldest first: "plan hh:mm hh:mm", with - for what has not come. */
const periodsOf = async (resource: string): Promise<string[]> => {
	const document = "query ($uuid: UUID!) { resource(uuid: $uuid) { planPeriods { nodes { start end plan { uuid } } } } }";
	const { nodes } = (await gateway().ask(staff, document, { uuid: resource })).resource.planPeriods;
	const told = (moment: string | null) => moment?.slice(11, 16) ?? "-";
	return nodes.map(({ start, end, plan }: Answer) => `${plan.uuid} ${told(start)} ${told(end)}`);
};

const resources = async (): Promise<Answer[]> =>
	(await gateway().ask(staff, `query ($uuid: UUID!) { project(uuid: $uuid) { resources { nodes { uuid } } } }`, { uuid: project })).project.resources.nodes;

describe("a new resource", () => {
	test("is being created, and its plan does not apply yet", async () => {
		expect((await create({ name: " larch ", plan: provider.plan })).resource).toMatchObject({
			name: "larch",
			state: "CREATING",
			plan: { uuid: provider.plan },
			customer: { uuid: customer },
			planPeriods: { nodes: [] },
		});
	});

	test("runs under its plan from when it is first OK, whatever comes before and after", async () => {
		const { uuid } = (await create({ plan: provider.plan })).resource;
		for (const [minute, state] of ["UPDATING", "ERRED", "OK", "ERRED", "OK"].entries()) {
			gateway().setTime(`2017-01-10T12:0${minute}:00Z`);
			await setState(uuid, state);
		}
		expect(await periodsOf(uuid)).toEqual([`${provider.plan} 12:02 -`]);
	});

	test("takes usage once it is OK", async () => {
		const { uuid } = (await create({ plan: provider.plan })).resource;
		const report = async () => (await gateway().ask(staff, setUsage, { input: { resource: uuid, usages: [{ type: "cpu", amount: "1" }] } })).setUsage;
		expect(await report()).toMatchObject({ code: "INVALID_RESOURCE_STATE" });
		await setState(uuid, "OK");
		expect(await report()).toMatchObject({ __typename: "SetUsagePayload" });
	});
});

describe("a new resource is refused", () => {
	const unknown = "00000000-0000-4000-8000-000000000000";
	test.each<[string, object, object]>([
		["without a name", { name: " " }, { code: "INVALID_INPUT", path: ["input", "name"] }],
		["with a name of 151 characters", { name: "x".repeat(151) }, { code: "INVALID_INPUT", path: ["input", "name"] }],
		["of an offering that is not there", { offering: unknown }, { code: "NOT_FOUND", path: ["input", "offering"] }],
		["in a project that is not there", { project: unknown }, { code: "NOT_FOUND", path: ["input", "project"] }],
		["with a plan that is not the offering's", { plan: unknown }, { code: "NOT_FOUND", path: ["input", "plan"] }],
	])("%s", async (_case, input, refusal) => {
		expect(await create(input)).toMatchObject(refusal);
		expect(await resources()).toEqual([]);
	});

	test("of an offering that is not on sale", async () => {
		await gateway().database.rows(sql`update "Offering" set "state" = 'PAUSED' where "uuid" = ${provider.offering}::uuid`);
		expect(await create()).toMatchObject({ code: "OFFERING_NOT_ACTIVE" });
	});

	test("in a removed project", async () => {
		await gateway().database.rows(sql`update "Project" set "isRemoved" = true where "uuid" = ${project}::uuid`);
		expect(await create()).toMatchObject({ code: "NOT_FOUND", path: ["input", "project"] });
	});
});

describe("a new resource is refused to a customer that is", () => {
	const blocked = "Blocked organization is not available.";
	const archived = "Archived organization is not available.";
	test.each<[string, object, string]>([
		["blocked", { blocked: true }, blocked],
		["archived", { archived: true }, archived],
		["both", { blocked: true, archived: true }, `${blocked} ${archived}`],
	])("%s, whoever asks for it", async (_case, flags, message) => {
		const closed = await provider.customer(flags);
		const theirs = await insert(gateway().database, "Project", { name: "Theirs", customerUuid: closed });
		expect(await create({ project: theirs })).toMatchObject({ __typename: "RuleError", code: "CUSTOMER_BLOCKED", message, path: ["input", "project"] });
		expect(await gateway().database.rows(sql`select from "Resource" where "customerUuid" = ${closed}::uuid`)).toEqual([]);
	});
});

describe("a policy that blocks", () => {
	const block = ["BLOCK_CREATION_OF_NEW_RESOURCES"];
	const blocked = { code: "BLOCKED_BY_POLICY", message: "Creation of new resources in this project is not available due to a policy." };
	const report = async (amount: string) => {
		const [running] = await gateway().database.rows<{ uuid: string }>(
			sql`select "uuid" from "Resource" where "offeringUuid" = ${provider.offering}::uuid and "state" = 'OK' limit 1`,
		);
		const resource = running?.uuid ?? (await provider.resource({ customer }));
		await gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });
	};

	test("refuses new resources while it is fired, and no longer once it is reset", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		expect(await create()).toMatchObject({ __typename: "CreateResourcePayload" });
		await report("11");
		expect(await create()).toMatchObject(blocked);
		await report("10");
		expect(await create()).toMatchObject({ __typename: "CreateResourcePayload" });
	});

	test("refuses them to the members of its groups alone", async () => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, actions: block, groups: [group] });
		const member = await provider.customer({ groups: [group] });
		await gateway().ask(provider.token, setUsage, {
			input: { resource: await provider.resource({ customer: member }), usages: [{ type: "cpu", amount: "11" }] },
		});
		const theirs = await insert(gateway().database, "Project", { name: "Theirs", customerUuid: member });

		expect(await create({ project: theirs })).toMatchObject(blocked);
		expect(await create()).toMatchObject({ __typename: "CreateResourcePayload" });
	});

	test("does not refuse them when its actions only notify", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		await report("11");
		expect(await create()).toMatchObject({ __typename: "CreateResourcePayload" });
	});
});

describe("a resource's state", () => {
	test("ends its plan periods when it is TERMINATED, and stays so", async () => {
		const { uuid } = (await create({ plan: provider.plan })).resource;
		await setState(uuid, "OK");
		expect(await setState(uuid, "TERMINATED")).toMatchObject({
			resource: { state: "TERMINATED", planPeriods: { nodes: [{ end: "2017-01-10T12:00:00.000Z" }] } },
		});
		expect(await setState(uuid, "OK")).toMatchObject({ code: "INVALID_RESOURCE_STATE" });
		expect(await setState(uuid, "TERMINATED")).toMatchObject({ resource: { state: "TERMINATED" } });
	});
});

describe("a resource's plan", () => {
	let dear: string;
	let resource: string;
	const at = (time: string) => gateway().setTime(`2017-01-10T${time}:00Z`);
	const planOf = async (uuid: string): Promise<string | undefined> =>
		(await gateway().ask(staff, "query ($uuid: UUID!) { resource(uuid: $uuid) { plan { uuid } } }", { uuid })).resource.plan?.uuid;

	beforeEach(async () => {
		dear = await insert(gateway().database, "Plan", { offeringUuid: provider.offering, name: "Dear" });
		resource = (await create({ plan: provider.plan })).resource.uuid;
	});

	test("passes into another one at the moment of the switch, and usage is charged to the new one", async () => {
		await setState(resource, "OK");
		at("13:00");
		expect(await setPlan(resource, dear, provider.token)).toMatchObject({ resource: { plan: { uuid: dear } } });
		expect(await periodsOf(resource)).toEqual([`${provider.plan} 12:00 13:00`, `${dear} 13:00 -`]);

		const usage = { resource, usages: [{ type: "cpu", amount: "1" }] };
		const document =
			"mutation ($input: SetUsageInput!) { setUsage(input: $input) { ... on SetUsagePayload { componentUsages { planPeriod { plan { uuid } } } } } }";
		const { setUsage: stored } = await gateway().ask(staff, document, { input: usage });
		expect(stored.componentUsages).toEqual([{ planPeriod: { plan: { uuid: dear } } }]);
	});

	test("is only noted while the resource is being created: the last one applies once it is OK", async () => {
		await setPlan(resource, dear);
		expect([await planOf(resource), await periodsOf(resource)]).toEqual([dear, []]);
		at("13:00");
		await setState(resource, "OK");
		expect(await periodsOf(resource)).toEqual([`${dear} 13:00 -`]);
	});

	test("is only noted while the resource has failed before it was ever OK", async () => {
		await setState(resource, "ERRED");
		await setPlan(resource, dear);
		expect(await periodsOf(resource)).toEqual([]);
	});

	test("passes into another one while the resource has failed, when it ran before", async () => {
		await setState(resource, "OK");
		await setState(resource, "ERRED");
		at("13:00");
		await setPlan(resource, dear);
		expect(await periodsOf(resource)).toEqual([`${provider.plan} 12:00 13:00`, `${dear} 13:00 -`]);
	});

	test("begins now for a resource that runs under none, which then takes usage", async () => {
		const bare = await provider.resource({ plan: null });
		await setPlan(bare, dear);
		expect(await periodsOf(bare)).toEqual([`${dear} 12:00 -`]);
		const report = { resource: bare, usages: [{ type: "cpu", amount: "1" }] };
		expect((await gateway().ask(staff, setUsage, { input: report })).setUsage).toMatchObject({ __typename: "SetUsagePayload" });
	});

	test("set again changes nothing, though it is archived by now", async () => {
		await setState(resource, "OK");
		await gateway().database.rows(sql`update "Plan" set "archived" = true where "uuid" = ${provider.plan}::uuid`);
		at("13:00");
		expect(await setPlan(resource, provider.plan)).toMatchObject({ resource: { plan: { uuid: provider.plan } } });
		expect(await periodsOf(resource)).toEqual([`${provider.plan} 12:00 -`]);
	});

	test("that was to end later ends with the switch", async () => {
		await setState(resource, "OK");
		await gateway().database.rows(sql`update "ResourcePlanPeriod" set "end" = '2017-02-01T00:00:00Z' where "resourceUuid" = ${resource}::uuid`);
		at("13:00");
		await setPlan(resource, dear);
		expect(await periodsOf(resource)).toEqual([`${provider.plan} 12:00 13:00`, `${dear} 13:00 -`]);
	});

	test.each<[string, () => Promise<string>, object]>([
		[
			"an archived one",
			() => insert(gateway().database, "Plan", { offeringUuid: provider.offering, name: "Old", archived: true }),
			{ path: ["input", "plan"] },
		],
		["one of another offering", async () => (await makeProvider(gateway())).plan, { path: ["input", "plan"] }],
		["one that is not there", async () => "00000000-0000-4000-8000-000000000000", { path: ["input", "plan"] }],
	])("is refused: %s, and nothing changes", async (_case, plan, refusal) => {
		await setState(resource, "OK");
		expect(await setPlan(resource, await plan())).toMatchObject({ __typename: "NotFoundError", code: "NOT_FOUND", ...refusal });
		expect([await planOf(resource), await periodsOf(resource)]).toEqual([provider.plan, [`${provider.plan} 12:00 -`]]);
	});

	test("is refused to a terminated resource", async () => {
		await setState(resource, "OK");
		await setState(resource, "TERMINATED");
		const refusal = { code: "INVALID_RESOURCE_STATE", message: "A terminated resource gets no other plan.", path: ["input", "resource"] };
		expect(await setPlan(resource, dear)).toMatchObject(refusal);
		expect(await periodsOf(resource)).toEqual([`${provider.plan} 12:00 12:00`]);
	});

	test("of many switches at once is the plan of the one period that is open", async () => {
		await setState(resource, "OK");
		const plans = await Promise.all([1, 2, 3, 4].map((name) => insert(gateway().database, "Plan", { offeringUuid: provider.offering, name: `Plan ${name}` })));
		at("13:00");
		await Promise.all(plans.map((plan) => setPlan(resource, plan)));
		const open = (await periodsOf(resource)).filter((period) => period.endsWith(" -"));
		expect(open).toEqual([`${await planOf(resource)} 13:00 -`]);
	});
});
