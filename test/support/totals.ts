import { sql } from "../../src/database/sql.ts";
import { nodeId } from "./fixture.rows.ts";
import type { Answer, Data, Gateway } from "./gateway.ts";
import { insert } from "./insert.ts";
import { makeProvider, type Provider } from "./provider.ts";

/** Lists the totals of a scope with all that tests look at. */
export const listDocument = `query ($scope: ID!, $filter: CategoryComponentUsageFilter, $first: Int, $last: Int, $after: String, $before: String) {
	categoryComponentUsages(scope: $scope, filter: $filter, first: $first, last: $last, after: $after, before: $before) {
		totalCount
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
		nodes { id date type name measuredUnit reportedUsage fixedUsage }
	}
}`;

/** A provider whose components are totalled in the category components of the same type, and a member of staff who reads. */
export interface World {
	readonly provider: Provider;
	readonly staff: string;
	readonly category: string;
	component(type: string, totalledAs: string | null): Promise<string>;
	/** What the provider's plan includes of the component. */
	included(component: string, amount: string): Promise<void>;
	/** A resource whose creation and project are known. */
	resource(options?: { customer?: string; created?: string }): Promise<{ uuid: string; customer: string; project: string }>;
	list(kind: "Customer" | "Project", uuid: string, variables?: Data): Promise<Answer>;
	/** "month type reported fixed" of each total. */
	totals(kind: "Customer" | "Project", uuid: string, variables?: Data): Promise<string[]>;
}

export async function makeWorld(gateway: Gateway): Promise<World> {
	const { database } = gateway;
	const provider = await makeProvider(gateway);
	const staff = await provider.staffToken();
	const category = await insert(database, "Category", { title: "Compute" });
	const categoryComponents = new Map<string, string>();
	const categoryComponent = async (type: string) => {
		const known = categoryComponents.get(type);
		if (known !== undefined) return known;
		const uuid = await insert(database, "CategoryComponent", { categoryUuid: category, type, name: `All ${type}`, measuredUnit: "h" });
		categoryComponents.set(type, uuid);
		return uuid;
	};
	const list: World["list"] = async (kind, uuid, variables = {}) =>
		(await gateway.ask(staff, listDocument, { scope: nodeId(kind, uuid), ...variables })).categoryComponentUsages;
	return {
		provider,
		staff,
		category,
		component: async (type, totalledAs) => {
			const component = await provider.component(type);
			const parent = totalledAs === null ? null : await categoryComponent(totalledAs);
			await database.rows(sql`update "OfferingComponent" set "categoryComponentUuid" = ${parent}::uuid where "uuid" = ${component}::uuid`);
			return component;
		},
		included: async (component, amount) => {
			await insert(database, "PlanComponent", { planUuid: provider.plan, componentUuid: component, offeringUuid: provider.offering, amount });
		},
		resource: async ({ customer, created = "2026-01-01T00:00:00Z" } = {}) => {
			const uuid = await provider.resource(customer === undefined ? {} : { customer });
			const [row] = await database.rows<{ project: string; customer: string }>(
				sql`update "Resource" set "created" = ${created}::timestamptz where "uuid" = ${uuid}::uuid returning "projectUuid" as "project", "customerUuid" as "customer"`,
			);
			if (row === undefined) throw new Error("The resource was not stored.");
			return { uuid, ...row };
		},
		list,
		totals: async (kind, uuid, variables) =>
			(await list(kind, uuid, variables)).nodes.map((node: Answer) => [node.date.slice(0, 7), node.type, node.reportedUsage, node.fixedUsage].join(" ")),
	};
}
