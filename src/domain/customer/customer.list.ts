import { identifier, identifiers } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Customer, Project } from "../../graphql/nodes.ts";
import { byName, type List } from "../../reading/list.ts";
import { search } from "../name/name.list.ts";

/** What customers and projects are ordered by. */
const orders = {
	NAME: { description: "The name.", column: "name", type: "text" },
	CREATED: { description: "When they were created.", column: "created", type: "timestamptz" },
} as const;

/** All customers, by name unless another order is asked for. */
export const customers = list(Customer, { items: "customers", filters: { search: search() }, orders, order: byName("Customer") });

/** A customer's organization groups, by name. */
export const customerGroupList = {
	model: "OrganizationGroup",
	key: "OrganizationGroup of Customer",
	where: [],
	order: byName("OrganizationGroup"),
	parent: { table: "CustomerOrganizationGroup", parent: "customerUuid", child: "organizationGroupUuid" },
} as const satisfies List;

/** Projects, by name unless another order is asked for. */
export const projects = list(Project, {
	items: "projects",
	filters: {
		search: search(),
		customerUuid: identifier("Customer", "Of this customer."),
		customers: identifiers("Customer", "Of one of these customers.", { column: "customerUuid" }),
	},
	orders,
	order: byName("Project"),
});
