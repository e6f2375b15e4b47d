import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedLists } from "../../src/export/exported-lists.ts";
import { schema } from "../../src/schema.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { whoSeesWhat } from "../support/fixture.sees.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";
import { csvReader, filled, flat, get, jsonLines } from "./client.ts";

const gateway = gatewayForFile({ timeZone: "Asia/Tokyo", limits: { ...unlimited, exportPage: 8 } });
const csv = csvReader();

beforeAll(async () => {
	await buildFixture(gateway().database);
});

afterAll(() => csv.close());

/** What a list cannot be asked without: as parameters, and as arguments. */
const required: Record<string, [parameters: string, args: string]> = {
	usageTotals: ["groupBy=MONTH,CUSTOMER&orderBy=-KEY", "groupBy: [MONTH, CUSTOMER], orderBy: { field: KEY, direction: DESC }"],
	customerQuotas: ["quotaName=NC_RESOURCE_COUNT", "quotaName: NC_RESOURCE_COUNT"],
	categoryComponentUsages: [
		`scope=${encodeURIComponent(nodeId("Customer", uuidOf("Customer", "north")))}`,
		`scope: "${nodeId("Customer", uuidOf("Customer", "north"))}"`,
	],
};

/** All rows of the list as GraphQL pages through them, or the error that it is refused with. */
async function walked(list: string, columns: string, token: string, args = ""): Promise<Answer[] | { error: string }> {
	const rows: Answer[] = [];
	let after: string | null = null;
	for (;;) {
		const { data, errors } = await gateway().send(
			token,
			`query ($after: String) { ${list}(first: 50, after: $after${args === "" ? "" : `, ${args}`}) { nodes { ${columns} } pageInfo { hasNextPage endCursor } } }`,
			{ after },
		);
		if (errors !== undefined) return { error: errors[0]?.message ?? "" };
		rows.push(...data[list].nodes);
		if (!data[list].pageInfo.hasNextPage) return rows;
		after = data[list].pageInfo.endCursor;
	}
}

const lists = Object.entries(exportedLists).map(([list, { columns }]) => ({ list, columns }));
const viewers = [...new Set(Object.values(whoSeesWhat).map(({ viewer }) => viewer))];

describe.each(lists)("the export of $list has the rows that GraphQL lists, page by page", ({ list, columns }) => {
	const [parameters, args] = required[list] ?? ["", ""];

	test("as JSON, for every viewer", async () => {
		for (const viewer of viewers) {
			const token = `demo_${viewer}`;
			const expected = await walked(list, columns, token, args);
			const { status, text, errors } = await get(gateway(), `/export/${list}.ndjson?${parameters}`, { token });
			if (Array.isArray(expected)) expect([viewer, status, jsonLines(text)]).toEqual([viewer, 200, expected]);
			else expect([viewer, errors[0].message, status === 403 || status === 404]).toEqual([viewer, expected.error, true]);
		}
		expect(gateway().bugs()).toEqual([]);
	});

	test("as CSV, whose columns are the names that lead to the values", async () => {
		for (const viewer of ["staff", "alpineowner", "northowner"]) {
			const token = `demo_${viewer}`;
			const expected = await walked(list, columns, token, args);
			if (!Array.isArray(expected)) continue;
			const { text } = await get(gateway(), `/export/${list}.csv?${parameters}`, { token });
			expect((await csv.read(text)).map(filled)).toEqual(expected.map((row) => flat(row)));
		}
	});
});

const uuids = {
	resource: uuidOf("Resource", "n1 compute"),
	offering: uuidOf("Offering", "compute"),
	customer: uuidOf("Customer", "north"),
	provider: uuidOf("Customer", "alpine"),
};

/** Parameters, and what they are in GraphQL. */
const asked: [list: string, parameters: string, args: string][] = [
	["componentUsages", `resourceUuid=${uuids.resource}`, `filter: { resourceUuid: "${uuids.resource}" }`],
	["componentUsages", `resource=${encodeURIComponent(nodeId("Resource", uuids.resource))}`, `filter: { resource: "${nodeId("Resource", uuids.resource)}" }`],
	[
		"componentUsages",
		`type=cpu&dateAfter=2026-10-01&dateBefore=2026-11-20&customerUuid=${uuids.customer}`,
		`filter: { type: "cpu", dateAfter: "2026-10-01", dateBefore: "2026-11-20", customerUuid: "${uuids.customer}" }`,
	],
	["componentUsages", "billingPeriodYear=2026&billingPeriodMonth=11", "filter: { billingPeriodYear: 2026, billingPeriodMonth: 11 }"],
	["componentUsages", "orderBy=USAGE", "orderBy: { field: USAGE, direction: ASC }"],
	["componentUsages", "orderBy=-BILLING_PERIOD", "orderBy: { field: BILLING_PERIOD, direction: DESC }"],
	["componentUserUsages", "username=GUE&orderBy=-USERNAME", 'filter: { username: "GUE" }, orderBy: { field: USERNAME, direction: DESC }'],
	["offerings", "states=DRAFT,PAUSED&states=ACTIVE", "filter: { states: [DRAFT, PAUSED, ACTIVE] }"],
	["offerings", `providerUuid=${uuids.provider}`, `filter: { providerUuid: "${uuids.provider}" }`],
	[
		"resources",
		`offeringUuid=${uuids.offering}&orderBy=-CREATED`,
		`filter: { offeringUuid: "${uuids.offering}" }, orderBy: { field: CREATED, direction: DESC }`,
	],
	["policyFirings", `kinds=FIRED&offeringUuid=${uuids.offering}`, `filter: { kinds: [FIRED], offeringUuid: "${uuids.offering}" }`],
	[
		"usageTotals",
		"groupBy=RESOURCE&types=cpu&billingPeriodFrom=2026-10-01&billingPeriodTo=2026-11-30&comparePrevious=true&orderBy=-TOTAL",
		'groupBy: [RESOURCE], filter: { types: ["cpu"], billingPeriodFrom: "2026-10-01", billingPeriodTo: "2026-11-30" }, comparePrevious: true, orderBy: { field: TOTAL, direction: DESC }',
	],
	["customerQuotas", "quotaName=NC_PROJECT_COUNT&orderBy=-VALUE", "quotaName: NC_PROJECT_COUNT, orderBy: { field: VALUE, direction: DESC }"],
];

test.each(asked)("%s?%s has the filters and the order of GraphQL", async (list, parameters, args) => {
	const columns = exportedLists[list]?.columns ?? "";
	const expected = await walked(list, columns, "demo_staff", args);
	const { text } = await get(gateway(), `/export/${list}.ndjson?${parameters}`, { token: "demo_staff" });
	expect(jsonLines(text)).toEqual(expected);
	expect(expected).not.toEqual([]);
});

test("every list of the query can be exported", () => {
	const query = schema.getQueryType()?.getFields() ?? {};
	const paged = Object.values(query).filter(({ args }) => args.some(({ name }) => name === "first"));
	expect(Object.keys(exportedLists).sort()).toEqual(paged.map(({ name }) => name).sort());
});

test("a page is one statement, beside the look at who asks", async () => {
	const { text } = await get(gateway(), "/export/componentUsages.ndjson", { token: "demo_staff" });
	const statements = await gateway().statementsOf(() => get(gateway(), "/export/componentUsages.ndjson", { token: "demo_staff" }));
	const pages = Math.ceil(jsonLines(text).length / 8);
	expect(pages).toBeGreaterThan(2);
	expect(statements.filter((statement) => statement.includes('from "ComponentUsage" "t"')).length).toBe(pages);
	expect(statements.filter((statement) => statement.includes('from "Token" t')).length).toBe(pages + 1); // and once before it is known what is asked
});
