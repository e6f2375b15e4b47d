import type { ModelName } from "../../database/model.ts";
import { conditions, hasUuid } from "../../reading/conditions.ts";
import { type List, type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";

const byName = (model: ModelName): readonly OrderColumn[] => [{ column: "name", type: "text" }, thenUuid(model)];

/** All customers, by name. */
export const customerList = { model: "Customer", key: "Customer", where: [], order: byName("Customer") } as const satisfies List;

/** A customer's organization groups, by name. */
export const customerGroupList = {
	model: "OrganizationGroup",
	key: "OrganizationGroup of Customer",
	where: [],
	order: byName("OrganizationGroup"),
	parent: { table: "CustomerOrganizationGroup", parent: "customerUuid", child: "organizationGroupUuid" },
} as const satisfies List;

export interface ProjectFilter {
	customerUuid?: Given<string>;
}

/** Projects, by name. */
export function projectList(filter: Given<ProjectFilter>, parent?: Parent): List & { model: "Project" } {
	return {
		model: "Project",
		key: JSON.stringify(["Project", parent, filter]),
		where: conditions(hasUuid("t", "customerUuid", filter?.customerUuid)),
		order: byName("Project"),
		...(parent === undefined ? {} : { parent }),
	};
}
