import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { typeNamed } from "./fixture.fields.ts";
import { insert, nodeId, uuidOf } from "./fixture.rows.ts";
import type { Data } from "./gateway.ts";

/** Something that people do in the fixture; what it answers stands under "answer". */
export interface Operation {
	readonly document: string;
	readonly variables: Data;
	/** Puts in place, or out of the way, what the operation takes away or brings. */
	readonly ready?: (database: Database) => Promise<void>;
}

/** A mutation or a query with an input, whose refusals are told by their codes. */
function withInput(root: "Mutation" | "Query", name: string, input: object, ready?: Operation["ready"]): Operation {
	const type = typeNamed(root)
		.getFields()
		[name]?.args.find((arg) => arg.name === "input")?.type;
	const document = `${root.toLowerCase()} ($input: ${type}) { answer: ${name}(input: $input) { __typename ... on Error { code } } }`;
	return { document, variables: { input }, ...(ready === undefined ? {} : { ready }) };
}

const change = (name: string, input: object, ready?: Operation["ready"]): Operation => withInput("Mutation", name, input, ready);

const read = (name: string, uuid: string): Operation => ({
	document: `query ($uuid: UUID!) { answer: ${name}(uuid: $uuid) { uuid } }`,
	variables: { uuid },
});

const readNode = (model: "PolicyFiring" | "Notification", name: string): Operation => ({
	document: "query ($id: ID!) { answer: node(id: $id) { id } }",
	variables: { id: nodeId(model, uuidOf(model, name)) },
});

const readTotals = (model: "Customer" | "Project", name: string): Operation => ({
	document: "query ($scope: ID!) { answer: categoryComponentUsages(scope: $scope) { totalCount } }",
	variables: { scope: nodeId(model, uuidOf(model, name)) },
});

const resource = uuidOf("Resource", "n1 compute");
const offering = uuidOf("Offering", "compute");
const componentUsage = uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01");
const usages = [{ type: "cpu", amount: "77" }];
const part = { componentUsage, username: "ann", usage: "77" };
const componentLimits = [{ type: "cpu", limit: "1000000" }];
const policyOn = (scope: string) => ({ scope, applyToAll: true, componentLimits });
const notifying = { actions: ["NOTIFY_ORGANIZATION_OWNERS"] };

const limit = {
	uuid: uuidOf("ComponentUserUsageLimit", "n1 compute ram"),
	resourceUuid: resource,
	componentUuid: uuidOf("OfferingComponent", "compute ram"),
	userUuid: uuidOf("OfferingUser", "ann compute"),
	offeringUuid: offering,
	limit: "1000",
};
const noLimit = async (database: Database): Promise<void> => {
	await database.rows(sql`delete from "ComponentUserUsageLimit" where "resourceUuid" = ${resource}::uuid and "componentUuid" = ${limit.componentUuid}::uuid`);
};
const oneLimit = async (database: Database): Promise<void> => {
	await noLimit(database);
	await insert(database, "ComponentUserUsageLimit", [limit]);
};

const policy = { uuid: uuidOf("OfferingUsagePolicy", "compute three"), scopeUuid: offering, ...notifying, externalUserEmails: [], applyToAll: true };
const onePolicy = async (database: Database): Promise<void> => {
	await database.rows(sql`delete from "OfferingUsagePolicy" where "uuid" = ${policy.uuid}::uuid`);
	await insert(database, "OfferingUsagePolicy", [policy]);
};

const record = {
	uuid: uuidOf("ComponentUsage", "n1 compute cpu 2026-09-01"),
	resourceUuid: resource,
	componentUuid: uuidOf("OfferingComponent", "compute cpu"),
	offeringUuid: offering,
	projectUuid: uuidOf("Project", "n1"),
	customerUuid: uuidOf("Customer", "north"),
	type: "cpu",
	usage: "9",
	date: "2026-09-19T09:00:00.000Z",
	billingPeriod: "2026-09-01",
};
const oneRecord = async (database: Database): Promise<void> => {
	await database.rows(sql`delete from "ComponentUsage" where "uuid" = ${record.uuid}::uuid`);
	await insert(database, "ComponentUsage", [record]);
};

const plan = { uuid: uuidOf("Plan", "compute, dear"), offeringUuid: offering, name: "dear" };
const otherPlan = async (database: Database): Promise<void> => {
	const [known] = await database.rows(sql`select from "Plan" where "uuid" = ${plan.uuid}::uuid`);
	if (known === undefined) await insert(database, "Plan", [plan]);
	await database.rows(sql`update "Resource" set "planUuid" = ${uuidOf("Plan", "compute")}::uuid where "uuid" = ${resource}::uuid`);
};

/** What the access table tells of: on the resource "n1 compute" of customer north, and on offering compute of alpine, unless told otherwise. */
export const operations: Readonly<Record<string, Operation>> = {
	"read a resource": read("resource", resource),
	"read a resource of the customer's other project": read("resource", uuidOf("Resource", "n2 compute")),
	"read a usage": read("componentUsage", componentUsage),
	"read a user usage": read("componentUserUsage", uuidOf("ComponentUserUsage", "n1 compute cpu 2026-11-01 ann")),
	"setUsage of a resource": change("setUsage", { resource, usages }),
	"setUsage of a plan period": change("setUsage", { planPeriod: uuidOf("ResourcePlanPeriod", "n1 compute"), usages }),
	setUsages: change("setUsages", [{ resource, usages }]),
	setUserUsage: change("setUserUsage", part),
	setUserUsages: change("setUserUsages", [part]),
	deleteComponentUsage: change("deleteComponentUsage", { uuid: record.uuid }, oneRecord),
	"read a per-user limit": read("componentUserUsageLimit", uuidOf("ComponentUserUsageLimit", "n1 compute cpu")),
	createComponentUserUsageLimit: change("createComponentUserUsageLimit", { resource, component: limit.componentUuid, user: limit.userUuid }, noLimit),
	updateComponentUserUsageLimit: change("updateComponentUserUsageLimit", { uuid: limit.uuid, limit: "7" }, oneLimit),
	deleteComponentUserUsageLimit: change("deleteComponentUserUsageLimit", { uuid: limit.uuid }, oneLimit),
	"read a policy": read("offeringUsagePolicy", uuidOf("OfferingUsagePolicy", "compute one")),
	"read a policy of the provider's other offering": read("offeringUsagePolicy", uuidOf("OfferingUsagePolicy", "draft one")),
	"read a firing": readNode("PolicyFiring", "compute one FIRED"),
	"read a notification": readNode("Notification", "compute one FIRED owner"),
	previewOfferingUsagePolicy: withInput("Query", "previewOfferingUsagePolicy", policyOn(offering)),
	createOfferingUsagePolicy: change("createOfferingUsagePolicy", { ...policyOn(offering), ...notifying }),
	"createOfferingUsagePolicy on the provider's other offering": change("createOfferingUsagePolicy", {
		...policyOn(uuidOf("Offering", "draft")),
		...notifying,
	}),
	updateOfferingUsagePolicy: change("updateOfferingUsagePolicy", { uuid: policy.uuid, componentLimits }, onePolicy),
	deleteOfferingUsagePolicy: change("deleteOfferingUsagePolicy", { uuid: policy.uuid }, onePolicy),
	"category usages of the customer": readTotals("Customer", "north"),
	"category usages of the project": readTotals("Project", "n1"),
	"category usages of the customer's other project": readTotals("Project", "n2"),
	"customer quotas": { document: "{ answer: customerQuotas(quotaName: NC_PROJECT_COUNT) { totalCount } }", variables: {} },
	updateCustomer: change("updateCustomer", { uuid: record.customerUuid, blocked: false }),
	createResource: change("createResource", { name: "new", offering, project: record.projectUuid }),
	"createResource in the customer's other project": change("createResource", { name: "new", offering, project: uuidOf("Project", "n2") }),
	setResourceState: change("setResourceState", { resource, state: "OK" }),
	setResourcePlan: change("setResourcePlan", { resource, plan: plan.uuid }, otherPlan),
};
