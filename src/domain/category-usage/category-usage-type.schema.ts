import { builder } from "../../graphql/builder.ts";
import { namedIn } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { nodeNamedIn } from "../../graphql/fields/node.ts";
import { Category, CategoryComponent, CategoryComponentUsage, Customer, Project } from "../../graphql/nodes.ts";
import { printedId } from "./category-usage.ts";

const CategoryComponentUsageScope = builder.unionType("CategoryComponentUsageScope", {
	description: "Whose resources are totalled: a customer's, or those of one project.",
	types: [Customer, Project],
});

CategoryComponentUsage.implement({
	description:
		"A month's total of a category component for one customer or one project, computed when it is asked for. " +
		"There is one for each month in which something was reported or included in a plan.",
	fields: (t) => ({
		id: t.id({ description: "Identifies the total: pass it to categoryComponentUsage(id).", resolve: computed([], printedId) }),
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
