import { type Sql, sql } from "../../database/sql.ts";
import type { TableImport } from "../list.ts";
import { absent, asGiven, groupsOf, sharedColumn, taken } from "../sql-text.ts";

const offering: TableImport = {
	table: "Offering",
	sourced: true,
	key: ["uuid"],
	incoming: {
		uuid: "uuid",
		name: "text",
		state: `"OfferingState"`,
		providerUuid: "uuid",
		categoryUuid: "uuid",
		pluginOptions: "jsonb",
		backendId: "text",
		shared: "boolean",
		groups: "uuid[]",
	},
	columns: { ...asGiven("uuid", "name", "state", "providerUuid", "categoryUuid", "pluginOptions", "backendId"), shared: sharedColumn },
	joins: `left join "Customer" provider on provider."uuid" = i."providerUuid" left join "Category" category on category."uuid" = i."categoryUuid"
	left join "Offering" stored on stored."uuid" = i."uuid"`,
	problems: [absent("provider", "customer_uuid", "a customer", "providerUuid"), absent("category", "category_uuid", "a category", "categoryUuid")],
	distinct: [["uuid"]],
	modified: true,
};

/** A component is totalled in the one of its offering's category that has its type. */
const component: TableImport = {
	table: "OfferingComponent",
	key: ["uuid"],
	incoming: {
		uuid: "uuid",
		offeringUuid: "uuid",
		type: "text",
		name: "text",
		description: "text",
		measuredUnit: "text",
		billingType: `"BillingType"`,
		limitPeriod: `"LimitPeriod"`,
		limitAmount: "integer",
	},
	columns: {
		...asGiven("uuid", "offeringUuid", "type", "name", "description", "measuredUnit", "billingType", "limitPeriod", "limitAmount"),
		categoryComponentUuid: `parent."uuid"`,
	},
	joins: `join "Offering" offering on offering."uuid" = i."offeringUuid"
	left join "CategoryComponent" parent on parent."categoryUuid" = offering."categoryUuid" and parent."type" = i."type"
	left join "OfferingComponent" stored on stored."uuid" = i."uuid"
	left join "OfferingComponent" other on other."offeringUuid" = i."offeringUuid" and other."type" = i."type" and other."uuid" <> i."uuid"`,
	problems: [
		{ when: `stored."offeringUuid" <> i."offeringUuid"`, field: "uuid", reason: `'is a component of another offering: ' || stored."offeringUuid"` },
		taken("other", "type", "is the type of another component of the offering"),
	],
	distinct: [["uuid"], ["offeringUuid", "type"]],
	modified: true,
};

const plan: TableImport = {
	table: "Plan",
	key: ["uuid"],
	incoming: { uuid: "uuid", offeringUuid: "uuid", name: "text", unit: "text", unitPrice: "numeric", archived: "boolean", shared: "boolean", groups: "uuid[]" },
	columns: { ...asGiven("uuid", "offeringUuid", "name", "unit", "unitPrice", "archived"), shared: sharedColumn },
	joins: `left join "Plan" stored on stored."uuid" = i."uuid"`,
	problems: [{ when: `stored."offeringUuid" <> i."offeringUuid"`, field: "uuid", reason: `'is a plan of another offering: ' || stored."offeringUuid"` }],
	distinct: [["uuid"]],
	modified: true,
};

/** As of a plan's parts: of a refused plan, they go with it. */
const planGroups: TableImport = (() => {
	const groups = groupsOf("PlanOrganizationGroup", "planUuid");
	return { ...groups, joins: `join "Plan" plan on plan."uuid" = i."planUuid" ${groups.joins}` };
})();

/** The join to the plan is an inner one: a refused plan has been reported, and its parts go with it. */
const planComponent: TableImport = {
	table: "PlanComponent",
	key: ["planUuid", "componentUuid"],
	incoming: { planUuid: "uuid", type: "text", amount: "numeric", price: "numeric" },
	columns: { ...asGiven("planUuid", "amount", "price"), componentUuid: `component."uuid"`, offeringUuid: `plan."offeringUuid"` },
	joins: `join "Plan" plan on plan."uuid" = i."planUuid"
	left join "OfferingComponent" component on component."offeringUuid" = plan."offeringUuid" and component."type" = i."type"`,
	problems: [absent("component", "quotas", "a component", "type")],
	distinct: [["planUuid", "type"]],
	modified: true,
	owner: "planUuid",
};

/** Tables of an offering, in the order in which they are written. */
export const offeringTables: readonly TableImport[] = [
	offering,
	groupsOf("OfferingOrganizationGroup", "offeringUuid"),
	component,
	plan,
	planGroups,
	planComponent,
];

/** Links components that their offering's record does not have any more: the offering, or its category, may have changed since. */
export const linkLeftComponents: Sql = sql`
	update "OfferingComponent" c set "categoryComponentUuid" = linked."parent", "modified" = now()
	from (
		select own."uuid", parent."uuid" as "parent" from "OfferingComponent" own join "Offering" offering on offering."uuid" = own."offeringUuid"
		left join "CategoryComponent" parent on parent."categoryUuid" = offering."categoryUuid" and parent."type" = own."type"
	) linked
	where linked."uuid" = c."uuid" and c."categoryComponentUuid" is distinct from linked."parent"
`;
