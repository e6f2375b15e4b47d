import "./category-usage-type.schema.ts";
import { builder } from "../../graphql/builder.ts";
import { CategoryComponentUsageConnection } from "../../graphql/connection-types.ts";
import type { Context } from "../../graphql/context.ts";
import { notFound } from "../../graphql/errors.ts";
import { type ConnectionOf, connectionOf } from "../../graphql/fields/connections.ts";
import { CategoryComponentUsage, Customer, Project } from "../../graphql/nodes.ts";
import { type PageArguments, pageOf, pageRequest } from "../../reading/page.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import type { Given } from "../../shared/maybe.ts";
import {
	type Calendar,
	type CategoryUsageFilter,
	categoryUsageCounts,
	categoryUsagePages,
	categoryUsagesWithKeys,
	newestFirst,
} from "./category-usage.store.ts";
import { type CategoryUsage, parsedId, requiredScope, type Scope } from "./category-usage.ts";

const CategoryComponentUsageFilterInput = builder.inputType("CategoryComponentUsageFilter", {
	description: "Which months. All that is given must hold.",
	fields: (t) => ({
		dateAfter: t.field({ type: "Date", description: "Months whose first day is this day or later." }),
		dateBefore: t.field({ type: "Date", description: "Months whose first day is this day or earlier." }),
	}),
});

const filterDescription = "Which months; all when absent.";
const linkDescription = (readers: string) =>
	"The monthly totals of what its resources used and their plans included, by category component: newest month first, then by type. " +
	`Read by staff, support and ${readers}; empty for anyone else.`;

builder.prismaObjectField(Customer, "categoryComponentUsages", (t) =>
	t.field({
		type: CategoryComponentUsageConnection,
		description: linkDescription("those with a role on the customer itself"),
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: CategoryComponentUsageFilterInput, description: filterDescription }) },
		resolve: async ({ uuid }, args, context) => (await totalsOf({ kind: "Customer", uuid }, args, context)).connection,
	}),
);

builder.prismaObjectField(Project, "categoryComponentUsages", (t) =>
	t.field({
		type: CategoryComponentUsageConnection,
		description: linkDescription("those with a role on the project or its customer"),
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: CategoryComponentUsageFilterInput, description: filterDescription }) },
		resolve: async ({ uuid }, args, context) => (await totalsOf({ kind: "Project", uuid }, args, context)).connection,
	}),
);

builder.queryFields((t) => ({
	categoryComponentUsage: t.field({
		type: CategoryComponentUsage,
		nullable: true,
		description: "The total with the id. Error NOT_FOUND when there is none that the viewer may read.",
		args: { id: t.arg.id({ required: true, description: "The total's id." }) },
		resolve: (_root, { id }, context) => totalWithId(id, context),
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
			scope: t.arg.globalID({ for: [Customer, Project], required: true, description: "The id of the customer or of the project." }),
			filter: t.arg({ type: CategoryComponentUsageFilterInput, description: filterDescription }),
		},
		resolve: (_root, { scope, ...args }, context) => readableTotalsOf(requiredScope(scope), args, context),
	}),
}));

interface ListArguments extends PageArguments {
	filter?: Given<CategoryUsageFilter>;
}

const calendar = ({ clock, timeZone }: Context): Calendar => ({ currentMonth: billingPeriodAt(clock(), timeZone), timeZone });

/** A page of the scope's totals, in one batch for all scopes of the kind; empty, and not readable, when the viewer may not read them. */
async function totalsOf(scope: Scope, { filter, ...args }: ListArguments, context: Context) {
	const { read, database, viewer } = context;
	const list = { scopeKind: scope.kind, filter: filter ?? {}, ...calendar(context) };
	const request = pageRequest(args);
	const kind = `CategoryComponentUsage ${JSON.stringify(list)}`;
	const page = await read.batched(`page ${kind} ${JSON.stringify(request)}`, (uuids) => categoryUsagePages(database, viewer, list, request, uuids), scope.uuid);
	const count = () => read.batched(`count ${kind}`, (uuids) => categoryUsageCounts(database, viewer, list, uuids), scope.uuid);
	return { isReadable: page !== null, connection: connectionOf<CategoryUsage>(newestFirst, page ?? pageOf([], request), count) };
}

/** The same for a scope that the client names. Throws NOT_FOUND when there is none whose totals the viewer may read. */
async function readableTotalsOf(scope: Scope, args: ListArguments, context: Context): Promise<ConnectionOf<CategoryUsage>> {
	const { isReadable, connection } = await totalsOf(scope, args, context);
	if (!isReadable) throw notFound(scope.kind, scope.uuid);
	return connection;
}

/** The total with the id, in one batch for all ids of a kind of scope. Throws NOT_FOUND when there is none that the viewer may read. */
async function totalWithId(id: string, context: Context): Promise<CategoryUsage> {
	const { read, database, viewer } = context;
	const key = parsedId(id);
	if (key === undefined) throw notFound("CategoryComponentUsage", id);
	const load = (ids: readonly string[]) => {
		const keys = ids.flatMap((id) => parsedId(id) ?? []);
		return categoryUsagesWithKeys(database, viewer, key.scopeKind, calendar(context), keys);
	};
	const found = await read.batched(`CategoryComponentUsage of ${key.scopeKind}`, load, id);
	if (found === null) throw notFound("CategoryComponentUsage", id);
	return found;
}
