import type { ListName } from "./source.ts";
import type { Parameter } from "./walk.ts";

/** How one list is asked of a running Waldur. */
export interface Endpoint {
	/** Under the base address. */
	readonly path: string;
	/** What must be asked for. */
	readonly parameters?: readonly Parameter[];
	/** Fields that are asked for: those that src/import/lists reads, and the uuid that tells records apart. */
	readonly fields: readonly string[];
	/** What the list is ordered by, where Waldur offers an order; elsewhere it has its own. */
	readonly order?: string;
	/** Which filters for what changed Waldur has: by the moment of the change, or by day and billing month. */
	readonly filters?: "modified" | "usages";
}

/** Without it Waldur leaves removed projects out, whose resources have been used. */
const removedToo: readonly Parameter[] = [["include_terminated", "true"]];

/** Lists that stand at an address of their own; one request may bring any of their records. */
export const endpoints = {
	"organization-groups": { path: "organization-groups/", fields: ["uuid", "name", "parent_uuid"] },
	customers: {
		path: "customers/",
		fields: ["uuid", "name", "abbreviation", "blocked", "archived", "organization_groups", "created"],
		order: "created",
	},
	users: {
		path: "users/",
		fields: ["uuid", "username", "full_name", "email", "is_staff", "is_support", "is_active"],
		order: "username",
		filters: "modified",
	},
	projects: {
		path: "projects/",
		parameters: removedToo,
		fields: ["uuid", "name", "customer_uuid", "is_removed", "created"],
		order: "created",
		filters: "modified",
	},
	"marketplace-categories": { path: "marketplace-categories/", fields: ["uuid", "title", "components"] },
	"marketplace-provider-offerings": {
		path: "marketplace-provider-offerings/",
		fields: ["uuid", "name", "state", "customer_uuid", "category_uuid", "plugin_options", "backend_id", "components", "plans", "shared", "organization_groups"],
		order: "created",
		filters: "modified",
	},
	"marketplace-resources": {
		path: "marketplace-resources/",
		fields: ["uuid", "name", "state", "offering_uuid", "project_uuid", "plan_uuid", "backend_id", "limits", "current_usages", "created", "modified"],
		order: "created",
		filters: "modified",
	},
	"marketplace-offering-users": {
		path: "marketplace-offering-users/",
		fields: ["uuid", "offering_uuid", "user_uuid", "username", "is_restricted"],
		order: "created",
		filters: "modified",
	},
	"marketplace-component-usages": {
		path: "marketplace-component-usages/",
		fields: ["uuid", "resource_uuid", "offering_uuid", "type", "usage", "date", "billing_period", "recurring", "description", "created"],
		order: "created",
		filters: "usages",
	},
	"marketplace-component-user-usages": {
		path: "marketplace-component-user-usages/",
		fields: ["uuid", "component_usage", "username", "usage", "user", "created", "modified"],
		order: "created",
		filters: "usages",
	},
	"component-user-usage-limits": { path: "component-user-usage-limits/", fields: ["uuid", "resource", "component", "user", "limit"] },
	"marketplace-offering-usage-policies": {
		path: "marketplace-offering-usage-policies/",
		fields: [
			...["uuid", "scope_uuid", "actions", "created", "created_by_username", "has_fired", "fired_datetime", "options", "organization_groups"],
			...["apply_to_all", "component_limits_set", "period"],
		],
	},
	"customer-quotas": { path: "customer-quotas/", fields: ["customer_name", "customer_abbreviation", "value"] },
} as const satisfies Partial<Record<ListName, Endpoint>>;

/** All roles of all users; a Waldur before it had this list has one at each object. */
export const userPermissions = {
	path: "user-permissions/",
	fields: ["uuid", "user_uuid", "role_name", "scope_type", "scope_uuid", "expiration_time"],
	filters: "modified",
} as const satisfies Endpoint;

export type PartList = Exclude<ListName, keyof typeof endpoints>;

export const isPartList = (list: ListName): list is PartList => Object.hasOwn(parts, list);

interface PartOf {
	/** The list of the objects. */
	readonly of: keyof typeof endpoints;
	/** Under the address of an object. */
	readonly path: string;
	/** The field that names the object here. */
	readonly owner: string;
	readonly fields: readonly string[];
}

const roles = { path: "list_users", owner: "scope_uuid", fields: ["uuid", "user_uuid", "role_name", "expiration_time"] };

/** Lists that each object of another list has of its own. */
export const parts: Readonly<Record<PartList, PartOf>> = {
	"customer-permissions": { of: "customers", ...roles },
	"project-permissions": { of: "projects", ...roles },
	"offering-permissions": { of: "marketplace-provider-offerings", ...roles },
	// A resource whose plan is switched has changed.
	"resource-plan-periods": { of: "marketplace-resources", path: "plan_periods", owner: "resource_uuid", fields: ["uuid", "plan_uuid", "start", "end"] },
};
