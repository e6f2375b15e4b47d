import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
const nobodys = "00000000-0000-4000-8000-000000000000";

let provider: Provider;
let resources: string[];

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram", { limitPeriod: "MONTH", limitAmount: 10 });
	resources = [await provider.resource(), await provider.resource(), await provider.resource()];
});

const document = `mutation ($input: [SetUsageInput!]!, $partial: Boolean!) {
	setUsages(input: $input, partial: $partial) {
		__typename
		... on SetUsagesPayload {
			results {
				__typename
				... on SetUsagePayload { componentUsages { type usage resource { uuid } } firings { kind } }
				... on Error { code message path problems { code path } }
			}
			firings { kind cause { resource { uuid } } breaches { used } }
		}
		... on Error { code message path problems { code message path } }
	}
}`;

const send = async (input: object[], { partial = false, token = provider.token } = {}): Promise<Answer> =>
	(await gateway().ask(token, document, { input, partial })).setUsages;

const cpu = (place: number, amount: string) => ({ resource: resources[place], usages: [{ type: "cpu", amount }] });

const storedUsages = async (): Promise<string[]> => {
	const { componentUsages } = await gateway().ask(provider.token, "{ componentUsages(first: 100, orderBy: { field: USAGE }) { nodes { type usage } } }");
	return componentUsages.nodes.map(({ type, usage }: Answer) => `${type} ${usage}`);
};

describe("many reports in one call", () => {
	test("are all stored, and answered in their order", async () => {
		const [one, two] = resources;
		const answer = await send([
			{
				resource: two,
				usages: [
					{ type: "ram", amount: "2" },
					{ type: "cpu", amount: "1" },
				],
			},
			{ resource: one, usages: [{ type: "cpu", amount: "3" }] },
			{ resource: one, usages: [{ type: "ram", amount: "4" }] },
		]);

		expect(answer.results.map(({ componentUsages }: Answer) => componentUsages)).toEqual([
			[
				{ type: "ram", usage: "2", resource: { uuid: two } },
				{ type: "cpu", usage: "1", resource: { uuid: two } },
			],
			[{ type: "cpu", usage: "3", resource: { uuid: one } }],
			[{ type: "ram", usage: "4", resource: { uuid: one } }],
		]);
		expect(await storedUsages()).toEqual(["cpu 1", "ram 2", "cpu 3", "ram 4"]);
	});

	test("turn a policy once, by their sum, and it is told with the report that caused it", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const answer = await send([cpu(0, "6"), cpu(1, "6"), cpu(2, "0")]);

		expect(answer.firings).toEqual([{ kind: "FIRED", cause: { resource: { uuid: resources[0] } }, breaches: [{ used: "12" }] }]);
		expect(answer.results.map(({ firings }: Answer) => firings)).toEqual([[{ kind: "FIRED" }], [], []]);
	});

	test("update the current usages of every resource", async () => {
		await send([cpu(0, "1"), cpu(1, "2.50")]);
		const { nodes } = await gateway()
			.ask(provider.token, "{ resources(first: 100) { nodes { uuid currentUsages { type amount } } } }")
			.then(({ resources: page }) => page);
		const current = new Map(nodes.map(({ uuid, currentUsages }: Answer) => [uuid, currentUsages]));
		expect(resources.map((uuid) => current.get(uuid))).toEqual([[{ type: "cpu", amount: "1" }], [{ type: "cpu", amount: "2.5" }], []]);
	});

	test("cost no more statements for fifty than for two", async () => {
		const many = await Promise.all(Array.from({ length: 50 }, () => provider.resource()));
		const reportsOf = (uuids: string[]) => uuids.map((resource) => ({ resource, usages: [{ type: "cpu", amount: "1" }] }));
		await provider.begin("9999-12-01");
		const few = await gateway().statementsOf(() => send(reportsOf(many.slice(0, 2))));
		const all = await gateway().statementsOf(() => send(reportsOf(many)));
		expect(all.length).toBe(few.length);
	});
});

test("reports of many offerings cost no more statements than those of one", async () => {
	const staff = await provider.staffToken();
	const providers = await Promise.all(Array.from({ length: 5 }, () => makeProvider(gateway())));
	for (const other of providers) await other.component("cpu");
	for (const other of [provider, ...providers]) await other.begin("9999-12-01");
	const ofMany = await Promise.all(providers.map(async (other) => ({ resource: await other.resource(), usages: [{ type: "cpu", amount: "1" }] })));
	const one = await gateway().statementsOf(() => send([cpu(0, "1")], { token: staff }));
	const many = await gateway().statementsOf(() => send(ofMany, { token: staff }));
	expect(many.length).toBe(one.length);
});

describe("all or nothing, a call is refused", () => {
	const refusals: [string, () => object[], object][] = [
		["with no report", () => [], { code: "INVALID_INPUT", path: ["input"], message: "Send 1 to 250 reports in one call, not 0." }],
		["with 251 reports", () => Array.from({ length: 251 }, () => cpu(0, "1")), { code: "INVALID_INPUT", path: ["input"] }],
		[
			"with all problems of its first failing stage, each by the index of its report",
			() => [cpu(0, "1"), cpu(1, "-1"), { usages: [{ type: "cpu", amount: "0.001" }] }, { resource: nobodys, usages: [{ type: "cpu", amount: "1" }] }],
			{
				__typename: "InvalidInputError",
				problems: [
					{ code: "INVALID_INPUT", message: "An amount must not be negative.", path: ["input", "1", "usages", "0", "amount"] },
					{ code: "INVALID_INPUT", message: "Either plan_period or resource should be provided.", path: ["input", "2"] },
					{ code: "INVALID_INPUT", message: "An amount must have at most 20 digits, 2 of them decimal places.", path: ["input", "2", "usages", "0", "amount"] },
				],
			},
		],
		[
			"with a resource that is not there",
			() => [cpu(0, "1"), { resource: nobodys, usages: [{ type: "cpu", amount: "1" }] }],
			{ __typename: "NotFoundError", path: ["input", "1", "resource"] },
		],
		[
			"with a type of a resource that an earlier report has",
			() => [cpu(0, "1"), cpu(1, "1"), cpu(0, "2")],
			{ __typename: "InvalidInputError", path: ["input", "2", "usages", "0", "type"], message: "The type cpu of this resource is reported twice." },
		],
		[
			"with an unknown type",
			() => [cpu(0, "1"), { resource: resources[1], usages: [{ type: "gpu", amount: "1" }] }],
			{ __typename: "RuleError", code: "INVALID_COMPONENTS", message: "These components are invalid: gpu.", path: ["input", "1", "usages"] },
		],
		[
			"beyond a provider's cap",
			() => [cpu(0, "1"), { resource: resources[1], usages: [{ type: "ram", amount: "11" }] }],
			{ code: "LIMIT_EXCEEDED", message: "Total amount exceeds limit. Total amount: 11, limit: 10.", path: ["input", "1", "usages", "0", "amount"] },
		],
	];

	test.each(refusals)("%s, and nothing is stored", async (_case, input, refusal) => {
		expect(await send(input())).toMatchObject(refusal);
		expect(await storedUsages()).toEqual([]);
	});

	test("FORBIDDEN when one of the resources is seen and not the caller's to report", async () => {
		const other = await makeProvider(gateway());
		await other.component("cpu");
		const bought = await other.resource({ customer: provider.uuid });
		const { data, errors } = await gateway().send(provider.token, document, {
			input: [cpu(0, "1"), { resource: bought, usages: [{ type: "cpu", amount: "1" }] }],
			partial: false,
		});
		expect(errors).toBeUndefined();
		expect(data.setUsages).toMatchObject({ __typename: "ForbiddenError", code: "FORBIDDEN" });
		expect(await storedUsages()).toEqual([]);
	});
});

describe("partial, each report is answered alone", () => {
	test("with what it stored, or why not, whatever stage refused it", async () => {
		const other = await makeProvider(gateway());
		await other.component("cpu");
		const bought = await other.resource({ customer: provider.uuid });
		const erred = await provider.resource({ state: "ERRED" });
		const answer = await send(
			[
				cpu(0, "-1"),
				cpu(1, "5"),
				{ resource: nobodys, usages: [{ type: "cpu", amount: "1" }] },
				{ resource: bought, usages: [{ type: "cpu", amount: "1" }] },
				{ resource: erred, usages: [{ type: "cpu", amount: "1" }] },
				{ resource: resources[2], usages: [{ type: "ram", amount: "11" }] },
				cpu(1, "6"),
			],
			{ partial: true },
		);

		expect(answer.results.map(({ __typename, code, path }: Answer) => [__typename, code, path?.join(".")])).toEqual([
			["InvalidInputError", "INVALID_INPUT", "input.0.usages.0.amount"],
			["SetUsagePayload", undefined, undefined],
			["NotFoundError", "NOT_FOUND", "input.2.resource"],
			["ForbiddenError", "FORBIDDEN", "input.3"],
			["RuleError", "INVALID_RESOURCE_STATE", "input.4.resource"],
			["RuleError", "LIMIT_EXCEEDED", "input.5.usages.0.amount"],
			["InvalidInputError", "INVALID_INPUT", "input.6.usages.0.type"],
		]);
		expect(await storedUsages()).toEqual(["cpu 5"]);
	});

	test("and a refused report leaves its types to those after it, whatever refused it", async () => {
		const ram = (amount: string) => ({ resource: resources[0], usages: [{ type: "ram", amount }] });
		const both = {
			resource: resources[0],
			usages: [
				{ type: "cpu", amount: "2" },
				{ type: "ram", amount: "2" },
			],
		};
		const answer = await send([cpu(0, "0.001"), cpu(0, "1"), both, ram("11"), ram("3"), ram("4")], { partial: true });

		expect(answer.results.map(({ code, componentUsages }: Answer) => code ?? componentUsages[0].usage)).toEqual([
			"INVALID_INPUT", // no amount
			"1",
			"INVALID_INPUT", // the type cpu was stored before
			"LIMIT_EXCEEDED",
			"3",
			"INVALID_INPUT", // the type ram was stored before
		]);
		expect(await storedUsages()).toEqual(["cpu 1", "ram 3"]);
	});

	test("and what was used before counts once against a cap, however many reports name the type", async () => {
		await provider.component("gb", { limitPeriod: "TOTAL", limitAmount: 10 });
		await provider.usage(resources[0] ?? "", "gb", "2016-12-01", "6");
		const gb = (amount: string) => ({ resource: resources[0], usages: [{ type: "gb", amount }] });
		const answer = await send([gb("5"), gb("4"), gb("5")], { partial: true });

		expect(answer.results.map(({ message, componentUsages }: Answer) => message ?? componentUsages[0].usage)).toEqual([
			"Total amount exceeds limit. Total amount: 11, limit: 10.",
			"4",
			"Total amount exceeds limit. Total amount: 11, limit: 10.",
		]);
	});

	test("and policies count what was stored", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		expect((await send([cpu(0, "11"), cpu(1, "-1")], { partial: true })).firings).toMatchObject([{ kind: "FIRED", breaches: [{ used: "11" }] }]);
	});
});

describe("a report's own key", () => {
	test("keeps it from being counted again, alone or in a call", async () => {
		const keyed = { ...cpu(0, "5"), idempotencyKey: "one" };
		const first = await send([keyed, cpu(1, "6")]);
		await send([cpu(0, "7")]);
		const again = await send([keyed, cpu(1, "8")]);
		const alone = await gateway().ask(
			provider.token,
			"mutation ($input: SetUsageInput!) { setUsage(input: $input) { ... on SetUsagePayload { componentUsages { usage } } } }",
			{
				input: keyed,
			},
		);

		expect(first.results[0].componentUsages).toMatchObject([{ usage: "5" }]);
		expect(again.results[0].componentUsages).toMatchObject([{ usage: "7" }]);
		expect(alone.setUsage.componentUsages).toEqual([{ usage: "7" }]);
		expect(await storedUsages()).toEqual(["cpu 7", "cpu 8"]);
	});

	test.each([false, true])("is answered alone with NOT_FOUND when its record has gone: the others are stored (partial: %s)", async (partial) => {
		const keyed = [
			{ ...cpu(0, "5"), idempotencyKey: "one" },
			{ ...cpu(1, "6"), idempotencyKey: "two" },
		];
		await send(keyed);
		await gateway().database.rows(sql`delete from "ComponentUsage" where "resourceUuid" = ${resources[0]}::uuid`);

		expect((await send([...keyed, cpu(2, "7")], { partial })).results).toMatchObject([
			{ __typename: "NotFoundError", code: "NOT_FOUND", path: ["input", "0", "idempotencyKey"] },
			{ componentUsages: [{ usage: "6" }] },
			{ componentUsages: [{ usage: "7" }] },
		]);
		expect(await storedUsages()).toEqual(["cpu 6", "cpu 7"]);
	});

	test("used for something else refuses the call, or, partial, the report", async () => {
		await send([{ ...cpu(0, "5"), idempotencyKey: "one" }]);
		const changed = [{ ...cpu(0, "6"), idempotencyKey: "one" }, cpu(1, "1")];

		expect(await send(changed)).toMatchObject({ code: "IDEMPOTENCY_CONFLICT", path: ["input", "0", "idempotencyKey"] });
		expect(await storedUsages()).toEqual(["cpu 5"]);
		expect((await send(changed, { partial: true })).results).toMatchObject([{ code: "IDEMPOTENCY_CONFLICT" }, { __typename: "SetUsagePayload" }]);
		expect(await storedUsages()).toEqual(["cpu 1", "cpu 5"]);
	});

	test("cannot name two reports of one call", async () => {
		const answer = await send([
			{ ...cpu(0, "5"), idempotencyKey: "one" },
			{ ...cpu(1, "5"), idempotencyKey: "one" },
		]);
		expect(answer).toMatchObject({ __typename: "InvalidInputError", path: ["input", "1", "idempotencyKey"] });
	});
});
