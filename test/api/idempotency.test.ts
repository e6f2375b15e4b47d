import { getNamedType, isInputObjectType } from "graphql";
import { beforeEach, describe, expect, test } from "vitest";
import { name as quotedName, sql } from "../../src/database/sql.ts";
import { forgetOldAnswers } from "../../src/domain/idempotency/idempotency.store.ts";
import { schema } from "../../src/schema.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const now = "2017-01-10T12:00:00Z";
const gateway = gatewayForFile({ now });

let provider: Provider;
let staff: string;
let cpu: string;
let customer: string;
let resource: string;
let record: string;
let account: string;
let policy: string;
let limit: string;

beforeEach(async () => {
	gateway().setTime(now);
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	cpu = await provider.component("cpu");
	await provider.component("ram");
	customer = await provider.customer();
	resource = await provider.resource({ customer });
	record = await provider.usage(resource, "cpu", "2017-01-01", "5");
	account = await provider.account("alice");
	policy = await provider.policy({ limits: { cpu: 10 } });
	limit = await provider.limit(resource, "cpu", account, "100");
});

/** Every mutation that takes one input: an input that it accepts, and a change of it that says something else. */
const mutations: Record<string, () => [input: Data, change: Data]> = {
	setUsage: () => [{ resource, usages: [{ type: "cpu", amount: "20" }] }, { usages: [{ type: "cpu", amount: "21" }] }],
	setUserUsage: () => [{ componentUsage: record, username: "bob", usage: "1" }, { usage: "2" }],
	deleteComponentUsage: () => [{ uuid: record }, { uuid: resource }],
	createComponentUserUsageLimit: () => [{ resource, component: cpu, user: account, limit: "7" }, { limit: "8" }],
	updateComponentUserUsageLimit: () => [{ uuid: limit, limit: "7" }, { limit: "8" }],
	deleteComponentUserUsageLimit: () => [{ uuid: limit }, { uuid: resource }],
	createOfferingUsagePolicy: () => [
		{ scope: provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: [{ type: "cpu", limit: "1" }] },
		{ period: "TOTAL" },
	],
	updateOfferingUsagePolicy: () => [{ uuid: policy, componentLimits: [{ type: "cpu", limit: "1" }] }, { componentLimits: [{ type: "cpu", limit: "2" }] }],
	deleteOfferingUsagePolicy: () => [{ uuid: policy }, { uuid: resource }],
	createResource: () => [{ name: "New", offering: provider.offering, project: projectOfResource }, { name: "Newer" }],
	setResourceState: () => [{ resource, state: "ERRED" }, { state: "UPDATING" }],
	setResourcePlan: () => [{ resource, plan: otherPlan }, { plan: provider.plan }],
	updateCustomer: () => [{ uuid: customer, blocked: true }, { blocked: false }],
};

let projectOfResource: string;
let otherPlan: string;

beforeEach(async () => {
	otherPlan = await insert(gateway().database, "Plan", { offeringUuid: provider.offering, name: "Other" });
	projectOfResource = (await gateway().ask(staff, "query ($uuid: UUID!) { resource(uuid: $uuid) { project { uuid } } }", { uuid: resource })).resource.project
		.uuid;
});

const mutationField = (name: string) => {
	const field = schema.getMutationType()?.getFields()[name];
	if (field === undefined) throw new Error(`There is no mutation ${name}.`);
	return field;
};

/** Sends the mutation as staff and answers its payload's fields that are uuids, or its error. */
async function send(name: string, input: Data): Promise<Answer> {
	const inputType = mutationField(name).args.find((argument) => argument.name === "input")?.type;
	const document = `mutation ($input: ${inputType}) { ${name}(input: $input) { __typename ... on Error { code message path } ${payloadFields[name]} } }`;
	return (await gateway().ask(staff, document, { input }))[name];
}

const payloadFields: Record<string, string> = {
	setUsage: "... on SetUsagePayload { componentUsages { uuid } firings { uuid } }",
	setUserUsage: "... on SetUserUsagePayload { componentUserUsage { uuid } }",
	deleteComponentUsage: "... on DeleteComponentUsagePayload { uuid firings { uuid } }",
	createComponentUserUsageLimit: "... on CreateComponentUserUsageLimitPayload { componentUserUsageLimit { uuid limit } }",
	updateComponentUserUsageLimit: "... on UpdateComponentUserUsageLimitPayload { componentUserUsageLimit { uuid limit } }",
	deleteComponentUserUsageLimit: "... on DeleteComponentUserUsageLimitPayload { deletedComponentUserUsageLimitId uuid }",
	createOfferingUsagePolicy: "... on CreateOfferingUsagePolicyPayload { offeringUsagePolicy { uuid } firings { uuid } }",
	updateOfferingUsagePolicy: "... on UpdateOfferingUsagePolicyPayload { offeringUsagePolicy { uuid } firings { uuid } }",
	deleteOfferingUsagePolicy: "... on DeleteOfferingUsagePolicyPayload { deletedOfferingUsagePolicyId uuid }",
	createResource: "... on CreateResourcePayload { resource { uuid name } }",
	setResourceState: "... on SetResourceStatePayload { resource { uuid state } }",
	setResourcePlan: "... on SetResourcePlanPayload { resource { uuid plan { uuid } } }",
	updateCustomer: "... on UpdateCustomerPayload { customer { uuid blocked } firings { uuid } }",
};

/** How many rows of each kind there are, and when the last was made. */
async function stored(): Promise<Answer> {
	const tables = [
		"ComponentUsage",
		"ComponentUserUsage",
		"ComponentUserUsageLimit",
		"OfferingUsagePolicy",
		"PolicyFiring",
		"LogEntry",
		"Resource",
		"ResourcePlanPeriod",
		"Customer",
	];
	const counts: Record<string, unknown> = {};
	for (const table of tables) counts[table] = await gateway().database.rows(sql`select count(*), max("created") from ${quotedName(table)}`);
	return counts;
}

test("every mutation takes a key with its input, whether it takes one or many", () => {
	const without = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args }) => {
		const input = args.find(({ name }) => name === "input");
		const type = input === undefined ? undefined : getNamedType(input.type);
		return !isInputObjectType(type) || type.getFields()["idempotencyKey"] === undefined;
	});
	expect(without.map(({ name }) => name)).toEqual([]);
});

test("every mutation that takes one input is tried below", () => {
	const single = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
		({ args }) => !String(args.find(({ name }) => name === "input")?.type).startsWith("["),
	);
	expect(Object.keys(mutations).sort()).toEqual(single.map(({ name }) => name).sort());
});

describe.each(Object.keys(mutations))("%s", (name) => {
	const prepared = async (): Promise<[Data, Data]> => {
		if (name === "createComponentUserUsageLimit") await send("deleteComponentUserUsageLimit", { uuid: limit });
		const [input, change] = mutations[name]?.() ?? [{}, {}];
		return [
			{ ...input, idempotencyKey: "key 1" },
			{ ...input, ...change, idempotencyKey: "key 1" },
		];
	};

	test("is done once under a key, and answered as the first time", async () => {
		const [input] = await prepared();
		const first = await send(name, input);
		const after = await stored();
		gateway().setTime("2017-01-17T11:59:00Z"); // nearly seven days later
		const second = await send(name, input);

		expect(first.__typename).toBe(`${name[0]?.toUpperCase()}${name.slice(1)}Payload`);
		expect(second).toEqual(first);
		expect(await stored()).toEqual(after);
	});

	test("is refused under a key that was used for something else", async () => {
		const [input, changed] = await prepared();
		await send(name, input);
		const after = await stored();

		expect(await send(name, changed)).toMatchObject({ __typename: "RuleError", code: "IDEMPOTENCY_CONFLICT", path: ["input", "idempotencyKey"] });
		expect(await stored()).toEqual(after);
	});

	test("is answered with NOT_FOUND as data, when it is repeated by a caller who does not see any more what it names", async () => {
		const [input] = await prepared();
		const first = await send(name, input);
		await gateway().database.rows(sql`update "User" set "isStaff" = false`);

		const notFound = { __typename: "NotFoundError", code: "NOT_FOUND", path: ["input", "idempotencyKey"] };
		expect(await send(name, input)).toMatchObject(name.startsWith("delete") ? first : notFound);
	});

	test("is refused with a key that is too long", async () => {
		const [input] = await prepared();
		expect(await send(name, { ...input, idempotencyKey: "k".repeat(256) })).toMatchObject({
			__typename: "InvalidInputError",
			code: "INVALID_INPUT",
			path: ["input", "idempotencyKey"],
		});
	});
});

const report = async (token: string, amount: string, idempotencyKey = "key 1"): Promise<Answer> =>
	(await gateway().ask(token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }], idempotencyKey } })).setUsage;

test("a key belongs to its caller: another caller's is another key", async () => {
	await report(provider.token, "6");
	expect(await report(staff, "7")).toMatchObject({ __typename: "SetUsagePayload", componentUsages: [{ usage: "7" }] });
});

test("a refused request does not use up its key", async () => {
	expect(await report(provider.token, "-1")).toMatchObject({ code: "INVALID_INPUT" });
	await gateway().ask(staff, "mutation ($input: SetResourceStateInput!) { setResourceState(input: $input) { __typename } }", {
		input: { resource, state: "ERRED" },
	});
	expect(await report(provider.token, "6")).toMatchObject({ code: "INVALID_RESOURCE_STATE" });
	await gateway().ask(staff, "mutation ($input: SetResourceStateInput!) { setResourceState(input: $input) { __typename } }", {
		input: { resource, state: "OK" },
	});
	expect(await report(provider.token, "7")).toMatchObject({ __typename: "SetUsagePayload" });
});

test("a repeated request is answered even when it would be refused by now", async () => {
	const first = await report(provider.token, "6");
	await gateway().ask(staff, "mutation ($input: SetResourceStateInput!) { setResourceState(input: $input) { __typename } }", {
		input: { resource, state: "TERMINATED" },
	});
	expect(await report(provider.token, "6")).toEqual(first);
});

test("a repeated request shows nothing to a caller who does not see it any more", async () => {
	const [{ uuid }] = (await report(provider.token, "6")).componentUsages;
	await gateway().database.rows(sql`delete from "CustomerRole" where "customerUuid" = ${provider.uuid}::uuid`);
	const message = `Component usage ${uuid} was not found.`;
	expect(await report(provider.token, "6")).toMatchObject({ __typename: "NotFoundError", code: "NOT_FOUND", message });
});

test("a repeated request whose record has been deleted is NOT_FOUND, and does not store it again", async () => {
	await report(provider.token, "6");
	await gateway().ask(staff, "mutation ($input: DeleteComponentUsageInput!) { deleteComponentUsage(input: $input) { __typename } }", {
		input: { uuid: record },
	});
	expect(await report(provider.token, "6")).toMatchObject({ __typename: "NotFoundError", path: ["input", "idempotencyKey"] });
	expect(await gateway().database.rows(sql`select from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`)).toEqual([]);
});

test("a request whose firings are not seen any more is not answered again, though its records are", async () => {
	await gateway().database.rows(
		sql`insert into "CustomerRole" ("userUuid", "customerUuid", "role") select "userUuid", ${customer}::uuid, 'OWNER' from "CustomerRole" where "customerUuid" = ${provider.uuid}::uuid`,
	);
	const { firings } = await report(provider.token, "11");
	await gateway().database.rows(sql`delete from "CustomerRole" where "customerUuid" = ${provider.uuid}::uuid`);
	const problems = [{ code: "NOT_FOUND", message: `Policy firing ${firings[0]?.uuid} was not found.` }];
	expect(await report(provider.token, "11")).toMatchObject({ __typename: "NotFoundError", problems });
});

test("a key is free again once its answer was let go, after seven days", async () => {
	await report(provider.token, "6");
	await forgetOldAnswers(gateway().database, new Date("2017-01-17T11:59:59Z"));
	expect(await report(provider.token, "7")).toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
	await forgetOldAnswers(gateway().database, new Date("2017-01-17T12:00:01Z"));
	expect(await report(provider.token, "7")).toMatchObject({ __typename: "SetUsagePayload" });
});
