import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

let provider: Provider;
let group: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	group = await provider.group();
});

const inGroup = async () => provider.resource({ customer: await provider.customer({ groups: [group] }) });

const document = `mutation ($input: [SetUsageInput!]!, $partial: Boolean!) {
	setUsages(input: $input, partial: $partial) {
		... on SetUsagesPayload {
			results { __typename ... on SetUsagePayload { firings { ...told } } }
			firings { ...told }
		}
	}
}
fragment told on PolicyFiring { kind offering { uuid } cause { type resource { uuid } } }`;

type Report = readonly [resource: string, amounts: Record<string, string>];

const send = async (reports: readonly Report[], { partial = false, token = provider.token } = {}): Promise<Answer> => {
	const input = reports.map(([resource, amounts]) => ({ resource, usages: Object.entries(amounts).map(([type, amount]) => ({ type, amount })) }));
	return (await gateway().ask(token, document, { input, partial })).setUsages;
};

/** Each firing that the reports turned, with the type and the resource of the record that caused it. */
const causesOf = async (reports: readonly Report[]): Promise<(readonly [string, string, string] | readonly [string, null])[]> =>
	(await send(reports)).firings.map(({ kind, cause }: Answer) => (cause === null ? [kind, null] : [kind, cause.type, cause.resource.uuid]));

describe("what a policy's firing is owed to", () => {
	test("is the record that raised the exceeded total most, wherever it stands in the call", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [little, most, some] = [await inGroup(), await inGroup(), await inGroup()];

		expect(await causesOf([[little, { cpu: "1" }], [most, { cpu: "8" }], [some, { cpu: "3" }]])).toEqual([["FIRED", "cpu", most]]); // biome-ignore format: one call
	});

	test("is measured by how much a record rose, not by how much it is", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [large, risen] = [await inGroup(), await inGroup()];
		await send([[large, { cpu: "9" }]]);

		expect(await causesOf([[large, { cpu: "9.50" }], [risen, { cpu: "1" }]])).toEqual([["FIRED", "cpu", risen]]); // biome-ignore format: one call
	});

	test("is no record that fell", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [fallen, risen] = [await inGroup(), await inGroup()];
		await send([[fallen, { cpu: "9" }]]);

		expect(await causesOf([[fallen, { cpu: "1" }], [risen, { cpu: "10" }]])).toEqual([["FIRED", "cpu", risen]]); // biome-ignore format: one call
	});

	test("is no record of a customer whom the policy does not count", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [outside, blocked] = [await provider.resource(), await provider.resource({ customer: await provider.customer({ groups: [group], blocked: true }) })];
		const inside = await inGroup();

		expect(await causesOf([[outside, { cpu: "100" }], [blocked, { cpu: "90" }], [inside, { cpu: "11" }]])).toEqual([["FIRED", "cpu", inside]]); // biome-ignore format: one call
	});

	test("is no record of a component whose limit holds", async () => {
		await provider.policy({ limits: { cpu: 1000, ram: 10 }, groups: [group] });
		const inside = await inGroup();

		expect(await causesOf([[inside, { cpu: "500", ram: "11" }]])).toEqual([["FIRED", "ram", inside]]);
	});

	test("is the earlier in the call of two that raised it equally", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [one, other] = [await inGroup(), await inGroup()];

		expect(await causesOf([[other, { cpu: "6" }], [one, { cpu: "6" }]])).toEqual([["FIRED", "cpu", other]]); // biome-ignore format: one call
	});

	test("is no record when the call changed none that counts", async () => {
		const inside = await inGroup();
		await send([[inside, { cpu: "11" }]]);
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });

		expect(await causesOf([[await provider.resource(), { cpu: "1" }], [inside, { cpu: "11" }]])).toEqual([["FIRED", null]]); // biome-ignore format: one call
	});
});

describe("what a policy's reset is owed to", () => {
	test("is the record that lowered the total most which was exceeded, and none that did not change", async () => {
		await provider.policy({ limits: { cpu: 10, ram: 100 }, groups: [group] });
		const [same, little, most] = [await inGroup(), await inGroup(), await inGroup()];
		await send([[same, { cpu: "3", ram: "90" }], [little, { cpu: "4" }], [most, { cpu: "9" }]]); // biome-ignore format: one call

		expect(await causesOf([[same, { cpu: "3", ram: "0" }], [little, { cpu: "3" }], [most, { cpu: "1" }]])).toEqual([["RESET", "cpu", most]]); // biome-ignore format: one call
	});

	test("is no record that rose meanwhile", async () => {
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [risen, fallen] = [await inGroup(), await inGroup()];
		await send([[fallen, { cpu: "11" }]]);

		expect(await causesOf([[risen, { cpu: "5" }], [fallen, { cpu: "2" }]])).toEqual([["RESET", "cpu", fallen]]); // biome-ignore format: one call
	});
});

describe("the results of a call with many reports", () => {
	test("show each firing under the report that caused it, and under no other", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		await provider.policy({ limits: { ram: 10 } });
		const [idle, first, second] = [await provider.resource(), await provider.resource(), await provider.resource()];
		const { results, firings } = await send([[idle, { cpu: "0", ram: "0" }], [first, { cpu: "11", ram: "1" }], [second, { cpu: "1", ram: "11" }]]); // biome-ignore format: one call

		const shown = results.map((result: Answer) => result.firings.map(({ cause }: Answer) => [cause.type, cause.resource.uuid]));
		expect(shown).toEqual([[], [["cpu", first]], [["ram", second]]]);
		expect(firings).toHaveLength(2);
	});

	test.each([
		["one report", false, []],
		["one report that is stored, and one that is refused", true, [["nobody's", { cpu: "1" }]]],
	] as const)("show no firing that no record caused, be there %s: the call shows it", async (_case, partial, more) => {
		await send([[await provider.resource(), { cpu: "11" }]]);
		await provider.policy({ limits: { cpu: 10 } });
		const nobodys = more.map(([, amounts]): Report => ["00000000-0000-4000-8000-000000000000", amounts]);
		const { results, firings } = await send([[await provider.resource(), { ram: "1" }], ...nobodys], { partial });

		expect(results[0].firings).toEqual([]);
		expect(firings).toMatchObject([{ kind: "FIRED", cause: null }]);
	});
});
