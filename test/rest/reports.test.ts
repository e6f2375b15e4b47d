import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { hex, rest } from "./client.ts";

const gateway = gatewayForFile({ timeZone: "Europe/Tallinn", now: "2026-07-31T21:25:00.000Z" }); // August in Tallinn

let provider: Provider;
let resource: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	resource = await provider.resource();
});

const setUsage = (body: unknown) => rest(gateway(), "marketplace-component-usages/set_usage/", { method: "POST", token: provider.token, body });
const cpu = (amount: unknown, more: object = {}) => ({ resource: hex(resource), usages: [{ type: "cpu", amount }], ...more });
const records = async (): Promise<Answer> => rest(gateway(), `marketplace-component-usages/?resource_uuid=${hex(resource)}&o=usage`, { token: provider.token });

describe("an amount keeps its digits", () => {
	test.each<[unknown, string]>([
		["999999999999999999.99", "999999999999999999.99"],
		["9007199254740993", "9007199254740993"],
		["5.50", "5.5"],
		[0.1, "0.1"],
		[7, "7"],
		[" 3.25 ", "3.25"],
	])("%j is listed as the number %s", async (sent, listed) => {
		expect(await setUsage(cpu(sent))).toMatchObject({ status: 201, text: "" });
		expect((await records()).text).toContain(`"usage":${listed},`);
	});

	test.each([Number("9007199254740993"), 1e300, "1e3", "NaN", "Infinity", "", "1,5", true, ["1"], { a: 1 }])("%j is none", async (sent) => {
		const { status, json } = await setUsage(cpu(sent));
		expect([status, json]).toEqual([400, { usages: [{ amount: [expect.stringContaining("A valid number is required.")] }] }]);
	});

	test.each([
		["-1", "An amount must not be negative."],
		["0.001", "An amount must have at most 20 digits, 2 of them decimal places."],
	])("%j is refused by the same rule as in GraphQL", async (sent, message) => {
		const { status, json } = await setUsage(cpu(sent));
		expect([status, json]).toEqual([400, { usages: [{ amount: [message] }] }]);
	});
});

describe("a date in a report", () => {
	test.each(["2026-08-01", "2026-08-31", "2026-08-31T23:59:59", "2026-07-31T21:00:00Z", "2026-08-01T00:00:00.123456+03:00"])(
		"%s is of this month",
		async (date) => {
			expect((await setUsage(cpu("1", { date }))).status).toBe(201);
		},
	);

	test.each(["2026-07-31", "2026-09-01", "2026-07-31T20:59:59Z", "2016-08-01"])("%s is not, and refused", async (date) => {
		const { status, json } = await setUsage(cpu("1", { date }));
		expect([status, json]).toEqual([400, { date: ["Usage is reported for the current billing month only: 2026-08 in Europe/Tallinn."] }]);
		expect((await records()).json).toEqual([]);
	});

	test.each(["2026-02-30", "today", 5])("%j is none", async (date) => {
		const { status, json } = await setUsage(cpu("1", { date }));
		expect([status, json.date]).toEqual([400, [expect.stringContaining("Datetime has wrong format.")]]);
	});
});

describe("what a rule refuses is told where it is", () => {
	test("neither resource nor plan period", async () => {
		const { json } = await setUsage({ usages: [{ type: "cpu", amount: "1" }] });
		expect(json).toEqual({ non_field_errors: ["Either plan_period or resource should be provided."] });
	});

	test("a type that is reported twice", async () => {
		const usages = ["cpu", "ram", "cpu"].map((type) => ({ type, amount: "1" }));
		const { json } = await setUsage({ resource, usages });
		expect(json).toEqual({ usages: [{}, {}, { type: ["The type cpu is reported twice."] }] });
	});

	test("a resource that takes no reports", async () => {
		resource = await provider.resource({ state: "ERRED" });
		const { status, json } = await setUsage(cpu("1"));
		expect([status, json]).toEqual([400, expect.objectContaining({ resource: ["Resource is not in valid state."] })]);
	});

	test("a closed plan period", async () => {
		const period = await provider.planPeriod(resource, "2025-01-01T00:00:00Z", "2026-06-01T00:00:00Z");
		const { json } = await setUsage({ plan_period: hex(period), usages: [{ type: "cpu", amount: "1" }] });
		expect(json).toEqual({ plan_period: ["Billing period is closed."] });
	});

	test("a resource that is not there", async () => {
		const { status, json } = await setUsage({ ...cpu("1"), resource: hex(provider.offering) });
		expect([status, json]).toEqual([404, { detail: `Resource ${provider.offering} was not found.` }]);
	});
});

test("a report turns a policy, which then has fired", async () => {
	await provider.policy({ limits: { cpu: 10 } });
	await provider.begin("2026-08-01");
	await setUsage(cpu("11"));
	const { json } = await rest(gateway(), `marketplace-offering-usage-policies/?scope_uuid=${hex(provider.offering)}`, { token: provider.token });
	expect(json).toMatchObject([{ has_fired: true, fired_datetime: "2026-07-31T21:25:00.000Z", component_limits_set: [{ type: "cpu", limit: 10 }] }]);
});

test("parts of a record are reported one by one, or many at once as a list", async () => {
	await setUsage(cpu("10"));
	const [{ uuid }] = (await records()).json;
	const account = await provider.account("ann");
	const send = (path: string, body: unknown) =>
		rest(gateway(), `marketplace-component-usages/${uuid}/${path}/`, { method: "POST", token: provider.token, body });
	const user = `http://waldur.example.org/api/marketplace-offering-users/${hex(account)}/`;
	expect((await send("set_user_usage", { username: "ann", usage: "2.50", user })).status).toBe(201);
	expect((await send("set_user_usages", [{ username: "bob", usage: 1 }, { username: "cyd" }])).status).toBe(201);
	expect((await send("set_user_usages", { usages: [{ username: "cyd", usage: "3" }] })).status).toBe(201);
	const wrong = await send("set_user_usages", [{ username: "dan" }, { username: "dan" }, { username: "eve", usage: "-1" }]);
	expect([wrong.status, wrong.json]).toEqual([
		400,
		[{}, { username: ["The username dan is reported twice for this record."] }, { usage: ["An amount must not be negative."] }],
	]);
	const { json: parts } = await rest(gateway(), `marketplace-component-user-usages/?resource_uuid=${hex(resource)}&o=username`, { token: provider.token });
	expect(parts.map(({ username, usage, component_type }: Answer) => [username, usage, component_type])).toEqual([
		["ann", 2.5, "cpu"],
		["bob", 1, "cpu"],
		["cyd", 3, "cpu"],
	]);
	expect(parts[0].user).toMatch(new RegExp(`/api/marketplace-offering-users/${hex(account)}/$`));
});
