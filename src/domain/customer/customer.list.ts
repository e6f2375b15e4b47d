import { identifier } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Customer, Project } from "../../graphql/nodes.ts";
import { byName, type List } from "../../reading/list.ts";

/** All customers, by name. */
export const customers = list(Customer, { items: "customers", order: byName("Customer") });

/** A customer's organization groups, by name. */
export const customerGroupList = {
	model: "OrganizationGroup",
	key: "OrganizationGroup of Customer",
	where: [],
	order: byName("OrganizationGroup"),
	parent: { table: "CustomerOrganizationGroup", parent: "customerUuid", child: "organizationGroupUuid" },
} as const satisfies List;

/** Projects, by name. */
export const projects = list(Project, {
	items: "projects",
	filters: { customerUuid: identifier("Customer", "Of this customer.") },
	order: byName("Project"),
});
