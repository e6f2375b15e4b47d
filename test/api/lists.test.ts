import { beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { sql } from "../../src/database/sql.ts";
import { foldNames, forgetUnusedNames, objectNames } from "../../src/domain/name/name.store.ts";
import { nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

// The reports of the fixture's October were made on 1 November in Tokyo.
const gateway = gatewayForFile({ timeZone: "Asia/Tokyo" });
let things: readonly Thing[];
beforeAll(async () => {
	things = await buildFixture(gateway().database);
});

type Keeps = (thing: Thing) => boolean;
type Case = [list: string, filter: object, keeps: Keeps];

const on =
	(offering: string): Keeps =>
	(thing) =>
		thing.place.offering === offering;
const has =
	(part: string): Keeps =>
	({ name }) =>
		` ${name} `.includes(part);
const n1Compute = uuidOf("Resource", "n1 compute");
const storage = uuidOf("Offering", "storage");
const [december, october, november] = ["2025-12-01", "2026-10-01", "2026-11-01"];

const ofUsages: [filter: object, keeps: Keeps][] = [
	[{ resource: nodeId("Resource", n1Compute) }, has(" n1 compute ")],
	[{ resourceUuid: n1Compute }, has(" n1 compute ")],
	[{ offeringUuid: storage }, on("storage")],
	[{ projectUuid: uuidOf("Project", "s1") }, ({ place }) => place.project === "s1"],
	[{ customerUuid: uuidOf("Customer", "south") }, ({ place }) => place.customer === "south"],
	[{ type: "ram" }, has(" ram ")],
	[{ billingPeriod: october }, has(` ${october} `)],
	[{ billingPeriodYear: 2026 }, has(" 2026-")],
	[{ billingPeriodMonth: 10 }, has("-10-")],
	[
		{ billingPeriodYear: 2026, billingPeriodMonth: 11, type: "cpu", customerUuid: uuidOf("Customer", "north") },
		(thing) => has(` cpu ${november} `)(thing) && thing.place.customer === "north",
	],
	[{ dateAfter: "2026-11-01" }, ({ name }) => !name.includes(december)],
	[{ dateAfter: "2026-11-02" }, has(` ${november} `)],
	[{ dateAfter: "2026-11-19" }, has(` ${november} `)],
	[{ dateBefore: "2026-10-31" }, has(` ${december} `)],
	[{ dateBefore: "2026-11-01" }, ({ name }) => !name.includes(november)],
	[{ dateAfter: "2026-11-01", dateBefore: "2026-11-01" }, has(` ${october} `)],
	[{ dateAfter: "2026-11-20" }, () => false],
	[{ dateAfter: "0100-01-01", dateBefore: "9999-12-31" }, () => true],
	[{ billingPeriodYear: 2024 }, () => false],
	[{ billingPeriodMonth: 9 }, () => false],
	[{ billingPeriodYear: 9_999, billingPeriodMonth: 12 }, () => false],
	[{ resources: [n1Compute, uuidOf("Resource", "s1 storage")] }, (thing) => has(" n1 compute ")(thing) || has(" s1 storage ")(thing)],
	[{ resources: [n1Compute], resourceUuid: uuidOf("Resource", "s1 storage") }, () => false],
	[{ offerings: [storage, uuidOf("Offering", "archive")] }, ({ place }) => ["storage", "archive"].includes(place.offering)],
	[{ projects: [uuidOf("Project", "s1")] }, ({ place }) => place.project === "s1"],
	[{ projects: [] }, () => false],
	[{ customers: [uuidOf("Customer", "south"), uuidOf("Customer", "coral")] }, ({ place }) => place.customer === "south"],
	[{ types: ["ram", "gb", "ram"] }, (thing) => has(" ram ")(thing) || has(" gb ")(thing)],
	[{ types: [] }, () => false],
	[{ billingPeriod: "2026-10-31" }, has(` ${october} `)],
	[{ billingPeriodFrom: "2026-10-31" }, ({ name }) => !name.includes(december)],
	[{ billingPeriodTo: "2026-10-01" }, ({ name }) => !name.includes(november)],
	[{ billingPeriodTo: "2025-12-01" }, has(` ${december} `)],
	[{ billingPeriodFrom: "2026-10-31", billingPeriodTo: "2026-10-01" }, has(` ${october} `)],
	[{ billingPeriodFrom: "2026-01-01", billingPeriodTo: "2026-10-31" }, has(` ${october} `)],
	[{ billingPeriodFrom: "2025-11-30", billingPeriodTo: "2026-10-01" }, ({ name }) => !name.includes(november)],
	[{ billingPeriodFrom: "2026-11-01", billingPeriodTo: "2026-10-31" }, () => false],
	[{ billingPeriodFrom: "2027-01-01", billingPeriodTo: "2026-01-01" }, () => false],
	[{ billingPeriodFrom: "0001-01-01", billingPeriodTo: "9999-12-31" }, () => true],
	[{ type: null, dateAfter: null, resource: null, billingPeriodYear: null }, () => true],
	[{}, () => true],
];

const cases: Case[] = [
	...(["componentUsages", "componentUserUsages"] as const).flatMap((list) => ofUsages.map(([filter, keeps]): Case => [list, filter, keeps])),
	["componentUserUsages", { username: "UES" }, has(" guest ")],
	["componentUserUsages", { username: "ann" }, has(" ann ")],
	["componentUserUsages", { username: "%%%" }, () => false],
	["componentUserUsages", { username: "_nn" }, () => false],
	["componentUserUsages", { username: "ann", type: "gb" }, (thing) => has(" ann ")(thing) && has(" gb ")(thing)],
	["componentUserUsageLimits", { resource: nodeId("Resource", n1Compute) }, has(" n1 compute ")],
	["componentUserUsageLimits", { resourceUuid: n1Compute }, has(" n1 compute ")],
	["componentUserUsageLimits", { offeringUuid: storage }, on("storage")],
	["componentUserUsageLimits", { componentType: "cpu" }, has(" cpu ")],
	["componentUserUsageLimits", { types: ["cpu", "tb"] }, (thing) => has(" cpu ")(thing) || has(" tb ")(thing)],
	["componentUserUsageLimits", { resources: [n1Compute] }, has(" n1 compute ")],
	["componentUserUsageLimits", { offerings: [storage] }, on("storage")],
	["componentUserUsageLimits", { username: "sven" }, ({ place }) => place.customer === "south"],
	["componentUserUsageLimits", { username: "sve" }, () => false],
	["componentUserUsageLimits", { username: "SVEN" }, () => false],
	["componentUserUsageLimits", { username: "sven", componentType: "ram" }, (thing) => thing.place.customer === "south" && has(" ram ")(thing)],
	["offeringUsagePolicies", { scope: nodeId("Offering", storage) }, on("storage")],
	["offeringUsagePolicies", { scopeUuid: storage }, on("storage")],
	["offeringUsagePolicies", { offerings: [storage] }, on("storage")],
	["offeringUsagePolicies", { offerings: [] }, () => false],
	["notifications", { offeringUuid: storage }, on("storage")],
	["notifications", { offerings: [storage] }, on("storage")],
	["notifications", { policies: [uuidOf("OfferingUsagePolicy", "storage two")] }, has("storage two ")],
	["policyFirings", { offerings: [storage] }, on("storage")],
	["notifications", { policyUuid: uuidOf("OfferingUsagePolicy", "storage two") }, has("storage two ")],
	["notifications", { states: ["PENDING", "SENT"] }, ({ name }) => /(auditor|owner)$/.test(name)],
	["notifications", { states: [] }, () => false],
	["policyFirings", { offeringUuid: storage }, on("storage")],
	["policyFirings", { policyUuid: uuidOf("OfferingUsagePolicy", "storage two") }, has("storage two ")],
	["policyFirings", { kinds: ["RESET"] }, has(" RESET ")],
	["policyFirings", { kinds: [] }, () => false],
	["policyFirings", { policies: [uuidOf("OfferingUsagePolicy", "storage two")] }, has("storage two ")],
	["policyFirings", { customerUuid: uuidOf("Customer", "north") }, () => true],
	["policyFirings", { customerUuid: uuidOf("Customer", "south") }, () => false],
	["policyFirings", { causedByCustomerUuid: uuidOf("Customer", "north") }, ({ name }) => /^(compute|storage) \w+ FIRED$/.test(name)],
	["resources", { offeringUuid: storage }, on("storage")],
	["resources", { projectUuid: uuidOf("Project", "n1") }, has(" n1 ")],
	["resources", { customerUuid: uuidOf("Customer", "south") }, ({ place }) => place.customer === "south"],
	["resources", { states: ["TERMINATED", "ERRED"] }, has(" s2 archive ")],
	["resources", { backendId: "alloc-n1-compute" }, has(" n1 compute ")],
	["resources", { backendId: "ALLOC-n1-compute" }, () => false],
	["resources", { backendId: "alloc-n1" }, () => false],
	["resources", { offerings: [storage] }, on("storage")],
	["resources", { projects: [uuidOf("Project", "n1")] }, has(" n1 ")],
	["resources", { customers: [uuidOf("Customer", "south")] }, ({ place }) => place.customer === "south"],
	["resources", { search: "1 COMP" }, ({ name }) => ["n1 compute", "s1 compute"].includes(name)],
	["resources", { search: "%com" }, () => false],
	["customers", { search: "OUT" }, ({ name }) => name === "south"],
	["projects", { customers: [uuidOf("Customer", "north")] }, ({ name }) => ["gone", "n1", "n2"].includes(name)],
	["projects", { search: "gon" }, ({ name }) => name === "gone"],
	["offerings", { search: "ivat" }, ({ name }) => name === "private"],
	["offerings", { providers: [uuidOf("Customer", "alpine")] }, ({ place }) => place.provider === "alpine"],
	["offerings", { categories: [uuidOf("Category", "disks")], providers: [uuidOf("Customer", "baltic")] }, on("storage")],
	["projects", { customerUuid: uuidOf("Customer", "north") }, ({ name }) => ["gone", "n1", "n2"].includes(name)],
	["offerings", { providerUuid: uuidOf("Customer", "alpine") }, ({ place }) => place.provider === "alpine"],
	["offerings", { categoryUuid: uuidOf("Category", "disks") }, on("storage")],
	["offerings", { states: ["DRAFT", "PAUSED"] }, ({ name }) => name === "draft" || name === "paused"],
];

const models: Record<string, { model: VisibleModel; input: string }> = {
	componentUsages: { model: "ComponentUsage", input: "ComponentUsageFilter" },
	componentUserUsages: { model: "ComponentUserUsage", input: "ComponentUserUsageFilter" },
	componentUserUsageLimits: { model: "ComponentUserUsageLimit", input: "ComponentUserUsageLimitFilter" },
	offeringUsagePolicies: { model: "OfferingUsagePolicy", input: "OfferingUsagePolicyFilter" },
	notifications: { model: "Notification", input: "NotificationFilter" },
	policyFirings: { model: "PolicyFiring", input: "PolicyFiringFilter" },
	resources: { model: "Resource", input: "ResourceFilter" },
	customers: { model: "Customer", input: "CustomerFilter" },
	projects: { model: "Project", input: "ProjectFilter" },
	offerings: { model: "Offering", input: "OfferingFilter" },
};

describe("a list keeps what its filter says, and counts it:", () => {
	test.each(cases.map(([list, filter, keeps]) => ({ list, filter, text: JSON.stringify(filter), keeps })))("$list $text", async ({ list, filter, keeps }) => {
		const { model, input } = models[list] ?? { model: "Category", input: "" };
		const document = `query ($filter: ${input}) { ${list}(first: 100, filter: $filter) { totalCount nodes { uuid } } }`;
		const { [list]: page } = await gateway().ask("demo_staff", document, { filter });
		const kept = things.filter((thing) => thing.model === model && keeps(thing)).map(({ name }) => name);
		const names = new Map(things.filter((thing) => thing.model === model).map(({ name }) => [uuidOf(model, name), name]));

		expect(page.nodes.map(({ uuid }: { uuid: string }) => names.get(uuid)).sort()).toEqual(kept.sort());
		expect(page.totalCount).toBe(kept.length);
	});
});

describe("names are searched by a part of them:", () => {
	const found = async (search: string, token = "demo_staff") =>
		(await gateway().ask(token, "query ($search: String!) { customers(filter: { search: $search }) { nodes { name } } }", { search })).customers.nodes.map(
			({ name }: { name: string }) => name,
		);
	const rename = (name: string) => gateway().database.rows(sql`update "Customer" set "name" = ${name} where "uuid" = ${uuidOf("Customer", "coral")}::uuid`);

	test("a name that was changed is found, and no longer by what it was", async () => {
		await rename("Straßenbau Öst");
		const before = [await found("STRASSE"), await found("coral")];
		await foldNames(gateway().database, objectNames);
		const after = [await found("STRASSE"), await found("öst")];
		await rename("coral");
		await forgetUnusedNames(gateway().database, objectNames);
		expect({ before, after, gone: await found("STRASSE"), back: await found("cora") }).toEqual({
			before: [["Straßenbau Öst"], []],
			after: [["Straßenbau Öst"], ["Straßenbau Öst"]],
			gone: [],
			back: ["coral"],
		});
	});

	test("only what the viewer sees is found", async () => {
		expect([await found("out"), await found("out", "demo_northowner"), await found("ort", "demo_northowner")]).toEqual([["south"], [], ["north"]]);
	});

	test("two characters are refused, with the name of the argument", async () => {
		const { errors } = await gateway().send("demo_staff", '{ customers(filter: { search: "ab" }) { nodes { name } } }');
		expect(errors?.map(({ message, extensions }) => [extensions["code"], message])).toEqual([
			["BAD_USER_INPUT", "search must have at least 3 characters of the name."],
		]);
	});
});

test("policies that are fired now are told from others, and these are those whose last turn fired them", async () => {
	const listed = async (filter: string) =>
		(await gateway().ask("demo_staff", `{ offeringUsagePolicies(first: 100${filter}) { nodes { uuid hasFired } } }`)).offeringUsagePolicies.nodes;
	const all: { hasFired: boolean }[] = await listed("");
	const [fired, others] = [await listed(", filter: { hasFired: true }"), await listed(", filter: { hasFired: false }")];
	expect([fired, others]).toEqual([all.filter(({ hasFired }) => hasFired), all.filter(({ hasFired }) => !hasFired)]);
});

test("relations are filtered as lists are", async () => {
	const { customer } = await gateway().ask(
		"demo_staff",
		`{ customer(uuid: "${uuidOf("Customer", "north")}") { projects(filter: { search: "gone" }) { nodes { name } } resources(filter: { offerings: ["${storage}"] }) { nodes { name } } } }`,
	);
	expect(customer.projects.nodes).toEqual([{ name: "gone" }]);
	expect(customer.resources.nodes.length).toBe(1);
});

describe("a filter by id", () => {
	const codeOf = async (list: string, filter: string) =>
		(await gateway().send("demo_staff", `{ ${list}(filter: ${filter}) { nodes { uuid } } }`)).errors?.map(({ extensions, message }) => [
			extensions["code"],
			message.includes("\n"),
		]);

	test.each([
		["an id of another kind of object", nodeId("Offering", storage)],
		["an id that holds no uuid", nodeId("Resource", "7")],
		["what is no id", "n1 compute"],
	])("refuses %s", async (_what, id) => {
		expect(await codeOf("componentUsages", `{ resource: ${JSON.stringify(id)} }`)).toEqual([["BAD_USER_INPUT", false]]);
		expect(gateway().bugs()).toEqual([]);
	});

	test("takes both spellings of a uuid", async () => {
		const counted = async (uuid: string) =>
			(await gateway().ask("demo_staff", `{ resources(filter: { offeringUuid: "${uuid}" }) { totalCount } }`)).resources.totalCount;

		expect([await counted(storage), await counted(storage.replaceAll("-", "").toUpperCase())]).toEqual([2, 2]);
	});
});
