import { builder } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { namedIn } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { loadedById, nodeNamedIn } from "../../graphql/fields/node.ts";
import { Category, CategoryComponent, CategoryComponentUsage, Customer, Project } from "../../graphql/nodes.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { type Calendar, categoryUsagesWithKeys } from "./category-usage.store.ts";
import { type CategoryUsage, keyIn, printedId } from "./category-usage.ts";

const CategoryComponentUsageScope = builder.unionType("CategoryComponentUsageScope", {
	description: "Whose resources are totalled: a customer's, or those of one project.",
	types: [Customer, Project],
});

export const calendar = ({ clock, timeZone }: Context): Calendar => ({ currentMonth: billingPeriodAt(clock(), timeZone), timeZone });

/** Reads totals by what their ids hold, one statement for those of customers and one for those of projects. */
async function totalsWithIds(ids: readonly string[], context: Context): Promise<(CategoryUsage | null)[]> {
	const keys = ids.map(keyIn);
	const found = new Map<string, CategoryUsage>();
	for (const kind of ["Customer", "Project"] as const) {
		const ofKind = keys.filter((key) => key?.scopeKind === kind).filter((key) => key !== undefined);
		const totals = ofKind.length === 0 ? [] : await categoryUsagesWithKeys(context.database, context.viewer, kind, calendar(context), ofKind);
		for (const total of totals) if (total !== null) found.set(printedId(total), total);
	}
	return keys.map((key) => (key && found.get(printedId(key))) ?? null);
}

CategoryComponentUsage.implement({
	...loadedById(totalsWithIds),
	interfaces: [builder.nodeInterfaceRef()],
	description:
		"A month's total of a category component for one customer or one project, computed when it is asked for. " +
		"There is one for each month in which something was reported or included in a plan.",
	fields: (t) => ({
		id: t.id({ description: "Identifies the object among all objects: pass it to node(id).", resolve: computed([], printedId) }),
		category: t.field({
			type: Category,
			description: "The category whose offerings are totalled.",
			resolve: namedIn("Category", ({ categoryUuid }) => categoryUuid),
		}),
		categoryComponent: t.field({
			type: CategoryComponent,
			description: "The unit of the category that is totalled.",
			resolve: namedIn("CategoryComponent", ({ categoryComponentUuid }) => categoryComponentUuid),
		}),
		type: t.exposeString("type", { description: "Internal name of the measured unit, such as floating_ip." }),
		name: t.exposeString("name", { description: "Display name of the measured unit, such as Floating IP." }),
		measuredUnit: t.exposeString("measuredUnit", { description: "Unit of the two figures, such as GB." }),
		date: t.expose("date", { type: "Date", description: "First day of the month, in the service's time zone." }),
		reportedUsage: t.expose("reportedUsage", {
			type: "Decimal",
			nullable: true,
			description: "What was reported for the billing month, whenever it was reported, in the measured unit; null when nothing was.",
		}),
		fixedUsage: t.expose("fixedUsage", {
			type: "Decimal",
			nullable: true,
			description: "What the plans included that applied during the month or a part of it, in the measured unit; null when none names the component.",
		}),
		scope: t.field({
			type: CategoryComponentUsageScope,
			description: "The customer or the project whose resources are totalled.",
			resolve: nodeNamedIn(({ scopeKind, scopeUuid }) => ({ typename: scopeKind, id: scopeUuid })),
		}),
	}),
});
