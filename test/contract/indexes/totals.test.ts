import { beforeAll, expect, test } from "vitest";
import { gatewayForFile } from "../../support/gateway.ts";
import { person } from "../../support/person.ts";
import { example, fillMarketplace } from "./marketplace.ts";
import { scansOf } from "./plan.ts";

const gateway = gatewayForFile();

let staff: string;
let provider: string;
let member: string;

beforeAll(async () => {
	await fillMarketplace(gateway().database);
	staff = await person(gateway(), [], { isStaff: true });
	provider = await person(gateway(), [["CustomerRole", { customerUuid: example.provider, role: "OWNER" }]]);
	member = await person(gateway(), [["ProjectRole", { projectUuid: example.project, role: "MEMBER" }]]);
});

const month = 'billingPeriodFrom: "2025-03-01", billingPeriodTo: "2025-03-01"';

test.each<[what: string, who: () => string, filter: string, column: string]>([
	["of a customer's month", () => staff, `customers: ["${example.customer}"], ${month}`, "customerUuid"],
	["of a project", () => staff, `projects: ["${example.project}"]`, "projectUuid"],
	["of a resource", () => staff, `resources: ["${example.resource}"]`, "resourceUuid"],
	["of an offering's month", () => staff, `offerings: ["${example.offering}"], ${month}`, "offeringUuid"],
	["of a provider's month", () => staff, `providers: ["${example.provider}"], ${month}`, "offeringUuid"],
	["of what a provider sees in a month", () => provider, month, "offeringUuid"],
	["of what a member sees", () => member, "", "projectUuid"],
])("the records %s are found by an index", async (_what, who, filter, column) => {
	const { sqlOf, ask, database } = gateway();
	const statements = await sqlOf(() => ask(who(), `{ usageTotals(groupBy: [MONTH], filter: { ${filter} }) { nodes { total } } }`));
	const scans = await Promise.all(statements.filter(({ text }) => !text.includes('"Token"')).map((statement) => scansOf(database, statement)));
	const ofRecords = scans.flat().filter(({ table }) => table === "ComponentUsage");
	expect(ofRecords.map(({ isWhole }) => isWhole)).not.toContain(true);
	expect(ofRecords.map(({ condition }) => condition).join()).toContain(column);
});
