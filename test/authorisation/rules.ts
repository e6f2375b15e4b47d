import { type Row, whoSeesWhat } from "../support/fixture.sees.ts";

/**
 * How a field is read by those who see the object that has it. To anybody else the object is not there, and none of its fields.
 *
 * - seen: as staff reads it
 * - listed: of what staff reads there, what the viewer sees by itself; counted and paged as if there was nothing else
 * - people: as staff reads it by support and the consumer's side, but for what is of removed projects; an empty list for others
 * - own: as staff reads it by staff, support and the person; null for others
 * - owners: as staff reads it by staff, support and the customer's owners; FORBIDDEN for others
 * - providers: as staff reads it by staff, support and the provider's owners; null for others
 */
export type Rule = "seen" | "listed" | "people" | "own" | "owners" | "providers";

/** The rule of every field of every type that is stored. One line for each type and rule. */
const stored = `
Category: seen: id uuid title created modified components
Category: listed: offerings
CategoryComponent: seen: id uuid type name measuredUnit created modified category
ComponentUsage: seen: id uuid type usage date billingPeriod recurring description created modified resource component planPeriod modifiedBy delivery
ComponentUsage: listed: userUsages
ComponentUserUsage: seen: id uuid username usage created modified componentUsage user delivery
ComponentUserUsageLimit: seen: id uuid limit used created modified resource component user delivery
Customer: seen: id uuid name abbreviation blocked archived created modified
Customer: listed: organizationGroups projects resources offerings componentUsages
Customer: people: categoryComponentUsages
Customer: owners: quota
Notification: seen: id uuid action state firings attempts error sent due queued created modified firing offering policy
Notification: providers: recipient
Offering: seen: id uuid name state pluginOptions backendId supportsPerUserLimits created modified provider category components
Offering: listed: plans resources policies users
OfferingComponent: seen: id uuid type name description measuredUnit billingType limitPeriod limitAmount created modified offering categoryComponent
OfferingComponent: listed: usages
OfferingUsagePolicy: seen: id uuid actions options applyToAll period periodName hasFired firedDatetime created modified scope createdBy organizationGroups componentLimits delivery
OfferingUsagePolicy: listed: firings
OfferingUser: seen: id uuid username isRestricted created modified offering user
OfferingUser: listed: limits usages
OrganizationGroup: seen: id uuid name created modified parent
Plan: seen: id uuid name unit unitPrice archived created modified offering components
PlanComponent: seen: id uuid amount price created modified plan component
PolicyFiring: seen: id uuid kind windowStart windowEnd created modified position policy offering cause breaches
PolicyFiring: listed: notifications
Project: seen: id uuid name isRemoved created modified customer
Project: listed: resources
Project: people: categoryComponentUsages
Resource: seen: id uuid name state backendId limits currentUsages created modified offering project customer plan usageSeries
Resource: listed: planPeriods componentUsages userUsages userUsageLimits
ResourcePlanPeriod: seen: id uuid start end created modified resource plan
User: seen: id uuid username fullName isStaff isSupport isActive created modified
User: own: email
`;

const lines = stored
	.trim()
	.split("\n")
	.map((line) => line.split(": "));

/** The rule of each stored object's field, by "Type.field". */
export const rules: ReadonlyMap<string, Rule> = new Map(
	lines.flatMap(([type = "", rule, fields = ""]) => fields.split(" ").map((field) => [`${type}.${field}`, rule as Rule] as const)),
);

/** Fields of what is no object of its own: they are read as the field that leads to them is. */
export const carried: readonly string[] = `
CategoryComponentUsage: id category categoryComponent type name measuredUnit date reportedUsage fixedUsage scope
ComponentAmount: type amount
CustomerQuota: quotaName customer name abbreviation value
OfferingUsagePolicyComponentLimit: component limit used exceeded
OfferingUsagePolicyOptions: externalUserEmails
OfferingUsagePolicyPreview: componentLimits firedMonths months wouldFire
OfferingUsagePolicyPreviewMonth: billingPeriod componentLimits exceeded fired
PolicyBreach: component used limit
UsageSeries: type name measuredUnit component username points
UsageSeriesPoint: billingPeriod usage
WaldurDelivery: state attempts error queued sent
WaldurSync: state isRunning lastSuccess lastWhole lag error lists
WaldurSyncList: name read changed removed refused held
PageInfo: endCursor hasNextPage hasPreviousPage startCursor
Problem: code message path
ForbiddenError: code message path problems
InvalidInputError: code message path problems
NotFoundError: code message path problems
PositionExpiredError: code message path problems
RuleError: code message path problems
CreateComponentUserUsageLimitPayload: componentUserUsageLimit
CreateOfferingUsagePolicyPayload: firings offeringUsagePolicy
CreateResourcePayload: resource
DeleteComponentUsagePayload: deletedComponentUsageId firings uuid
DeleteComponentUserUsageLimitPayload: deletedComponentUserUsageLimitId uuid
DeleteOfferingUsagePolicyPayload: deletedOfferingUsagePolicyId firings uuid
SetResourcePlanPayload: resource
SetResourceStatePayload: resource
SetUsagePayload: componentUsages firings
SetUsagesPayload: firings results
SetUserUsagePayload: componentUserUsage
SetUserUsagesPayload: componentUserUsages
UpdateComponentUserUsageLimitPayload: componentUserUsageLimit
UpdateCustomerPayload: customer firings
UpdateOfferingUsagePolicyPayload: firings offeringUsagePolicy
PolicyFiringEvent: firing position previous
UsageReportedEvent: componentUsage position previous
`
	.trim()
	.split("\n")
	.map((line) => line.split(": "))
	.flatMap(([type, fields = ""]) => fields.split(" ").map((field) => `${type}.${field}`));

/** Every page has these, and tells by them of what its list has for the viewer. */
export const pageFields: readonly [suffix: string, fields: readonly string[]][] = [
	["Connection", ["edges", "nodes", "pageInfo", "totalCount"]],
	["Edge", ["cursor", "node"]],
];

/** Those whose answers are looked at, and what each of them may beyond seeing: on what, by the name of the customer, project or offering. */
export interface Viewer {
	readonly name: string;
	readonly row: Row;
	/** Of which customers and projects it is the consumer's side. */
	readonly consumes: readonly string[];
	/** Whose owner it is. */
	readonly owns: readonly string[];
	/** Reports of which providers and offerings it may send. */
	readonly reports: readonly string[];
	/** In which customers and projects it sets limits and creates resources. */
	readonly limits: readonly string[];
}

const rowOf = (viewer: string): Row => {
	const row = Object.values(whoSeesWhat).find((one) => one.viewer === viewer);
	if (row === undefined) throw new Error(`Nothing says what ${viewer} sees.`);
	return row;
};

const viewer = (name: string, may: Partial<Viewer> = {}): Viewer => ({ name, row: rowOf(name), consumes: [], owns: [], reports: [], limits: [], ...may });

const north = ["north", "n1", "n2"];

export const viewers: readonly Viewer[] = [
	viewer("staff"),
	viewer("support"),
	viewer("northowner", { consumes: north, owns: ["north"], limits: ["north"] }),
	viewer("northmanager", { consumes: north }),
	viewer("projectmanager", { consumes: ["n1"], limits: ["n1"] }),
	viewer("ann", { consumes: ["n1"] }),
	viewer("alpineowner", { consumes: ["alpine"], owns: ["alpine"], reports: ["alpine"] }),
	viewer("alpinesupport", { consumes: ["alpine"] }),
	viewer("balticowner", { consumes: ["baltic"], owns: ["baltic"], reports: ["baltic"] }),
	viewer("computemanager", { reports: ["compute"] }),
	viewer("stranger"),
];

export const seesAll = ({ name }: Viewer): boolean => name === "staff" || name === "support";
