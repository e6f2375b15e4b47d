import { beforeAll, describe, expect, test } from "vitest";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

const encoded = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString("base64url");
const decoded = (cursor: string): unknown[] => JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));

/** The cursor of the list's first row. */
async function cursorOf(list: string): Promise<string> {
	const { page } = await gateway().ask("demo_staff", `{ page: ${list} { pageInfo { endCursor } } }`);
	return page.pageInfo.endCursor;
}

/** What is answered for the page: the one error's code and message. */
async function refusalOf(list: string, paging: string): Promise<{ code: unknown; message: string }> {
	const { errors = [] } = await gateway().send("demo_staff", `{ ${list}(${paging}) { nodes { uuid } } }`);
	expect(errors.length).toBe(1);
	return { code: errors[0]?.extensions["code"], message: errors[0]?.message ?? "" };
}

const notOfThisList = (argument: string) => `${argument} is not a cursor of this list in this order: pass a cursor from the same list.`;

describe("a page is refused with BAD_USER_INPUT", () => {
	test.each([
		["both first and last", "first: 1, last: 1", "Give first or last, not both."],
		["no rows", "first: 0", "first must be from 1 to 100, not 0."],
		["no rows from the end", "last: 0", "last must be from 1 to 100, not 0."],
		["fewer than no rows", "first: -1", "first must be from 1 to 100, not -1."],
		["more than 100 rows", "first: 101", "first must be from 1 to 100, not 101."],
		["more than 100 rows from the end", "last: 101", "last must be from 1 to 100, not 101."],
	])("for %s", async (_what, paging, message) => {
		expect(await refusalOf("resources", paging)).toEqual({ code: "BAD_USER_INPUT", message });
	});

	test("below a parent as at the root", async () => {
		const { errors } = await gateway().send("demo_staff", "{ customers(first: 1) { nodes { projects(first: 0) { nodes { uuid } } } } }");

		expect(errors?.map(({ message, extensions }) => [message, extensions["code"]])).toEqual([["first must be from 1 to 100, not 0.", "BAD_USER_INPUT"]]);
	});

	test.each(["after", "before"])("for what is no cursor as %s", async (argument) => {
		for (const cursor of ["", "abc", "{}", encoded(), encoded("name,uuid"), encoded({}), encoded(null, "a", "b"), "ä".repeat(1000)]) {
			expect(await refusalOf("resources", `${argument}: ${JSON.stringify(cursor)}`)).toEqual({ code: "BAD_USER_INPUT", message: notOfThisList(argument) });
		}
	});

	test.each([
		["of the default order for another", "componentUsages(first: 1)", "componentUsages", ", orderBy: { field: USAGE }"],
		["of the other direction", "componentUsages(first: 1, orderBy: { field: USAGE })", "componentUsages", ", orderBy: { field: USAGE, direction: DESC }"],
		[
			"of the order by month for that by amount",
			"componentUsages(first: 1, orderBy: { field: BILLING_PERIOD })",
			"componentUsages",
			", orderBy: { field: USAGE }",
		],
		["of usages for their parts", "componentUsages(first: 1, orderBy: { field: USAGE })", "componentUserUsages", ", orderBy: { field: USAGE }"],
		["of customers for offerings, which stand by name too", "customers(first: 1)", "offerings", ""],
		["of policies for firings, which stand by their moment too", "offeringUsagePolicies(first: 1)", "policyFirings", ""],
		["of limits for policies, which stand by their moment too", "componentUserUsageLimits(first: 1)", "offeringUsagePolicies", ""],
	])("for a cursor %s", async (_what, from, to, order) => {
		expect(await refusalOf(to, `after: "${await cursorOf(from)}"${order}`)).toEqual({ code: "BAD_USER_INPUT", message: notOfThisList("after") });
	});

	const forged: [list: string, order: string, first: unknown[]][] = [
		[
			"componentUsages",
			"",
			["yesterday", "2026-13-45T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-02-30T00:00:00.000Z", "2026-11-01T25:00:00.000Z", 7, null, {}, []],
		],
		["componentUsages", "orderBy: { field: BILLING_PERIOD }", ["2026-13-01", "0000-01-01", "2026-02-30", "2026-11-01T00:00:00Z", "infinity", 7]],
		["componentUsages", "orderBy: { field: USAGE }", ["NaN", "Infinity", "1e9", "--1", "1".repeat(100_000), "0x1", 7]],
		["resources", "", ["a\u0000b", 7, null]],
	];

	test.each(forged)("for a cursor of %s(%s) whose values were forged", async (list, order, values) => {
		const [orderName, , ...rest] = decoded(await cursorOf(`${list}(first: 1${order === "" ? "" : `, ${order}`})`));
		for (const value of values) {
			const paging = [`after: "${encoded(orderName, value, ...rest)}"`, order].filter(Boolean).join(", ");
			expect(await refusalOf(list, paging), String(value).slice(0, 40)).toEqual({ code: "BAD_USER_INPUT", message: notOfThisList("after") });
		}
		expect(gateway().bugs()).toEqual([]);
	});

	test("for a cursor with the wrong number of values, or with what is no uuid", async () => {
		const [orderName, name, uuid] = decoded(await cursorOf("resources(first: 1)"));
		for (const values of [[name], [name, uuid, uuid], [name, "7"], [uuid, name], [name, "'; drop table"]]) {
			expect(await refusalOf("resources", `after: "${encoded(orderName, ...values)}"`)).toEqual({ code: "BAD_USER_INPUT", message: notOfThisList("after") });
		}
	});
});

describe("the whole list is counted", () => {
	const counts = async (document: string) =>
		(await gateway().statementsOf(() => gateway().ask("demo_staff", document))).filter((text) => text.includes("count(")).length;

	test.each(["resources", `customer(uuid: "${uuidOf("Customer", "north")}") { resources`])("only when totalCount is asked for: %s", async (list) => {
		const end = list.includes("{") ? "}" : "";
		const rest = "edges { cursor node { uuid } } nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor }";

		expect(await counts(`{ ${list} { ${rest} } ${end} }`)).toBe(0);
		expect(await counts(`{ ${list} { totalCount @include(if: false) ${rest} } ${end} }`)).toBe(0);
		expect(await counts(`{ ${list} { totalCount ${rest} } ${end} }`)).toBe(1);
	});

	test("in one statement for all parents", async () => {
		expect(await counts("{ customers { nodes { projects { totalCount } } } }")).toBe(1);
	});

	test("with what the filter leaves, whatever the page", async () => {
		const { resources } = await gateway().ask("demo_staff", "{ resources(first: 1, filter: { states: [OK] }) { totalCount nodes { uuid } } }");

		expect([resources.totalCount, resources.nodes.length]).toEqual([7, 1]);
	});
});
