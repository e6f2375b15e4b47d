import { beforeAll, describe, expect, test } from "vitest";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { hex, rest } from "./client.ts";

const gateway = gatewayForFile({ timeZone: "Asia/Tokyo" });

beforeAll(async () => {
	await buildFixture(gateway().database);
});

const url = (collection: string, uuid: string) => encodeURIComponent(`https://portal.example.org/api/${collection}/${hex(uuid)}/`);
const uuids = {
	resource: uuidOf("Resource", "n1 compute"),
	offering: uuidOf("Offering", "storage"),
	project: uuidOf("Project", "s1"),
	customer: uuidOf("Customer", "north"),
	provider: uuidOf("Customer", "baltic"),
	category: uuidOf("Category", "machines"),
};

/** A parameter, and what it is in GraphQL: both have the same rows, in the same order. */
const usages: [query: string, graphql: string][] = [
	["", ""],
	[`resource_uuid=${hex(uuids.resource)}`, `filter: { resourceUuid: "${uuids.resource}" }`],
	[`resource_uuid=${uuids.resource}`, `filter: { resourceUuid: "${uuids.resource}" }`],
	[`resource=${url("marketplace-resources", uuids.resource)}`, `filter: { resource: "${nodeId("Resource", uuids.resource)}" }`],
	[`offering_uuid=${hex(uuids.offering)}`, `filter: { offeringUuid: "${uuids.offering}" }`],
	[`project_uuid=${hex(uuids.project)}`, `filter: { projectUuid: "${uuids.project}" }`],
	[`customer_uuid=${hex(uuids.customer)}`, `filter: { customerUuid: "${uuids.customer}" }`],
	["type=cpu", 'filter: { type: "cpu" }'],
	["billing_period=2026-11-01", 'filter: { billingPeriod: "2026-11-01" }'],
	["billing_period=2026-11-15", "filter: { resources: [] }"], // the day that Waldur stores is the first
	["billing_period_year=2025", "filter: { billingPeriodYear: 2025 }"],
	["billing_period_month=10", "filter: { billingPeriodMonth: 10 }"],
	["billing_period_year=2026&billing_period_month=11", "filter: { billingPeriodYear: 2026, billingPeriodMonth: 11 }"],
	["date_after=2026-11-01", 'filter: { dateAfter: "2026-11-01" }'],
	["date_before=2026-10-31", 'filter: { dateBefore: "2026-10-31" }'],
	["type=cpu&date_after=2026-11-01&date_before=2026-11-01", 'filter: { type: "cpu", dateAfter: "2026-11-01", dateBefore: "2026-11-01" }'],
	["o=usage", "orderBy: { field: USAGE, direction: ASC }"],
	["o=-usage", "orderBy: { field: USAGE, direction: DESC }"],
	["o=-billing_period", "orderBy: { field: BILLING_PERIOD, direction: DESC }"],
	["type=&resource_uuid=", ""],
	["nobody_knows_this=1", ""],
];

const lists: Record<string, { field: string; cases: [query: string, graphql: string][] }> = {
	"marketplace-component-usages/": { field: "componentUsages", cases: usages },
	"marketplace-component-user-usages/": {
		field: "componentUserUsages",
		cases: [...usages, ["username=GUE", 'filter: { username: "GUE" }'], ["o=-username", "orderBy: { field: USERNAME, direction: DESC }"]],
	},
	"component-user-usage-limits/": {
		field: "componentUserUsageLimits",
		cases: [
			["", ""],
			["component_type=cpu", 'filter: { componentType: "cpu" }'],
			["username=ann", 'filter: { username: "ann" }'],
			[`offering_uuid=${hex(uuids.offering)}`, `filter: { offeringUuid: "${uuids.offering}" }`],
			[`resource_uuid=${hex(uuids.resource)}`, `filter: { resourceUuid: "${uuids.resource}" }`],
			[`resource=${url("marketplace-resources", uuids.resource)}`, `filter: { resourceUuid: "${uuids.resource}" }`],
		],
	},
	"marketplace-offering-usage-policies/": {
		field: "offeringUsagePolicies",
		cases: [
			["", ""],
			[`scope_uuid=${hex(uuids.offering)}`, `filter: { scopeUuid: "${uuids.offering}" }`],
			[`scope=${url("marketplace-provider-offerings", uuids.offering)}`, `filter: { scopeUuid: "${uuids.offering}" }`],
		],
	},
	"marketplace-provider-offerings/": {
		field: "offerings",
		cases: [
			["", ""],
			[`customer_uuid=${hex(uuids.provider)}`, `filter: { providerUuid: "${uuids.provider}" }`],
			[`category_uuid=${hex(uuids.category)}`, `filter: { categoryUuid: "${uuids.category}" }`],
			["state=Draft&state=Paused", "filter: { states: [DRAFT, PAUSED] }"],
		],
	},
	"marketplace-provider-resources/": {
		field: "resources",
		cases: [
			["", ""],
			[`offering_uuid=${hex(uuids.offering)}`, `filter: { offeringUuid: "${uuids.offering}" }`],
			[`project_uuid=${hex(uuids.project)}`, `filter: { projectUuid: "${uuids.project}" }`],
			[`customer_uuid=${hex(uuids.customer)}`, `filter: { customerUuid: "${uuids.customer}" }`],
			["backend_id=alloc-n1-compute", 'filter: { backendId: "alloc-n1-compute" }'],
			["backend_id=alloc-n1", 'filter: { backendId: "alloc-n1" }'],
			["backend_id=", ""],
			["state=Terminated", "filter: { states: [TERMINATED] }"],
			["o=-created", "orderBy: { field: CREATED, direction: DESC }"],
		],
	},
	"marketplace-resources/": {
		field: "resources",
		cases: [
			["", ""],
			["backend_id=alloc-s1-storage", 'filter: { backendId: "alloc-s1-storage" }'],
		],
	},
};

const cases = Object.entries(lists).flatMap(([path, { field, cases }]) => cases.map(([query, graphql]) => [path, query, field, graphql] as const));

describe("a list has the rows of the same list of GraphQL, in the same order", () => {
	test.each(cases)("%s?%s", async (path, query, field, graphql) => {
		for (const viewer of ["staff", "alpineowner", "ann"]) {
			const token = `demo_${viewer}`;
			const list: Answer = (await gateway().ask(token, `{ list: ${field}(first: 100${graphql && `, ${graphql}`}) { totalCount nodes { uuid } } }`)).list;
			const { status, headers, json } = await rest(gateway(), `${path}?page_size=100&${query}`, { token });
			expect(status).toBe(200);
			expect(json.map(({ uuid }: Answer) => uuid)).toEqual(list.nodes.map(({ uuid }: Answer) => hex(uuid)));
			expect(headers.get("x-result-count")).toBe(String(list.totalCount));
		}
	});
});

test("accounts are found by offering, person and name", async () => {
	const found = async (query: string) =>
		(await rest(gateway(), `marketplace-offering-users/?o=&${query}`, { token: "demo_staff" })).json
			.map((account: Answer) => `${account.username} ${account.offering_name}`)
			.sort();
	expect(await found("")).toHaveLength(5);
	expect(await found("username=ann")).toEqual(["ann compute", "ann storage"]);
	expect(await found("is_restricted=False&username=ann")).toEqual(["ann compute", "ann storage"]);
	expect(await found("is_restricted=true")).toEqual([]);
	expect(await found(`user_uuid=${hex(uuidOf("User", "ann"))}&offering_uuid=${hex(uuids.offering)}`)).toEqual(["ann storage"]);
});

describe("a wrong value of a filter is refused at its name", () => {
	test.each([
		["marketplace-component-usages/?resource_uuid=x", { resource_uuid: ["Enter a valid UUID."] }],
		["marketplace-component-usages/?resource=not-a-url", { resource: ["Enter a valid URL."] }],
		["marketplace-component-usages/?date_after=2026-02-30", { date_after: ["Enter a valid date."] }],
		["marketplace-component-usages/?billing_period_month=13", { billing_period_month: ["Enter a whole number from 1 to 12."] }],
		["marketplace-component-usages/?billing_period_year=0&type=cpu", { billing_period_year: ["Enter a whole number from 1 to 9999."] }],
		["marketplace-component-usages/?o=name", { o: ["Select a valid choice. name is not one of the available choices."] }],
		["marketplace-component-usages/?o=usage,billing_period", { o: ["Give one order at a time."] }],
		["marketplace-component-user-usages/?username=ab", { username: ["username must have at least 3 characters of the name."] }],
		["marketplace-provider-resources/?state=Fine", { state: ["Select a valid choice. Fine is not one of the available choices."] }],
		["marketplace-offering-users/?is_restricted=maybe", { is_restricted: ["Must be a valid boolean."] }],
		[`marketplace-resources/?offering_uuid=${"1".repeat(32)}&offering_uuid=${"2".repeat(32)}`, { offering_uuid: ["Give one value at a time."] }],
		["customer-quotas/?quota_name=toString", { quota_name: ["Select a valid choice. toString is not one of the available choices."] }],
		["marketplace-category-component-usages/", { scope: ["This field is required."] }],
		["marketplace-category-component-usages/?scope=1", { scope: ["Enter the URL of a customer or of a project."] }],
	])("%s", async (path, problem) => {
		const { status, json } = await rest(gateway(), path, { token: "demo_staff" });
		expect([status, json]).toEqual([400, problem]);
	});
});

describe("pages", () => {
	test("lead from the first to the last by their links, and hold every row once", async () => {
		const read: string[] = [];
		let next: string | undefined = "marketplace-component-usages/?page_size=7&type=cpu";
		for (let pages = 0; next !== undefined && pages < 20; pages++) {
			const { headers, json } = await rest(gateway(), next, { token: "demo_staff" });
			read.push(...json.map(({ uuid }: Answer) => uuid));
			next = /<[^>]*\/api\/([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
		}
		const { json: all } = await rest(gateway(), "marketplace-component-usages/?page_size=300&type=cpu", { token: "demo_staff" });
		expect(all.length).toBeGreaterThan(7);
		expect(read).toEqual(all.map(({ uuid }: Answer) => uuid));
	});

	test("name their neighbours with the filters that were given, and nothing else that was", async () => {
		const { headers } = await rest(gateway(), 'marketplace-component-usages/?page=2&page_size=5&type=cpu&evil="%0d%0aX: y', { token: "demo_staff" });
		const links = (headers.get("link") ?? "").replaceAll(/http:\/\/localhost:\d+/g, "");
		expect(links.split(", ")).toEqual([
			'</api/marketplace-component-usages/?page_size=5&type=cpu&page=1>; rel="first"',
			'</api/marketplace-component-usages/?page_size=5&type=cpu&page=1>; rel="prev"',
			'</api/marketplace-component-usages/?page_size=5&type=cpu&page=3>; rel="next"',
			expect.stringMatching(/page_size=5&type=cpu&page=\d+>; rel="last"$/),
		]);
	});

	test("are counted by HEAD, without their rows", async () => {
		const { status, headers, text } = await rest(gateway(), "marketplace-component-usages/?type=cpu", { method: "HEAD", token: "demo_staff" });
		const { headers: ofGet } = await rest(gateway(), "marketplace-component-usages/?type=cpu", { token: "demo_staff" });
		expect([status, text, headers.get("x-result-count")]).toEqual([200, "", ofGet.get("x-result-count")]);
	});

	test("hold ten rows when no size is given", async () => {
		expect((await rest(gateway(), "marketplace-component-usages/", { token: "demo_staff" })).json).toHaveLength(10);
	});

	test("are there once for a list without rows", async () => {
		const { status, headers, text } = await rest(gateway(), "marketplace-component-usages/", { token: "demo_stranger" });
		expect([status, text, headers.get("x-result-count")]).toEqual([200, "[]", "0"]);
		expect(headers.get("link")).not.toMatch(/next|prev/);
	});

	test.each(["0", "-1", "x", "1e3", "999999999999"])("are none of number %s", async (page) => {
		const { status, json } = await rest(gateway(), `marketplace-component-usages/?page=${page}`, { token: "demo_staff" });
		expect([status, json]).toEqual([404, { detail: "Invalid page." }]);
	});
});

test("field chooses among the fields, several times over", async () => {
	const { json } = await rest(gateway(), "marketplace-component-usages/?page_size=1&field=uuid&field=usage&field=constructor", { token: "demo_staff" });
	expect(Object.keys(json[0])).toEqual(["uuid", "usage"]);
	const { json: one } = await rest(gateway(), `marketplace-component-usages/${json[0].uuid}/?field=customer_name`, { token: "demo_staff" });
	expect(Object.keys(one)).toEqual(["customer_name"]);
});
