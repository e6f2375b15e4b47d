import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { nodeId } from "../support/fixture.rows.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { listDocument, makeWorld, type World } from "../support/totals.ts";

const gateway = gatewayForFile();
const perReport = 100;
const reports = 30;

/** An amount as someone may write it, and the number of hundredths that it means. */
interface Written {
	readonly text: string;
	readonly hundredths: bigint;
}

const most = 10n ** 20n - 1n;

/** Amounts of all sizes, those at the ends and those beyond what a floating-point number holds among them. */
const hundredths = fc.oneof(
	fc.bigInt({ min: 0n, max: most }),
	fc.bigInt({ min: 0n, max: 10_000n }),
	fc.bigInt({ min: 2n ** 53n - 1_000n, max: 2n ** 53n + 1_000n }),
	fc.bigInt({ min: most - 1_000n, max: most }),
	fc.nat({ max: 20 }).map((digits) => 10n ** BigInt(digits) - 1n),
);

/** In plain notation, without zeros that say nothing. */
function printed(amount: bigint): string {
	const places = String(amount % 100n).padStart(2, "0");
	return places === "00" ? String(amount / 100n) : `${amount / 100n}.${places.endsWith("0") ? places[0] : places}`;
}

const written: fc.Arbitrary<Written> = fc
	.tuple(hundredths, fc.constantFrom("shortest", "padded", "more zeros", "zeros before", "signed"))
	.map(([amount, style]) => {
		const shortest = printed(amount);
		const padded = `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
		const text = { shortest, padded, "more zeros": `${padded}000`, "zeros before": `000${shortest}`, signed: `+${shortest}` }[style] ?? shortest;
		return { text, hundredths: amount };
	});

const type = (place: number): string => `t${place}`;
let world: World;
let resource: { uuid: string; project: string; customer: string };

beforeAll(async () => {
	world = await makeWorld(gateway());
	for (let place = 0; place < perReport; place++) await world.component(type(place), place < 2 ? type(place) : "all");
	resource = await world.resource();
});

const report = async (amounts: readonly unknown[], document = setUsage): Promise<Answer> =>
	gateway().send(world.provider.token, document, {
		input: { resource: resource.uuid, usages: amounts.map((amount, place) => ({ type: type(place), amount })) },
	});

describe("amounts of up to 20 digits", () => {
	test("are stored, answered and totalled to the last digit, however they are written", async () => {
		const stored = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { type amount } componentUsages(first: 100) { nodes { type usage } } } }`;
		await fc.assert(
			fc.asyncProperty(fc.array(written, { minLength: perReport, maxLength: perReport }), async (amounts) => {
				const expected = amounts.map(({ hundredths }) => printed(hundredths));
				const { data } = await report(amounts.map(({ text }) => text));
				expect(data.setUsage.componentUsages.map(({ usage }: Answer) => usage)).toEqual(expected);

				const read = (await gateway().ask(world.provider.token, stored, { uuid: resource.uuid })).resource;
				const byType = (items: Answer[], amount: string) => new Map(items.map((item) => [item.type, item[amount]]));
				const all = new Map(expected.map((amount, place) => [type(place), amount]));
				expect(byType(read.componentUsages.nodes, "usage")).toEqual(all);
				expect(byType(read.currentUsages, "amount")).toEqual(all);

				const inSql = await gateway().database.rows<{ type: string; usage: string }>(
					sql`select "type", "usage"::text as "usage" from "ComponentUsage" where "resourceUuid" = ${resource.uuid}::uuid`,
				);
				const padded = amounts.map(({ hundredths }) => `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`);
				expect(byType(inSql, "usage")).toEqual(new Map(padded.map((amount, place) => [type(place), amount])));

				const [first, second, ...others] = amounts.map(({ hundredths }) => hundredths);
				const { nodes } = (await gateway().ask(world.staff, listDocument, { scope: nodeId("Project", resource.project) })).categoryComponentUsages;
				expect(byType(nodes, "reportedUsage")).toEqual(
					new Map([
						["all", printed(others.reduce((sum, amount) => sum + amount, 0n))],
						[type(0), printed(first ?? 0n)],
						[type(1), printed(second ?? 0n)],
					]),
				);
			}),
			{ numRuns: reports },
		);
	});

	test("are exact as number literals in the query", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(hundredths, { minLength: perReport, maxLength: perReport }), async (amounts) => {
				const usages = amounts.map((amount, place) => `{ type: "${type(place)}", amount: ${printed(amount)} }`).join(", ");
				const document = `mutation { setUsage(input: { resource: "${resource.uuid}", usages: [${usages}] }) { ... on SetUsagePayload { componentUsages { usage } } } }`;
				const { data } = await gateway().send(world.provider.token, document);
				expect(data.setUsage.componentUsages.map(({ usage }: Answer) => usage)).toEqual(amounts.map(printed));
			}),
			{ numRuns: 5 },
		);
	});

	test("are exact as JSON numbers of at most 15 digits", async () => {
		const few = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.bigInt({ min: 0n, max: 10_000n }));
		await fc.assert(
			fc.asyncProperty(fc.array(few, { minLength: perReport, maxLength: perReport }), async (amounts) => {
				const { data } = await report(amounts.map((amount) => Number(printed(amount))));
				expect(data.setUsage.componentUsages.map(({ usage }: Answer) => usage)).toEqual(amounts.map(printed));
			}),
			{ numRuns: 5 },
		);
	});

	test("are exact in a policy's total and in its firing, also where the sum has more digits", async () => {
		const { provider } = world;
		await provider.component("sum");
		await provider.policy({ limits: { sum: 10 } });
		await provider.usage(await provider.resource(), "sum", "2026-11-01", "999999999999999999.99");
		const input = { resource: await provider.resource(), usages: [{ type: "sum", amount: "999999999999999999.99" }] };
		const { firings } = (await gateway().ask(provider.token, setUsage, { input })).setUsage;

		expect(firings).toMatchObject([{ breaches: [{ used: "1999999999999999999.98", limit: "10" }] }]);
	});

	test("are exact as a part and as the limit that it is measured against", async () => {
		const { provider } = world;
		await provider.component("parts");
		const of = await provider.resource();
		const account = await provider.account("ann");
		const limit = await provider.limit(of, "parts", account, "999999999999999999.98");
		const componentUsage = await provider.usage(of, "parts", "2026-11-01", "1");
		const part = async (usage: string) =>
			(await gateway().ask(provider.token, setUserUsage, { input: { componentUsage, username: "ann", usage } })).setUserUsage;

		expect(await part("999999999999999999.99")).toMatchObject({
			message: "Usage limit exceeded. Maximum allowed: 999999999999999999.98, current usage: 0, additional: 999999999999999999.99.",
		});
		expect(await part("999999999999999999.98")).toMatchObject({ componentUserUsage: { usage: "999999999999999999.98" } });
		const document = `query ($uuid: UUID!) { componentUserUsageLimit(uuid: $uuid) { limit used } }`;
		expect((await gateway().ask(provider.token, document, { uuid: limit })).componentUserUsageLimit).toEqual({
			limit: "999999999999999999.98",
			used: "999999999999999999.98",
		});
	});
});

describe("is no amount, and refused:", () => {
	const storedNow = () => gateway().database.rows(sql`select "uuid", "usage", "date" from "ComponentUsage" order by "uuid"`);

	/** What the answer to a request body says is wrong: a code of the request, or the code of a refusal. */
	async function sentAs(body: string): Promise<string> {
		const headers = { "content-type": "application/json", connection: "close", authorization: `Token ${world.provider.token}` };
		const answer = (await (await fetch(gateway().url, { method: "POST", headers, body })).json()) as Answer;
		return answer.errors?.[0]?.extensions?.code ?? answer.data?.setUsage?.code ?? answer.data?.setUsage?.__typename;
	}

	const strings = [
		"1_000",
		"1 000",
		"1,000",
		"NaN",
		"Infinity",
		"-Infinity",
		"1e999",
		"1e3",
		"1E-2",
		"0x1F",
		"1.",
		".5",
		"--1",
		"1.2.3",
		"",
		" 1",
		"1\n",
		"٣",
		"½",
		"1n",
	];
	test.each(strings.map((text) => JSON.stringify(text)))("the string %s", async (text) => {
		const before = await storedNow();
		const variables = `{"input":{"resource":"${resource.uuid}","usages":[{"type":"t0","amount":${text}}]}}`;

		expect(await sentAs(`{"query":${JSON.stringify(setUsage)},"variables":${variables}}`)).toBe("BAD_USER_INPUT");
		expect(await storedNow()).toEqual(before);
	});

	test.each([
		["1e999", "BAD_USER_INPUT"],
		["1e21", "BAD_USER_INPUT"],
		["1e-7", "BAD_USER_INPUT"],
		["0.30000000000000004", "BAD_USER_INPUT"],
		["12345678901234567.89", "BAD_USER_INPUT"],
		["999999999999999999.99", "BAD_USER_INPUT"],
		["9007199254740993", "BAD_USER_INPUT"],
		["[1]", "BAD_USER_INPUT"],
		["{}", "BAD_USER_INPUT"],
		["true", "BAD_USER_INPUT"],
		["null", "BAD_USER_INPUT"],
		["0.001", "INVALID_INPUT"],
		["-1", "INVALID_INPUT"],
		["-0.01", "INVALID_INPUT"],
	])("the JSON value %s, with %s", async (value, code) => {
		const before = await storedNow();
		const variables = `{"input":{"resource":"${resource.uuid}","usages":[{"type":"t0","amount":${value}}]}}`;

		expect(await sentAs(`{"query":${JSON.stringify(setUsage)},"variables":${variables}}`)).toBe(code);
		expect(await storedNow()).toEqual(before);
	});

	test.each([
		["1_000", "GRAPHQL_PARSE_FAILED"],
		["0x1F", "GRAPHQL_PARSE_FAILED"],
		["01", "GRAPHQL_PARSE_FAILED"],
		[".5", "GRAPHQL_PARSE_FAILED"],
		["NaN", "BAD_USER_INPUT"],
		["1e999", "BAD_USER_INPUT"],
		["1e2", "BAD_USER_INPUT"],
		["true", "BAD_USER_INPUT"],
		['"1e2"', "BAD_USER_INPUT"],
		["0.001", "INVALID_INPUT"],
		["1000000000000000000", "INVALID_INPUT"],
		["999999999999999999.999", "INVALID_INPUT"],
		["-0.01", "INVALID_INPUT"],
	])("the literal %s, with %s", async (literal, code) => {
		const before = await storedNow();
		const document = `mutation { setUsage(input: { resource: "${resource.uuid}", usages: [{ type: "t0", amount: ${literal} }] }) { __typename ... on Error { code } } }`;

		expect(await sentAs(JSON.stringify({ query: document }))).toBe(code);
		expect(await storedNow()).toEqual(before);
	});

	test("and whoever sends a number that lost digits is told to send a string", async () => {
		const { errors } = await report([0.1 + 0.2]);
		expect(errors[0].message).toContain("send it as a string");
	});
});
