import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;
let record: string;
let other: string;
let account: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	const resource = await provider.resource();
	record = await provider.usage(resource, "cpu", "2017-01-01", "100");
	other = await provider.usage(resource, "cpu", "2017-02-01", "100");
	account = await provider.account("alice");
	await provider.limit(resource, "cpu", account, "100");
});

const document = `mutation ($input: [SetUserUsageInput!]!) {
	setUserUsages(input: $input) {
		__typename
		... on SetUserUsagesPayload { componentUserUsages { username usage user { uuid } componentUsage { uuid } } }
		... on Error { code message path problems { code message path } }
	}
}`;

const send = async (input: object[], token = provider.token): Promise<Answer> => (await gateway().ask(token, document, { input })).setUserUsages;
const part = (username: string, usage: string, more: object = {}) => ({ componentUsage: record, username, usage, ...more });

const storedParts = async (): Promise<string[]> => {
	const { componentUserUsages } = await gateway().ask(
		provider.token,
		"{ componentUserUsages(first: 100, orderBy: { field: USERNAME }) { nodes { username usage } } }",
	);
	return componentUserUsages.nodes.map(({ username, usage }: Answer) => `${username} ${usage}`).sort();
};

describe("many parts in one call", () => {
	test("are all stored, of one record or several, and answered in their order", async () => {
		const { componentUserUsages } = await send([part("bob", "2"), part("alice", "1"), part("bob", "3", { componentUsage: other })]);

		expect(componentUserUsages).toEqual([
			{ username: "bob", usage: "2", user: null, componentUsage: { uuid: record } },
			{ username: "alice", usage: "1", user: { uuid: account }, componentUsage: { uuid: record } },
			{ username: "bob", usage: "3", user: null, componentUsage: { uuid: other } },
		]);
		expect(await storedParts()).toEqual(["alice 1", "bob 2", "bob 3"]);
	});

	test("keep to an account's limit together, whatever their order: what is replaced in the same call does not count", async () => {
		await send([part("alice", "90")]);
		expect(await send([part("a second name", "60", { user: account }), part("alice", "40")])).toMatchObject({ __typename: "SetUserUsagesPayload" });
	});

	test("cost no more statements for fifty than for two", async () => {
		const few = await gateway().statementsOf(() => send([part("u1", "1"), part("u2", "1")]));
		const many = await gateway().statementsOf(() => send(Array.from({ length: 50 }, (_, place) => part(`v${place}`, "1"))));
		expect(many.length).toBe(few.length);
	});
});

describe("a call is refused as a whole", () => {
	const nobodys = "00000000-0000-4000-8000-000000000000";
	const refusals: [string, () => object[], object][] = [
		["with no part", () => [], { code: "INVALID_INPUT", path: ["input"], message: "Send 1 to 250 parts in one call, not 0." }],
		["with 251 parts", () => Array.from({ length: 251 }, (_, place) => part(`u${place}`, "1")), { code: "INVALID_INPUT", path: ["input"] }],
		[
			"with all problems of its first failing stage, each by the index of its part",
			() => [part("", "1"), part("bob", "1"), part("carol", "-1", { componentUsage: nobodys })],
			{
				__typename: "InvalidInputError",
				problems: [
					{ code: "INVALID_INPUT", message: "A username must have 1 to 100 characters.", path: ["input", "0", "username"] },
					{ code: "INVALID_INPUT", message: "An amount must not be negative.", path: ["input", "2", "usage"] },
				],
			},
		],
		["with a username twice for one record", () => [part("bob", "1"), part("bob", "2")], { code: "INVALID_INPUT", path: ["input", "1", "username"] }],
		[
			"with a record that is not there",
			() => [part("bob", "1"), part("bob", "1", { componentUsage: nobodys })],
			{ code: "NOT_FOUND", path: ["input", "1", "componentUsage"] },
		],
		["with an account that is not there", () => [part("bob", "1"), part("carol", "1", { user: nobodys })], { code: "NOT_FOUND", path: ["input", "1", "user"] }],
		[
			"beyond an account's limit, which all of its parts share",
			() => [part("alice", "60"), part("bob", "1"), part("a second name", "41", { user: account })],
			{
				code: "USER_LIMIT_EXCEEDED",
				message: "Usage limit exceeded. Maximum allowed: 100, current usage: 60, additional: 41.",
				path: ["input", "2", "usage"],
			},
		],
	];

	test.each(refusals)("%s, and nothing is stored", async (_case, input, refusal) => {
		expect(await send(input())).toMatchObject(refusal);
		expect(await storedParts()).toEqual([]);
	});

	test("with a username that several accounts have, unless the part names one of them", async () => {
		await provider.account("alice");
		const problems = [{ code: "INVALID_INPUT", path: ["input", "1", "user"] }];
		expect(await send([part("bob", "1"), part("alice", "1")])).toMatchObject({ __typename: "InvalidInputError", problems });
		expect(await storedParts()).toEqual([]);
		expect(await send([part("bob", "1"), part("alice", "1", { user: account })])).toMatchObject({ __typename: "SetUserUsagesPayload" });
	});

	test("with an account of another offering", async () => {
		const stranger = await (await makeProvider(gateway())).account("mallory");
		const answer = await send([part("bob", "1"), part("mallory", "1", { user: stranger })], await provider.staffToken());
		expect(answer).toMatchObject({ code: "INVALID_INPUT", path: ["input", "1", "user"] });
		expect(await storedParts()).toEqual([]);
	});
});

test("an account's limit may be used up to its last hundredth by the parts of a call", async () => {
	expect(await send([part("alice", "60.50"), part("a second name", "39.50", { user: account })])).toMatchObject({ __typename: "SetUserUsagesPayload" });
});

test("a part with a key of its own is not reported again", async () => {
	await send([part("bob", "1", { idempotencyKey: "one" })]);
	await send([part("bob", "2")]);
	await send([part("bob", "1", { idempotencyKey: "one" }), part("carol", "3")]);
	expect(await storedParts()).toEqual(["bob 2", "carol 3"]);
});

test("a call with a part whose record has gone since it was stored under its key is NOT_FOUND as data, and names the part", async () => {
	const keyed = part("bob", "1", { idempotencyKey: "one" });
	await send([keyed]);
	await gateway().database.rows(sql`delete from "ComponentUserUsage" where "username" = 'bob'`);

	expect(await send([part("carol", "3"), keyed])).toMatchObject({
		__typename: "NotFoundError",
		problems: [{ code: "NOT_FOUND", path: ["input", "1", "idempotencyKey"] }],
	});
	expect(await storedParts()).toEqual([]);
});
