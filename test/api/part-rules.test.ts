import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUserUsage } from "../support/documents.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
const nobodys = "00000000-0000-4000-8000-000000000000";
let provider: Provider;
let resource: string;
let record: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	for (const type of ["cpu", "ram"]) await provider.component(type);
	resource = await provider.resource();
	record = await provider.usage(resource, "cpu", "2017-01-01", "100");
});

async function send(input: Data, token = provider.token): Promise<Answer> {
	const { data } = await gateway().send(token, setUserUsage, { input: { componentUsage: record, ...input } });
	return data.setUserUsage;
}
const taken = { __typename: "SetUserUsagePayload" };
const exceeded = (limit: string, current: string, additional: string) => ({
	code: "USER_LIMIT_EXCEEDED",
	message: `Usage limit exceeded. Maximum allowed: ${limit}, current usage: ${current}, additional: ${additional}.`,
});

const partsOf = async (uuid: string): Promise<string[]> => {
	const document = `query ($uuid: UUID!) { componentUsage(uuid: $uuid) { userUsages { nodes { username usage } } } }`;
	const { nodes } = (await gateway().ask(provider.token, document, { uuid })).componentUsage.userUsages;
	return nodes.map(({ username, usage }: Answer) => `${username} ${usage}`);
};

test("what is wrong with a part is told stage by stage", async () => {
	const account = await provider.account("ann");
	const foreign = await (await makeProvider(gateway())).account("ann");
	await provider.limit(resource, "cpu", account, "10");
	const [place] = await gateway().database.rows<{ customerUuid: string }>(sql`select "customerUuid" from "Resource" where "uuid" = ${resource}::uuid`);
	const consumer = await person(gateway(), [["CustomerRole", { customerUuid: place?.customerUuid, role: "OWNER" }]]);
	const [stranger, staff] = [await person(gateway()), await provider.staffToken()];
	const told = async (input: Data, token?: string): Promise<string[]> => {
		const answer = await send(input, token);
		return answer.problems?.map(({ code, path }: Answer) => `${code} ${path.join(".")}`) ?? [answer.__typename];
	};

	const shape = ["INVALID_INPUT input.username", "INVALID_INPUT input.usage"];
	expect(await told({ username: "", usage: "-1", componentUsage: nobodys, user: nobodys }, stranger)).toEqual(shape);
	expect(await told({ username: "ann", usage: "11", componentUsage: nobodys, user: nobodys })).toEqual(["NOT_FOUND input.componentUsage"]);
	expect(await told({ username: "ann", usage: "11", user: nobodys }, stranger)).toEqual(["NOT_FOUND input.componentUsage"]);
	expect(await told({ username: "ann", usage: "11", user: nobodys }, consumer)).toEqual(["FORBIDDEN input"]);
	expect(await told({ username: "ann", usage: "11", user: nobodys })).toEqual(["NOT_FOUND input.user"]);
	expect(await told({ username: "ann", usage: "11", user: foreign }, staff)).toEqual(["INVALID_INPUT input.user"]);
	expect(await told({ username: "ann", usage: "11", user: account })).toEqual(["USER_LIMIT_EXCEEDED input.usage"]);
	expect(await partsOf(record)).toEqual([]);
	expect(await told({ username: "ann", usage: "10", user: account })).toEqual(["SetUserUsagePayload"]);
});

test("a part is taken whatever the state of its resource and however small the record's total", async () => {
	await gateway().database.rows(sql`update "Resource" set "state" = 'TERMINATED', "planUuid" = null where "uuid" = ${resource}::uuid`);

	expect(await send({ username: "ann", usage: "100.01" })).toMatchObject({ componentUserUsage: { componentUsage: { usage: "100" } } });
});

test("a part that is reported twice is the same part", async () => {
	const first = await send({ username: "ann", usage: "3.50" });
	const again = await send({ username: "ann", usage: "3.5" });

	expect(again).toEqual(first);
	expect(await partsOf(record)).toEqual(["ann 3.5"]);
});

describe("an account's limit", () => {
	test("of 150 with 100 under one name refuses 90 under another, and takes 50", async () => {
		const account = await provider.account(null);
		await provider.limit(resource, "cpu", account, "150");
		await send({ username: "A", usage: "100", user: account });

		expect(await send({ username: "B", usage: "90", user: account })).toMatchObject(exceeded("150", "100", "90"));
		expect(await partsOf(record)).toEqual(["A 100"]);
		expect(await send({ username: "B", usage: "50", user: account })).toMatchObject(taken);
	});

	test("is counted anew in every month, and for no other component, resource or account", async () => {
		const [account, other] = [await provider.account("ann"), await provider.account("bob")];
		const neighbour = await provider.resource();
		await provider.limit(resource, "cpu", account, "10");
		const records = {
			"of the month before": await provider.usage(resource, "cpu", "2016-12-01", "1"),
			"of another component": await provider.usage(resource, "ram", "2017-01-01", "1"),
			"of another resource": await provider.usage(neighbour, "cpu", "2017-01-01", "1"),
		};
		expect(await send({ componentUsage: records["of the month before"], username: "ann", usage: "10" })).toMatchObject(taken);
		expect(await send({ componentUsage: records["of the month before"], username: "ann", usage: "10.01" })).toMatchObject(exceeded("10", "0", "10.01"));
		expect(await send({ componentUsage: records["of another component"], username: "ann", usage: "99" })).toMatchObject(taken);
		expect(await send({ componentUsage: records["of another resource"], username: "ann", usage: "99" })).toMatchObject(taken);
		expect(await send({ username: "bob", usage: "99", user: other })).toMatchObject(taken);
		expect(await send({ username: "nobody's", usage: "99" })).toMatchObject(taken);

		expect(await send({ username: "ann", usage: "10" })).toMatchObject(taken);
		expect(await send({ username: "ann", usage: "10.01" })).toMatchObject(exceeded("10", "0", "10.01"));
	});

	test("of 10 with 6 takes 5 in its place", async () => {
		await provider.limit(resource, "cpu", await provider.account("ann"), "10");
		expect(await send({ username: "ann", usage: "6" })).toMatchObject(taken);
		expect(await send({ username: "ann", usage: "5" })).toMatchObject(taken);
		expect(await partsOf(record)).toEqual(["ann 5"]);
	});

	test("that was lowered below what is reported is met by later reports alone", async () => {
		const account = await provider.account("ann");
		const limit = await provider.limit(resource, "cpu", account, "10");
		await send({ username: "ann", usage: "9" });
		const document = `mutation ($input: UpdateComponentUserUsageLimitInput!) { updateComponentUserUsageLimit(input: $input) { __typename } }`;
		const { updateComponentUserUsageLimit: lowered } = await gateway().ask(await provider.staffToken(), document, { input: { uuid: limit, limit: "5" } });

		expect(lowered).toEqual({ __typename: "UpdateComponentUserUsageLimitPayload" });
		expect(await partsOf(record)).toEqual(["ann 9"]);
		expect(await send({ username: "ann", usage: "9" })).toMatchObject(exceeded("5", "0", "9"));
		expect(await send({ username: "ann", usage: "5" })).toMatchObject(taken);
	});

	test("is neither created nor changed where the offering does not support it, and can be deleted", async () => {
		const [account, cpu] = [await provider.account("ann"), sql`select "uuid" from "OfferingComponent" where "offeringUuid" = ${provider.offering}::uuid and "type" = 'cpu'`]; // biome-ignore format: a pair
		const limit = await provider.limit(resource, "cpu", account, "10");
		const staff = await provider.staffToken();
		const [component] = await gateway().database.rows<{ uuid: string }>(cpu);
		await gateway().database.rows(sql`update "Offering" set "pluginOptions" = '{"supportsPerUserLimits": false}' where "uuid" = ${provider.offering}::uuid`);
		const run = async (verb: string, input: Data): Promise<Answer> => {
			const document = `mutation ($input: ${verb}ComponentUserUsageLimitInput!) { limit: ${verb.toLowerCase()}ComponentUserUsageLimit(input: $input) { __typename ... on Error { code } } }`;
			return (await gateway().ask(staff, document, { input })).limit;
		};

		expect(await run("Create", { resource, component: component?.uuid, user: await provider.account("bob") })).toMatchObject({ code: "LIMITS_UNSUPPORTED" });
		expect(await run("Update", { uuid: limit, limit: "5" })).toMatchObject({ code: "LIMITS_UNSUPPORTED" });
		expect(await run("Delete", { uuid: limit })).toEqual({ __typename: "DeleteComponentUserUsageLimitPayload" });
	});
});

test("an account is found by its username at the record's own offering alone", async () => {
	await (await makeProvider(gateway())).account("ann");
	const { componentUserUsage } = await send({ username: "ann", usage: "1" });
	expect(componentUserUsage.user).toBeNull();
});
