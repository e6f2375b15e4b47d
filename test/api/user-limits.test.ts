import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;
let staff: string;
let resource: string;
let cpu: string;
let account: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	cpu = await provider.component("cpu");
	resource = await provider.resource();
	account = await provider.account("alice");
});

const limitFields = `componentUserUsageLimit { uuid limit component { uuid } user { uuid } resource { uuid } }`;
const document = (name: string, fields: string) => `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
	${name}(input: $input) { __typename ... on ${name[0]?.toUpperCase()}${name.slice(1)}Payload { ${fields} } ... on Error { code message path } }
}`;

const run = async (name: string, fields: string, input: object, token = staff): Promise<Answer> =>
	(await gateway().ask(token, document(name, fields), { input }))[name];
const create = (input: object = {}, token = staff) =>
	run("createComponentUserUsageLimit", limitFields, { resource, component: cpu, user: account, ...input }, token);
const update = (input: object, token = staff) => run("updateComponentUserUsageLimit", limitFields, input, token);
const remove = (uuid: string, token = staff) => run("deleteComponentUserUsageLimit", "uuid deletedComponentUserUsageLimitId", { uuid }, token);

const stored = async (): Promise<Answer[]> => {
	const list = `query ($filter: ComponentUserUsageLimitFilter) { componentUserUsageLimits(filter: $filter) { nodes { uuid limit component { uuid } } } }`;
	return (await gateway().ask(staff, list, { filter: { resourceUuid: resource } })).componentUserUsageLimits.nodes;
};

describe("a limit", () => {
	test("is created, and is 0 when no amount is given", async () => {
		expect(await create()).toMatchObject({
			componentUserUsageLimit: { limit: "0", component: { uuid: cpu }, user: { uuid: account }, resource: { uuid: resource } },
		});
	});

	test("is changed in what is given, and keeps the rest", async () => {
		const { uuid } = (await create({ limit: "10" })).componentUserUsageLimit;
		const ram = await provider.component("ram");
		await update({ uuid, component: ram });
		expect(await stored()).toEqual([{ uuid, limit: "10", component: { uuid: ram } }]);
		await update({ uuid, limit: "7.5", component: null });
		expect(await stored()).toEqual([{ uuid, limit: "7.5", component: { uuid: ram } }]);
	});

	test("may be lowered below what is reported", async () => {
		const { uuid } = (await create({ limit: "10" })).componentUserUsageLimit;
		const record = await provider.usage(resource, "cpu", "2026-11-01", "9");
		await insert(gateway().database, "ComponentUserUsage", { componentUsageUuid: record, username: "alice", usage: "9", userUuid: account });
		expect(await update({ uuid, limit: "5" })).toMatchObject({ componentUserUsageLimit: { limit: "5" } });
	});

	test("is deleted", async () => {
		const { uuid } = (await create()).componentUserUsageLimit;
		expect(await remove(uuid)).toMatchObject({ uuid });
		expect(await stored()).toEqual([]);
		expect(await remove(uuid)).toMatchObject({ __typename: "NotFoundError", path: ["input", "uuid"] });
	});
});

describe("a limit is refused, and nothing changed,", () => {
	test.each([
		["below 0", { limit: "-1" }, { code: "INVALID_INPUT", message: "Limit must be a positive number.", path: ["input", "limit"] }],
		["with three decimal places", { limit: "0.001" }, { code: "INVALID_INPUT", path: ["input", "limit"] }],
		["on a resource that is not there", { resource: "00000000-0000-4000-8000-000000000000" }, { code: "NOT_FOUND", path: ["input", "resource"] }],
		["on a component that is not there", { component: "00000000-0000-4000-8000-000000000000" }, { code: "NOT_FOUND", path: ["input", "component"] }],
		["for an account that is not there", { user: "00000000-0000-4000-8000-000000000000" }, { code: "NOT_FOUND", path: ["input", "user"] }],
	])("%s", async (_case, input, refusal) => {
		expect(await create(input)).toMatchObject(refusal);
		expect(await stored()).toEqual([]);
	});

	test("on a component of another offering", async () => {
		const other = await makeProvider(gateway());
		expect(await create({ component: await other.component("cpu") })).toMatchObject({
			__typename: "RuleError",
			message: "Component is wrong.",
			path: ["input", "component"],
		});
	});

	test("for an account at another offering", async () => {
		const other = await makeProvider(gateway());
		expect(await create({ user: await other.account("bob") })).toMatchObject({ __typename: "RuleError", path: ["input", "user"] });
	});

	test("when the offering does not support limits per user", async () => {
		await gateway().database.rows(sql`update "Offering" set "pluginOptions" = '{"supportsPerUserLimits": false}' where "uuid" = ${provider.offering}::uuid`);
		expect(await create()).toMatchObject({ code: "LIMITS_UNSUPPORTED" });
	});

	test("when there is one for the same resource, component and account already", async () => {
		const ram = await provider.component("ram");
		await create();
		const { uuid } = (await create({ component: ram })).componentUserUsageLimit;
		expect(await create()).toMatchObject({ code: "ALREADY_EXISTS" });
		expect(await update({ uuid, component: cpu })).toMatchObject({ code: "ALREADY_EXISTS" });
		expect(await stored()).toHaveLength(2);
	});

	test("when it would move to another resource, but not when its own is named again", async () => {
		const { uuid } = (await create()).componentUserUsageLimit;
		expect(await update({ uuid, resource: await provider.resource() })).toMatchObject({ __typename: "RuleError", path: ["input", "resource"] });
		expect(await update({ uuid, resource })).toMatchObject({ componentUserUsageLimit: { resource: { uuid: resource } } });
	});
});
