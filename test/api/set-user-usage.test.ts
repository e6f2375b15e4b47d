import { beforeEach, describe, expect, test } from "vitest";
import { setUserUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;
let resource: string;
let record: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	resource = await provider.resource();
	record = await provider.usage(resource, "cpu", "2017-01-01", "100");
});

const report = async (input: object): Promise<Answer> =>
	(await gateway().ask(provider.token, setUserUsage, { input: { componentUsage: record, ...input } })).setUserUsage;

const parts = async (): Promise<Answer> => {
	const document = `query ($uuid: UUID!) { componentUsage(uuid: $uuid) { usage userUsages { nodes { username usage user { uuid } } } } }`;
	return (await gateway().ask(provider.token, document, { uuid: record })).componentUsage;
};

describe("a username's part", () => {
	test("is stored beside the record's total, which it neither changes nor is bounded by", async () => {
		await report({ username: "alice", usage: "300" });
		expect(await parts()).toEqual({ usage: "100", userUsages: { nodes: [{ username: "alice", usage: "300", user: null }] } });
	});

	test("is replaced by a new report of the same username, and 0 when no usage is given", async () => {
		await report({ username: "alice", usage: "30" });
		await report({ username: "alice" });
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ username: "alice", usage: "0" }] } });
	});

	test("counts for the account that is named, else for the offering's account of the username", async () => {
		const [named, found] = [await provider.account(null), await provider.account("bob")];
		await report({ username: "alice", usage: "1", user: named });
		await report({ username: "bob", usage: "1" });
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ user: { uuid: named } }, { user: { uuid: found } }] } });
	});

	test("keeps its account when a later report names none", async () => {
		const account = await provider.account(null);
		await report({ username: "alice", usage: "1", user: account });
		await report({ username: "alice", usage: "2" });
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ usage: "2", user: { uuid: account } }] } });
	});
});

describe("a part of a username that several accounts of the offering have", () => {
	const several = {
		__typename: "InvalidInputError",
		code: "INVALID_INPUT",
		message: "2 accounts of the offering have the username alice: give the uuid of one of them as user.",
		path: ["input", "user"],
	};

	test("is refused when it does not say whose it is, though it was said of it before", async () => {
		const [one] = [await provider.account("alice"), await provider.account("alice")];
		expect(await report({ username: "alice", usage: "1" })).toMatchObject(several);
		expect(await parts()).toMatchObject({ userUsages: { nodes: [] } });
		await report({ username: "alice", usage: "1", user: one });
		expect(await report({ username: "alice", usage: "2" })).toMatchObject(several);
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ usage: "1" }] } });
	});

	test("counts for the account that is named", async () => {
		const [, named] = [await provider.account("alice"), await provider.account("alice")];
		await report({ username: "alice", usage: "1", user: named });
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ user: { uuid: named } }] } });
	});

	test("is no question where the others are accounts of other offerings", async () => {
		const own = await provider.account("alice");
		await (await makeProvider(gateway())).account("alice");
		await report({ username: "alice", usage: "1" });
		expect(await parts()).toMatchObject({ userUsages: { nodes: [{ user: { uuid: own } }] } });
	});
});

describe("a part is refused, and not stored,", () => {
	const refusals: [string, object, object][] = [
		["with an empty username", { username: "" }, { code: "INVALID_INPUT", path: ["input", "username"] }],
		["with a username of 101 characters", { username: "x".repeat(101) }, { code: "INVALID_INPUT", path: ["input", "username"] }],
		["with a negative usage", { username: "alice", usage: "-1" }, { code: "INVALID_INPUT", path: ["input", "usage"] }],
		["with an account that is not there", { username: "alice", user: "00000000-0000-4000-8000-000000000000" }, { code: "NOT_FOUND", path: ["input", "user"] }],
		[
			"of a record that is not there",
			{ username: "alice", componentUsage: "00000000-0000-4000-8000-000000000000" },
			{ code: "NOT_FOUND", path: ["input", "componentUsage"] },
		],
	];

	test.each(refusals)("%s", async (_case, input, refusal) => {
		expect(await report(input)).toMatchObject(refusal);
		expect(await parts()).toMatchObject({ userUsages: { nodes: [] } });
	});

	test("for an account of another of the provider's offerings", async () => {
		const other = await makeProvider(gateway());
		const account = await other.account("bob");
		const staff = await other.staffToken();
		const { setUserUsage: result } = await gateway().ask(staff, setUserUsage, { input: { componentUsage: record, username: "bob", user: account } });
		expect(result).toMatchObject({ __typename: "InvalidInputError", path: ["input", "user"] });
	});
});

describe("an account's limit", () => {
	test("bounds the account's parts of the record together, whatever their usernames", async () => {
		const account = await provider.account(null);
		await provider.limit(resource, "cpu", account, "150");
		await report({ username: "A", usage: "100", user: account });

		expect(await report({ username: "B", usage: "90", user: account })).toMatchObject({
			code: "USER_LIMIT_EXCEEDED",
			message: "Usage limit exceeded. Maximum allowed: 150, current usage: 100, additional: 90.",
			path: ["input", "usage"],
		});
	});

	test("does not count the part that is replaced, and is met by exactly its amount", async () => {
		const account = await provider.account("alice");
		await provider.limit(resource, "cpu", account, "10");
		await report({ username: "alice", usage: "6" });

		expect(await report({ username: "alice", usage: "5" })).toMatchObject({ __typename: "SetUserUsagePayload" });
		expect(await report({ username: "alice", usage: "10" })).toMatchObject({ __typename: "SetUserUsagePayload" });
		expect(await report({ username: "alice", usage: "10.01" })).toMatchObject({ code: "USER_LIMIT_EXCEEDED" });
	});

	test("tells what was used of it in the current month", async () => {
		const account = await provider.account("alice");
		const limit = await provider.limit(resource, "cpu", account, "10");
		await report({ username: "alice", usage: "6.50" });
		const used = async (moment: string) => {
			gateway().setTime(moment);
			return (await gateway().ask(provider.token, `query ($uuid: UUID!) { componentUserUsageLimit(uuid: $uuid) { used } }`, { uuid: limit }))
				.componentUserUsageLimit.used;
		};

		expect(await used("2017-01-31T23:59:59Z")).toBe("6.5");
		expect(await used("2017-02-01T00:00:00Z")).toBe("0");
	});
});
