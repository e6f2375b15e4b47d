import { describe, expect, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile({ template: "demo" });

const provider = "demo_provider";
const errorsOf = async (document: string, variables?: Record<string, unknown>, token: string | undefined = provider): Promise<Answer[]> =>
	[...((await gateway().send(token, document, variables)).errors ?? [])].map(({ message, extensions }) => ({ message, code: extensions["code"] }));

const reportOf = (amount: unknown) => ({ input: { resource: demoHandles.resource, usages: [{ type: demoHandles.componentType, amount }] } });

describe("is refused in one line with its code:", () => {
	const cases: [string, string, Record<string, unknown> | undefined, string, RegExp][] = [
		["a syntax error", "{", undefined, "GRAPHQL_PARSE_FAILED", /Syntax Error/],
		["an unknown field", "{ nope }", undefined, "GRAPHQL_VALIDATION_FAILED", /nope/],
		["an unknown enumeration value", "{ resources(orderBy: { field: COLOUR }) { totalCount } }", undefined, "GRAPHQL_VALIDATION_FAILED", /COLOUR/],
		[
			"an unknown enumeration value in a variable",
			"query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
			{ s: ["GONE"] },
			"BAD_USER_INPUT",
			/GONE/,
		],
		["a malformed uuid", '{ resource(uuid: "1234") { name } }', undefined, "BAD_USER_INPUT", /"1234" is not a UUID/],
		["a malformed uuid in a variable", "query ($u: UUID!) { resource(uuid: $u) { name } }", { u: "x" }, "BAD_USER_INPUT", /"x" is not a UUID/],
		[
			"a malformed date",
			'{ componentUsages(filter: { dateAfter: "2017-02-30" }) { totalCount } }',
			undefined,
			"BAD_USER_INPUT",
			/"2017-02-30" is not a calendar date/,
		],
		...(["componentUsages", "componentUserUsages"] as const).flatMap((list): typeof cases =>
			[
				["a month that no calendar has", "billingPeriodMonth: 13", /billingPeriodMonth must be from 1 to 12, not 13/] as const,
				["a month before the first", "billingPeriodMonth: 0", /from 1 to 12, not 0/] as const,
				["a month of no year, beside a good one", "billingPeriodMonth: -1, billingPeriodYear: 2026", /from 1 to 12, not -1/] as const,
				["a year that no date has", "billingPeriodYear: 10000", /billingPeriodYear must be from 1 to 9999, not 10000/] as const,
			].map(([what, filter, message]) => [`${what}, of ${list}`, `{ ${list}(filter: { ${filter} }) { totalCount } }`, undefined, "BAD_USER_INPUT", message]),
		),
		["a malformed id", '{ node(id: "nonsense") { id } }', undefined, "BAD_USER_INPUT", /./],
		[
			"months the wrong way round",
			`{ resource(uuid: "${demoHandles.resource}") { usageSeries(from: "2026-02-01", to: "2026-01-01") { type } } }`,
			undefined,
			"BAD_USER_INPUT",
			/from must not be later/,
		],
		["an object that is not there", '{ resource(uuid: "00000000-0000-4000-8000-000000000000") { name } }', undefined, "NOT_FOUND", /was not found/],
		["text with a zero byte", "query ($t: String) { componentUsages(filter: { type: $t }) { totalCount } }", { t: "a\0b" }, "BAD_USER_INPUT", /U\+0000/],
	];

	test.each(cases)("%s", async (_case, document, variables, code, message) => {
		const [error, ...others] = await errorsOf(document, variables);
		expect(others).toEqual([]);
		expect(error).toEqual({ code, message: expect.stringMatching(message) });
		expect(error.message).not.toContain("\n");
		expect(gateway().bugs()).toEqual([]);
	});
});

describe("an amount that is not exact is refused, and nothing is stored:", () => {
	test.each(["1_000", "NaN", "Infinity", "1e3", "0x10", "", " 1", "1,5", true, 0.1 + 0.2, Number("12345678901234567"), 1e21, null])("%j", async (amount) => {
		const before = await gateway().database.rows(sql`select count(*) from "LogEntry"`);
		expect(await errorsOf(setUsage, reportOf(amount))).toEqual([{ code: "BAD_USER_INPUT", message: expect.stringMatching(/./) }]);
		expect(await gateway().database.rows(sql`select count(*) from "LogEntry"`)).toEqual(before);
	});

	test("one that lost digits on its way is to be sent as a string", async () => {
		expect((await errorsOf(setUsage, reportOf(0.1 + 0.2)))[0].message).toContain("send it as a string");
	});
});

test.each(["1250.50", 1250.5])("an amount of %j is stored as it is", async (amount) => {
	const { setUsage: result } = await gateway().ask(provider, setUsage, reportOf(amount));
	expect(result.componentUsages).toMatchObject([{ usage: "1250.5" }]);
});

test("a number literal in the query text is exact", async () => {
	const document = `mutation { setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: 0.10 }] }) { ... on SetUsagePayload { componentUsages { usage } } } }`;
	expect((await gateway().ask(provider, document)).setUsage.componentUsages).toEqual([{ usage: "0.1" }]);
});

test("a uuid is taken without its dashes and in capitals, and answered with dashes in small letters", async () => {
	const uuid = demoHandles.resource.replaceAll("-", "").toUpperCase();
	expect((await gateway().ask(provider, "query ($uuid: UUID!) { resource(uuid: $uuid) { uuid } }", { uuid })).resource.uuid).toBe(demoHandles.resource);
});

describe("a token is refused with UNAUTHENTICATED", () => {
	const refused = [{ code: "UNAUTHENTICATED", message: expect.stringMatching(/token/i) }];
	const ask = (token: string | undefined) => errorsOf("{ viewer { username } }", undefined, token);

	test("when nobody was given it", async () => {
		expect(await ask("demo_nobody")).toEqual(refused);
	});

	test("from the moment that it expires", async () => {
		const expires = new Date("2026-11-21T00:00:00Z");
		await addToken(gateway().database, { token: "demo_brief", username: "owner", name: "brief", expires, now: new Date(0) });
		gateway().setTime("2026-11-20T23:59:59.999Z");
		expect(await ask("demo_brief")).toEqual([]);
		gateway().setTime("2026-11-21T00:00:00.000Z");
		expect(await ask("demo_brief")).toEqual(refused);
	});

	test("when it was revoked, and when its user is no longer active", async () => {
		await addToken(gateway().database, { token: "demo_revoked", username: "owner", name: "", expires: null, now: new Date(0) });
		await gateway().database.rows(sql`update "Token" set "revoked" = now() where "hint" = 'demo_revok'`);
		expect(await ask("demo_revoked")).toEqual(refused);
		await gateway().database.rows(sql`update "User" set "isActive" = false where "username" = 'support'`);
		expect(await ask("demo_support")).toEqual(refused);
	});

	test("when there is none", async () => {
		const { errors } = await gateway().send(undefined, "{ viewer { username } }");
		expect(errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
	});
});

describe("a malformed literal says where it is", () => {
	test.each([
		["of a UUID", '{ resource(uuid: "1234") { name } }', 'Invalid value at "uuid"; "1234" is not a UUID.', 1, 18],
		[
			"of an amount, deep in an input",
			`mutation {
	setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "cpu", amount: 1 }, { type: "ram", amount: "x" }] }) { __typename }
}`,
			'Invalid value at "input.usages[1].amount"; "x" is not a number',
			2,
			130,
		],
		["of another kind", "{ componentUsages(filter: { dateAfter: 7 }) { totalCount } }", 'Invalid value at "filter.dateAfter"; A Date is', 1, 40],
		["of an enumeration", "{ resources(filter: { states: [OK, GONE] }) { totalCount } }", 'Invalid value at "filter.states[1]"; Value "GONE"', 1, 36],
		["as a default", 'query ($d: [Date] = ["2026-01-01", "x"]) { viewer { username } }', 'Invalid value at "$d[1]"; "x" is not', 1, 36],
		["in a directive", '{ viewer { username @include(if: "x") } }', 'Invalid value at "if"; Boolean cannot', 1, 34],
	])("%s", async (_what, document, message, line, column) => {
		const { errors } = await gateway().send("demo_staff", document);

		expect(errors?.[0]?.message).toMatch(new RegExp(`^${message.replace(/[[\].$]/g, "\\$&")}`));
		expect(errors?.[0]?.locations).toEqual([{ line, column }]);
	});
});
