import { beforeAll, expect, test } from "vitest";
import { gatewayForFile } from "../../support/gateway.ts";
import { person } from "../../support/person.ts";
import { expectations, readWhole } from "./expectations.ts";
import { type Listing, listings } from "./lists.ts";
import { example, fillMarketplace } from "./marketplace.ts";
import { type Scan, scansOf } from "./plan.ts";

const gateway = gatewayForFile();

const globalId = (type: string, uuid: string) => JSON.stringify(Buffer.from(`${type}:${uuid}`).toString("base64"));
const text = (value: string) => JSON.stringify(value);
/** Several, of which others are there too. */
const texts = (...values: string[]) => JSON.stringify(values);

const unknown = "00000000-0000-4000-8000-000000000000";

const all = listings(
	{
		backendId: text("alloc-107"),
		billingPeriod: text("2025-03-01"),
		billingPeriodMonth: "3",
		billingPeriodYear: "2025",
		categories: texts(example.category, unknown),
		categoryUuid: text(example.category),
		causedByCustomerUuid: text(example.customer),
		"categoryComponentUsages.scope": globalId("Customer", example.customer),
		componentType: text("cpu"),
		customers: texts(example.customer, unknown),
		customerUuid: text(example.customer),
		"customerQuotas.quotaName": "OS_CPU_COUNT",
		dateAfter: text("2025-03-10"),
		dateBefore: text("2024-02-10"),
		offerings: texts(example.offering, unknown),
		offeringUuid: text(example.offering),
		policies: texts(example.policy, unknown),
		policyUuid: text(example.policy),
		projects: texts(example.project, unknown),
		projectUuid: text(example.project),
		providers: texts(example.provider, unknown),
		providerUuid: text(example.provider),
		resource: globalId("Resource", example.resource),
		resources: texts(example.resource, unknown),
		resourceUuid: text(example.resource),
		scope: globalId("Offering", example.offering),
		scopeUuid: text(example.offering),
		search: text(" 1234"),
		type: text("cpu"),
		types: texts("cpu", "gpu"),
		username: text("user-1234"),
	},
	{
		Category: globalId("Category", example.category),
		ComponentUsage: globalId("ComponentUsage", example.usage),
		Customer: globalId("Customer", example.customer),
		Offering: globalId("Offering", example.offering),
		OfferingComponent: globalId("OfferingComponent", example.component),
		OfferingUsagePolicy: globalId("OfferingUsagePolicy", example.policy),
		OfferingUser: globalId("OfferingUser", example.account),
		PolicyFiring: globalId("PolicyFiring", example.firing),
		Project: globalId("Project", example.project),
		Resource: globalId("Resource", example.resource),
	},
);

/** Tables of so few rows, whatever is in use, that reading them whole is as good as any index. */
const small = new Set([
	"Category",
	"CategoryComponent",
	"DeletedPolicy",
	"Offering",
	"OfferingComponent",
	"OfferingOrganizationGroup",
	"OfferingUsagePolicy",
	"OfferingUsagePolicyGroup",
	"OrganizationGroup",
	"Plan",
	"PlanComponent",
	"PlanOrganizationGroup",
]);

/** A page has 25 rows; what it takes to find them is a small multiple, far from the tens of thousands that the tables hold. */
const few = 300;

let viewers: { staff: string; provider: string; member: string };

beforeAll(async () => {
	await fillMarketplace(gateway().database);
	viewers = {
		staff: await person(gateway(), [], { isStaff: true }),
		provider: await person(gateway(), [["CustomerRole", { customerUuid: example.provider, role: "OWNER" }]]),
		member: await person(gateway(), [["ProjectRole", { projectUuid: example.project, role: "MEMBER" }]]),
	};
});

/** How the statements of the list read the tables that grow; the one that signs the viewer in is left out. */
async function scansAs(viewer: keyof typeof viewers, { title, document }: Listing): Promise<Scan[]> {
	const { database, sqlOf, send } = gateway();
	const statements = await sqlOf(async () => {
		const answer = await send(viewers[viewer], document);
		// What others may not read is nothing to look for; staff read everything.
		if (viewer === "staff" && !JSON.stringify(answer).includes('"hasNextPage"')) throw new Error(`${title} was answered: ${JSON.stringify(answer)}`);
	});
	const scans: Scan[] = [];
	for (const statement of statements) if (!statement.text.includes('"Token"')) scans.push(...(await scansOf(database, statement)));
	return scans.filter(({ table }) => !small.has(table));
}

/** What is wrong with how the list is read. */
async function problemsOf(listing: Listing): Promise<string[]> {
	const { title } = listing;
	const problems: string[] = [];
	for (const viewer of ["staff", "provider", "member"] as const) {
		const scans = await scansAs(viewer, listing);
		const whole = scans.filter(({ isWhole, table }) => isWhole && !readWhole.get(title)?.includes(table));
		problems.push(...whole.map(({ table, rows }) => `${title}: for ${viewer}, ${table} is read whole, ${rows} rows`));
		if (viewer === "staff") problems.push(...differences(title, scans));
	}
	return problems;
}

/** Where the scans are not what is expected of the list. */
function differences(title: string, scans: readonly Scan[]): string[] {
	const expectation = expectations.get(title) ?? "in order";
	if (typeof expectation === "object" && "otherwise" in expectation) return [];
	const many = scans.filter(({ rows }) => rows > few).map(({ table, index, rows }) => `${title}: ${rows} rows of ${table} are looked at, by ${index}`);
	if (expectation === "in order" || scans.length === 0) return many;
	const bounds = new RegExp(`\\b${expectation.column}\\b`);
	return scans.some(({ condition }) => bounds.test(condition)) ? many : [...many, `${title}: no index is bounded by ${expectation.column}`];
}

test("how every filter and every order of a list is served is written down, and of no others", () => {
	const titles = new Set(all.filter(({ isRoot }) => isRoot).map(({ title }) => title));
	expect([...expectations.keys()].sort()).toEqual([...titles].sort());
});

test.each([...new Set(all.map(({ list }) => list))])("%s is read by indexes, whatever it is filtered and ordered by, and whoever asks", async (list) => {
	const problems: string[] = [];
	for (const listing of all) if (listing.list === list) problems.push(...(await problemsOf(listing)));
	expect(problems).toEqual([]);
});
