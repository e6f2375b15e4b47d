import { beforeEach, describe, expect, test } from "vitest";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	gateway().setTime("2017-01-10T12:00:00Z");
});

const report = async (input: object, token = provider.token): Promise<Answer> => (await gateway().ask(token, setUsage, { input })).setUsage;

const reportOf = (resource: string, amounts: Record<string, string>): Promise<Answer> =>
	report({ resource, usages: Object.entries(amounts).map(([type, amount]) => ({ type, amount })) });

const stored = async (resource: string): Promise<Answer[]> => {
	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { type amount } componentUsages { nodes { type usage billingPeriod } } } }`;
	return (await gateway().ask(provider.token, document, { uuid: resource })).resource;
};

describe("a report", () => {
	test("stores a record of the billing month for each component", async () => {
		await provider.component("cpu");
		await provider.component("ram");
		const resource = await provider.resource();

		expect((await reportOf(resource, { cpu: "5", ram: "5" })).componentUsages).toMatchObject([
			{ type: "cpu", usage: "5", billingPeriod: "2017-01-01", date: "2017-01-10T12:00:00.000Z" },
			{ type: "ram", usage: "5", billingPeriod: "2017-01-01", date: "2017-01-10T12:00:00.000Z" },
		]);
	});

	test("replaces what was reported for the month before, and leaves other components alone", async () => {
		await provider.component("cpu");
		await provider.component("ram");
		const resource = await provider.resource();
		await reportOf(resource, { cpu: "5", ram: "5" });
		gateway().setTime("2017-01-11T12:00:00Z");
		await reportOf(resource, { cpu: "15" });

		expect(await stored(resource)).toEqual({
			currentUsages: [
				{ type: "cpu", amount: "15" },
				{ type: "ram", amount: "5" },
			],
			componentUsages: {
				nodes: [
					{ type: "cpu", usage: "15", billingPeriod: "2017-01-01" },
					{ type: "ram", usage: "5", billingPeriod: "2017-01-01" },
				],
			},
		});
	});

	test("overwrites remark, recurrence, reporter and plan period too", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const period = await provider.planPeriod(resource, "2017-01-01T00:00:00Z", null);
		await report({ planPeriod: period, usages: [{ type: "cpu", amount: "1", description: "first", recurring: true }] });
		const { componentUsages } = await reportOf(resource, { cpu: "1" });

		expect(componentUsages).toMatchObject([{ description: "", recurring: false, planPeriod: { uuid: period }, modifiedBy: { username: expect.any(String) } }]);
	});

	test("belongs to no plan period when none is open", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		await provider.planPeriod(resource, "2016-01-01T00:00:00Z", "2017-01-09T00:00:00Z");

		expect((await reportOf(resource, { cpu: "1" })).componentUsages).toMatchObject([{ planPeriod: null }]);
	});

	test("keeps the current usage of the latest month when an earlier one is reported", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		gateway().setTime("2017-02-01T00:00:00Z");
		await reportOf(resource, { cpu: "7" });
		gateway().setTime("2017-01-31T23:59:59Z");
		await reportOf(resource, { cpu: "9" });

		expect(await stored(resource)).toMatchObject({ currentUsages: [{ type: "cpu", amount: "7" }] });
	});
});

describe("a report is refused, and nothing of it is stored,", () => {
	const refusals: [string, (resource: string) => object, object][] = [
		[
			"without a resource and a plan period",
			() => ({ usages: [{ type: "cpu", amount: "1" }] }),
			{ code: "INVALID_INPUT", message: "Either plan_period or resource should be provided." },
		],
		["without usages", (resource) => ({ resource, usages: [] }), { code: "INVALID_INPUT", path: ["input", "usages"] }],
		["with a negative amount", (resource) => ({ resource, usages: [{ type: "cpu", amount: "-0.01" }] }), { path: ["input", "usages", "0", "amount"] }],
		["with three decimal places", (resource) => ({ resource, usages: [{ type: "cpu", amount: "0.001" }] }), { path: ["input", "usages", "0", "amount"] }],
		[
			"with more than 20 digits",
			(resource) => ({ resource, usages: [{ type: "cpu", amount: "1000000000000000000" }] }),
			{ path: ["input", "usages", "0", "amount"] },
		],
		[
			"with a type twice",
			(resource) => ({
				resource,
				usages: [
					{ type: "cpu", amount: "1" },
					{ type: "cpu", amount: "2" },
				],
			}),
			{ message: "The type cpu is reported twice.", path: ["input", "usages", "1", "type"] },
		],
		[
			"with types that the offering lacks",
			(resource) => ({ resource, usages: ["gpu", "cpu", "abc"].map((type) => ({ type, amount: "1" })) }),
			{ __typename: "RuleError", code: "INVALID_COMPONENTS", message: "These components are invalid: abc, gpu." },
		],
		["with a fixed component", (resource) => ({ resource, usages: [{ type: "fee", amount: "1" }] }), { message: "These components are invalid: fee." }],
		[
			"of a resource that is not there",
			() => ({ resource: "00000000-0000-4000-8000-000000000000", usages: [{ type: "cpu", amount: "1" }] }),
			{ __typename: "NotFoundError", code: "NOT_FOUND", path: ["input", "resource"] },
		],
	];

	test.each(refusals)("%s", async (_case, input, refusal) => {
		await provider.component("cpu");
		await provider.component("fee", { billingType: "FIXED" });
		const resource = await provider.resource();

		expect(await report(input(resource))).toMatchObject(refusal);
		expect(await stored(resource)).toEqual({ currentUsages: [], componentUsages: { nodes: [] } });
	});

	test.each(["CREATING", "ERRED", "TERMINATED"])("of a resource in state %s", async (state) => {
		await provider.component("cpu");
		expect(await reportOf(await provider.resource({ state }), { cpu: "1" })).toMatchObject({
			code: "INVALID_RESOURCE_STATE",
			message: "Resource is not in valid state.",
		});
	});

	test.each(["OK", "UPDATING", "TERMINATING"])("but not of a resource in state %s", async (state) => {
		await provider.component("cpu");
		expect(await reportOf(await provider.resource({ state }), { cpu: "1" })).toMatchObject({ __typename: "SetUsagePayload" });
	});

	test("of a resource without a plan", async () => {
		await provider.component("cpu");
		expect(await reportOf(await provider.resource({ plan: null }), { cpu: "1" })).toMatchObject({
			code: "PLAN_REQUIRED",
			message: "Resource must have a plan to report usage.",
		});
	});

	test("for a plan period that ended before this month, and taken for one that ended in it", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const closed = await provider.planPeriod(resource, null, "2016-12-31T23:59:59Z");
		const ended = await provider.planPeriod(resource, null, "2017-01-01T00:00:00Z");
		const of = (planPeriod: string) => report({ planPeriod, usages: [{ type: "cpu", amount: "1" }] });

		expect(await of(closed)).toMatchObject({ code: "BILLING_PERIOD_CLOSED", message: "Billing period is closed." });
		expect(await of(ended)).toMatchObject({ componentUsages: [{ planPeriod: { uuid: ended } }] });
	});

	test("for a plan period of another resource than the one named beside it", async () => {
		await provider.component("cpu");
		const [resource, other] = [await provider.resource(), await provider.resource()];
		const planPeriod = await provider.planPeriod(other, null, null);

		expect(await report({ resource, planPeriod, usages: [{ type: "cpu", amount: "1" }] })).toMatchObject({
			__typename: "InvalidInputError",
			path: ["input", "planPeriod"],
		});
	});

	test("with all problems of the first stage that fails, and none of a later one", async () => {
		const resource = await provider.resource({ state: "ERRED" });
		const { problems } = await report({
			resource,
			usages: [
				{ type: "nope", amount: "-1" },
				{ type: "nope", amount: "1.234" },
			],
		});

		expect(problems.map(({ path }: Answer) => path.join("."))).toEqual(["input.usages.0.amount", "input.usages.1.amount", "input.usages.1.type"]);
	});
});

describe("a provider's cap", () => {
	const capped = async (limitPeriod: string, limitAmount: number): Promise<string> => {
		await provider.component("cpu", { limitPeriod, limitAmount });
		return provider.resource();
	};
	const exceeded = (total: string, limit: number) => ({
		code: "LIMIT_EXCEEDED",
		message: `Total amount exceeds limit. Total amount: ${total}, limit: ${limit}.`,
	});
	const taken = { __typename: "SetUsagePayload" };

	test("TOTAL counts every month, the replaced record left out", async () => {
		const resource = await capped("TOTAL", 7);
		await provider.usage(resource, "cpu", "2017-01-01", "5");

		expect(await reportOf(resource, { cpu: "5" })).toMatchObject(taken);
		gateway().setTime("2017-02-10T12:00:00Z");
		expect(await reportOf(resource, { cpu: "5" })).toMatchObject({ ...exceeded("10", 7), path: ["input", "usages", "0", "amount"] });
		expect(await reportOf(resource, { cpu: "2" })).toMatchObject(taken);
	});

	test("ANNUAL counts the calendar year", async () => {
		const resource = await capped("ANNUAL", 100);
		await provider.usage(resource, "cpu", "2016-05-01", "99");
		gateway().setTime("2017-06-10T12:00:00Z");
		expect(await reportOf(resource, { cpu: "5" })).toMatchObject(taken);

		await provider.usage(resource, "cpu", "2017-05-01", "96");
		expect(await reportOf(resource, { cpu: "5" })).toMatchObject(exceeded("101", 100));
	});

	test("QUARTERLY counts the calendar quarter", async () => {
		const resource = await capped("QUARTERLY", 10);
		await provider.usage(resource, "cpu", "2017-03-01", "9");
		await provider.usage(resource, "cpu", "2017-04-01", "4");
		gateway().setTime("2017-05-10T12:00:00Z");

		expect(await reportOf(resource, { cpu: "6" })).toMatchObject(taken);
		expect(await reportOf(resource, { cpu: "6.01" })).toMatchObject(exceeded("10.01", 10));
	});

	test("MONTH counts the month alone, and exactly the cap is within it", async () => {
		const resource = await capped("MONTH", 10);
		await provider.usage(resource, "cpu", "2016-12-01", "10");

		expect(await reportOf(resource, { cpu: "10" })).toMatchObject(taken);
		expect(await reportOf(resource, { cpu: "10.01" })).toMatchObject(exceeded("10.01", 10));
	});

	test("bounds neither a LIMIT component nor one whose cap is 0", async () => {
		await provider.component("ram", { billingType: "LIMIT", limitPeriod: "MONTH", limitAmount: 1 });
		await provider.component("cpu", { limitPeriod: "MONTH", limitAmount: 0 });

		expect(await reportOf(await provider.resource(), { cpu: "5", ram: "5" })).toMatchObject(taken);
	});
});

test("an amount of 20 digits is stored and answered to the last one", async () => {
	await provider.component("cpu");
	const resource = await provider.resource();

	expect((await reportOf(resource, { cpu: "999999999999999999.99" })).componentUsages).toMatchObject([{ usage: "999999999999999999.99" }]);
});

test("two reports in one document answer each what it stored", async () => {
	await provider.component("cpu");
	const resource = await provider.resource();
	const document = `mutation ($resource: UUID!) {
		first: setUsage(input: { resource: $resource, usages: [{ type: "cpu", amount: "1" }] }) { ... on SetUsagePayload { componentUsages { usage resource { currentUsages { amount } } } } }
		second: setUsage(input: { resource: $resource, usages: [{ type: "cpu", amount: "2" }] }) { ... on SetUsagePayload { componentUsages { usage resource { currentUsages { amount } } } } }
	}`;

	expect(await gateway().ask(provider.token, document, { resource })).toEqual({
		first: { componentUsages: [{ usage: "1", resource: { currentUsages: [{ amount: "1" }] } }] },
		second: { componentUsages: [{ usage: "2", resource: { currentUsages: [{ amount: "2" }] } }] },
	});
});
