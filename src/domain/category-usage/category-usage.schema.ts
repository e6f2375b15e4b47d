import { builder } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { notFound } from "../../graphql/errors.ts";
import { loadedBy } from "../../graphql/fields/loaded.ts";
import { computedPage } from "../../graphql/fields/page.ts";
import type { ComputedPages } from "../../graphql/fields/source.ts";
import { naming } from "../../graphql/identifiers.ts";
import { CategoryComponentUsage, Customer, Project } from "../../graphql/nodes.ts";
import { type FilterOf, filterConditions } from "../../reading/declared-list.ts";
import type { PageArguments } from "../../reading/page.ts";
import type { Maybe } from "../../shared/maybe.ts";
import {
	CategoryComponentUsageConnection,
	CategoryComponentUsageFilter,
	CategoryComponentUsageOrder,
	type TotalOrder,
	totalFilters,
	totalOrder,
} from "./category-usage.list.ts";
import { categoryUsageCounts, categoryUsagePages, categoryUsagesWithKeys } from "./category-usage.store.ts";
import { type CategoryUsage, parsedId, type ScopeKind, scopeNamed, typeName } from "./category-usage.ts";
import { calendar } from "./category-usage-type.schema.ts";

const filterDescription = "Which months; all when absent.";
const orderDescription = "In what order; as the field says when absent.";
const linkDescription = (readers: string) =>
	"The monthly totals of what its resources used and their plans included, by category component: newest month first, then by type. " +
	`Read by staff, support and ${readers}; empty for anyone else.`;

interface ListArguments extends PageArguments {
	filter?: Maybe<FilterOf<typeof totalFilters>>;
	orderBy?: Maybe<TotalOrder>;
}

type CountedPages = ComputedPages & Required<Pick<ComputedPages, "counts">>;

/** Reads pages of the totals of scopes of one kind, in one batch for all of them. */
function totalsOf(scopeKind: ScopeKind, { filter, orderBy }: ListArguments, context: Context): CountedPages {
	const { database, viewer } = context;
	const list = { scopeKind, where: filterConditions(totalFilters, filter, context.timeZone), order: totalOrder(orderBy), ...calendar(context) };
	return {
		name: `CategoryComponentUsage ${JSON.stringify([scopeKind, filter, orderBy, calendar(context)])}`,
		order: list.order,
		pages: (uuids, request) => categoryUsagePages(database, viewer, list, request, uuids),
		counts: (uuids) => categoryUsageCounts(database, viewer, list, uuids),
	};
}

/** Resolves to the totals of the row; empty when the viewer may not read them. */
const totalsBelow = (kind: ScopeKind) =>
	computedPage<CategoryUsage, { uuid: string }, ListArguments>(
		({ uuid }) => uuid,
		(args, context) => totalsOf(kind, args, context),
	);

/** Resolves to the totals of the scope that is named. Throws NOT_FOUND when there is none whose totals the viewer may read. */
const totalsOfScope = computedPage<CategoryUsage, unknown, ListArguments & { scope: string }>(
	(_root, { scope }) => scopeNamed(scope).uuid,
	(args, context) => {
		const { kinds, uuid } = scopeNamed(args.scope);
		const [first, ...others] = kinds.map((kind) => totalsOf(kind, args, context));
		if (first === undefined) throw new Error("A scope of no kind was let through.");
		return others.reduce(eitherTotals, { ...first, refusal: () => notFound(kinds.join(" or "), uuid) });
	},
);

/** The totals of a scope of one kind, and of the other kind where there is none of the first. */
const eitherTotals = (one: CountedPages, other: CountedPages): CountedPages => ({
	...one,
	name: `${one.name} or ${other.name}`,
	pages: async (uuids, request) => {
		const found = await one.pages(uuids, request);
		const missing = uuids.filter((_uuid, index) => found[index] === null);
		const others = missing.length === 0 ? [] : await other.pages(missing, request);
		return found.map((page, index) => page ?? others[missing.indexOf(uuids[index] ?? "")] ?? null);
	},
	counts: async (uuids) => {
		const [counts, others] = await Promise.all([one.counts(uuids), other.counts(uuids)]);
		return counts.map((count, index) => count + (others[index] ?? 0)); // of one kind it has none
	},
});

/** Resolves to the total with the id, in one batch for all ids of a kind of scope. Throws NOT_FOUND when there is none that the viewer may read. */
const totalWithId = loadedBy({
	key: (_root: unknown, { id }: { id: string | number }) => {
		if (parsedId(String(id)) === undefined) throw notFound(typeName, String(id));
		return String(id);
	},
	batch: ({ id }) => `${typeName} of ${parsedId(String(id))?.scopeKind}`,
	load: async (ids, { id }, context) => {
		const kind = parsedId(String(id))?.scopeKind;
		if (kind === undefined) return [];
		const keys = ids.flatMap((one) => parsedId(one) ?? []);
		return categoryUsagesWithKeys(context.database, context.viewer, kind, calendar(context), keys);
	},
	refusal: (id) => notFound(typeName, id),
});

builder.prismaObjectField(Customer, "categoryComponentUsages", (t) =>
	t.field({
		type: CategoryComponentUsageConnection,
		description: linkDescription("those with a role on the customer itself"),
		args: {
			...t.arg.connectionArgs(),
			filter: t.arg({ type: CategoryComponentUsageFilter, description: filterDescription }),
			orderBy: t.arg({ type: CategoryComponentUsageOrder, description: orderDescription }),
		},
		resolve: totalsBelow("Customer"),
	}),
);

builder.prismaObjectField(Project, "categoryComponentUsages", (t) =>
	t.field({
		type: CategoryComponentUsageConnection,
		description: linkDescription("those with a role on the project or its customer"),
		args: {
			...t.arg.connectionArgs(),
			filter: t.arg({ type: CategoryComponentUsageFilter, description: filterDescription }),
			orderBy: t.arg({ type: CategoryComponentUsageOrder, description: orderDescription }),
		},
		resolve: totalsBelow("Project"),
	}),
);

builder.queryFields((t) => ({
	categoryComponentUsage: t.field({
		type: CategoryComponentUsage,
		nullable: true,
		description: "The total with the id. Error NOT_FOUND when there is none that the viewer may read.",
		args: { id: t.arg.id({ required: true, description: "The total's id." }) },
		resolve: totalWithId,
	}),
	categoryComponentUsages: t.field({
		type: CategoryComponentUsageConnection,
		nullable: true,
		description:
			"The monthly totals of a customer or a project by category component: newest month first, then by type. " +
			"Error NOT_FOUND when there is no such scope, or the viewer may not read its totals: a customer's are read by staff, support and those with a role on it, " +
			"a project's also by those with a role on the project.",
		args: {
			...t.arg.connectionArgs(),
			scope: t.arg({ type: "ID", required: true, description: "The customer or the project.", ...naming("Customer", "Project") }),
			filter: t.arg({ type: CategoryComponentUsageFilter, description: filterDescription }),
			orderBy: t.arg({ type: CategoryComponentUsageOrder, description: orderDescription }),
		},
		resolve: totalsOfScope,
	}),
}));
