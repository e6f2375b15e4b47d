import { CustomerRoleName, OfferingRoleName, ProjectRoleName } from "../../graphql/enums.ts";
import { oneOf } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { CustomerRole, OfferingRole, ProjectRole } from "../../graphql/nodes.ts";
import { type OrderColumn, thenUuid } from "../../reading/list.ts";

type Grant = "CustomerRole" | "ProjectRole" | "OfferingRole";

/** By the name of what the role is on, where a person may have several. */
const byNameOf = (grant: Grant, link: string, descending = false): readonly OrderColumn[] => [
	{ column: `${link}.name`, type: "text", descending },
	thenUuid(grant, descending),
];

const orders = (grant: Grant, link: string) => ({
	NAME: { description: `The name of the ${link}.`, columns: (descending: boolean) => byNameOf(grant, link, descending) },
	CREATED: { description: "When they were granted.", column: "created", type: "timestamptz" } as const,
});

/** A person's own roles on customers, by the customer's name unless another order is asked for; likewise those below. */
export const customerGrants = list(CustomerRole, {
	items: "roles on customers",
	filters: { roles: oneOf(CustomerRoleName, "One of these roles.", { column: "role" }) },
	orders: orders("CustomerRole", "customer"),
	order: byNameOf("CustomerRole", "customer"),
});

export const projectGrants = list(ProjectRole, {
	items: "roles in projects",
	filters: { roles: oneOf(ProjectRoleName, "One of these roles.", { column: "role" }) },
	orders: orders("ProjectRole", "project"),
	order: byNameOf("ProjectRole", "project"),
});

export const offeringGrants = list(OfferingRole, {
	items: "roles for offerings",
	filters: { roles: oneOf(OfferingRoleName, "One of these roles.", { column: "role" }) },
	orders: orders("OfferingRole", "offering"),
	order: byNameOf("OfferingRole", "offering"),
});
