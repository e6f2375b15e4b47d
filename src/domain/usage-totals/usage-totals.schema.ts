import { builder } from "../../graphql/builder.ts";
import { optionallyNamedIn } from "../../graphql/fields/by-uuid.ts";
import { connectionType } from "../../graphql/fields/list-types.ts";
import { computedPage } from "../../graphql/fields/page.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Category, Customer, Offering, Project, Resource } from "../../graphql/nodes.ts";
import { defaultPageSize } from "../../reading/page.ts";
import { largestTotalsPage, type TotalsArguments, totalsPages, UsageTotalOrder } from "./usage-totals.list.ts";
import type { ScopeColumn } from "./usage-totals.store.ts";
import type { dimensions, TotalsRest, UsageTotal } from "./usage-totals.ts";

const UsageDimension = builder.enumType("UsageDimension", {
	description: "What usage can be totalled by.",
	values: {
		MONTH: { description: "By billing month. One of MONTH, QUARTER and YEAR at most." },
		QUARTER: { description: "By calendar quarter." },
		YEAR: { description: "By calendar year." },
		CUSTOMER: { description: "By the customer that consumed." },
		PROJECT: { description: "By project." },
		RESOURCE: { description: "By resource." },
		OFFERING: { description: "By offering." },
		PROVIDER: { description: "By the customer that sells the offering." },
		CATEGORY: { description: "By the offering's heading in the catalogue." },
		COMPONENT_TYPE: { description: "By the type of the component, such as cpu: of all offerings that measure it in the same unit." },
		USERNAME: { description: "By the username that parts were reported for: parts are totalled, and what nobody's part was reported of is in no group." },
	} satisfies Record<(typeof dimensions)[number], object>,
});

type Amounts = Omit<TotalsRest, "groups">;

/** What groups, and the rest, have in common. */
const amounts = (t: PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Amounts>) => ({
	measuredUnit: t.exposeString("measuredUnit", { description: "Unit of the amounts, such as h. Amounts of different units are never added." }),
	total: t.expose("total", { type: "Decimal", description: "What was used, in the measured unit: of what the viewer sees." }),
	records: t.exposeInt("records", { description: "How many usage records the total is of; by username, how many parts of them." }),
	previousTotal: t.expose("previousTotal", {
		type: "Decimal",
		nullable: true,
		description: "What was used in as many months before, in the measured unit; null without comparePrevious.",
	}),
	change: t.expose("change", { type: "Decimal", nullable: true, description: "The total without the previous one; null without comparePrevious." }),
});

const UsageTotalType = builder.objectRef<UsageTotal>("UsageTotal").implement({
	description: "What was used by one group: by those that have all its keys and are measured in its unit. Keys that are not in groupBy are null.",
	fields: (t) => ({
		period: t.expose("period", {
			type: "Date",
			nullable: true,
			description: "First day of the month, of the quarter or of the year; null unless grouped by one of them.",
		}),
		customer: t.field({
			type: Customer,
			nullable: true,
			description: "The customer that consumed; null unless grouped by CUSTOMER.",
			resolve: optionallyNamedIn("Customer", ({ customerUuid }: UsageTotal) => customerUuid ?? null),
		}),
		project: t.field({
			type: Project,
			nullable: true,
			description: "The project; null unless grouped by PROJECT.",
			resolve: optionallyNamedIn("Project", ({ projectUuid }: UsageTotal) => projectUuid ?? null),
		}),
		resource: t.field({
			type: Resource,
			nullable: true,
			description: "The resource; null unless grouped by RESOURCE.",
			resolve: optionallyNamedIn("Resource", ({ resourceUuid }: UsageTotal) => resourceUuid ?? null),
		}),
		offering: t.field({
			type: Offering,
			nullable: true,
			description: "The offering; null unless grouped by OFFERING.",
			resolve: optionallyNamedIn("Offering", ({ offeringUuid }: UsageTotal) => offeringUuid ?? null),
		}),
		provider: t.field({
			type: Customer,
			nullable: true,
			description: "The customer that sells the offerings; null unless grouped by PROVIDER.",
			resolve: optionallyNamedIn("Customer", ({ providerUuid }: UsageTotal) => providerUuid ?? null),
		}),
		category: t.field({
			type: Category,
			nullable: true,
			description: "The offerings' heading in the catalogue; null unless grouped by CATEGORY.",
			resolve: optionallyNamedIn("Category", ({ categoryUuid }: UsageTotal) => categoryUuid ?? null),
		}),
		componentType: t.exposeString("componentType", {
			nullable: true,
			description: "Type of the components, such as cpu; null unless grouped by COMPONENT_TYPE.",
		}),
		username: t.exposeString("username", { nullable: true, description: "Whose parts are totalled; null unless grouped by USERNAME." }),
		...amounts(t),
	}),
});

const UsageTotalRest = builder.objectRef<TotalsRest>("UsageTotalRest").implement({
	description: "All groups that are not on the page, together.",
	fields: (t) => ({
		groups: t.exposeInt("groups", { description: "How many groups they are." }),
		...amounts(t),
	}),
});

const UsageTotalConnection = connectionType<UsageTotal, { rest: TotalsRest | null }>(UsageTotalType, "groups");

builder.objectField(UsageTotalConnection, "rest", (t) =>
	t.expose("rest", {
		type: UsageTotalRest,
		nullable: true,
		description: "All groups that are not on the page, together; null without withRest, and when there are no groups at all.",
	}),
);

const UsageTotalFilter = builder.inputType("UsageTotalFilter", {
	description: "What usage is totalled. All that is given must hold; of a list, one of its values. An empty list is none of them.",
	fields: (t) => ({
		customers: t.field({ type: ["UUID"], description: "Of resources of these customers.", ...naming("Customer") }),
		projects: t.field({ type: ["UUID"], description: "Of resources in these projects.", ...naming("Project") }),
		resources: t.field({ type: ["UUID"], description: "Of these resources.", ...naming("Resource") }),
		offerings: t.field({ type: ["UUID"], description: "Of resources of these offerings.", ...naming("Offering") }),
		providers: t.field({ type: ["UUID"], description: "Of resources of the offerings of these customers.", ...naming("Customer") }),
		categories: t.field({ type: ["UUID"], description: "Of resources of offerings in these categories.", ...naming("Category") }),
		types: t.stringList({ description: "Of components of these types, such as cpu." }),
		billingPeriodFrom: t.field({ type: "Date", description: "Of the billing month with this day, and later ones." }),
		billingPeriodTo: t.field({ type: "Date", description: "Of the billing month with this day, and earlier ones." }),
		username: t.string({
			description: "Of usernames that contain this, in any case, by Unicode: at least 3 characters. Parts are totalled, as by USERNAME.",
		}),
	}),
});

const totalsArguments = builder.args((t) => ({
	...t.connectionArgs(),
	first: t.int({ description: `How many groups from the start, 1 to ${largestTotalsPage}; ${defaultPageSize} when neither first nor last is given.` }),
	last: t.int({ description: `How many groups from the end, 1 to ${largestTotalsPage}. Not together with first.` }),
	groupBy: t.field({ type: [UsageDimension], required: true, description: "What the groups are made by: one dimension or two." }),
	filter: t.field({ type: UsageTotalFilter, description: "What is totalled; all that the viewer sees when absent." }),
	orderBy: t.field({ type: UsageTotalOrder, description: "In what order; by KEY when absent." }),
	withRest: t.boolean({
		defaultValue: false,
		description: "Whether to total all groups that are not on the page, as rest. Of groups of one measured unit alone.",
	}),
	comparePrevious: t.boolean({
		defaultValue: false,
		description: "Whether to total as many months before, too: needs billingPeriodFrom and billingPeriodTo.",
	}),
}));

const questions =
	"Error BAD_USER_INPUT when groups of several measured units are ordered by TOTAL or CHANGE, or have a rest: name types of one unit in the filter.";

/** A field with the totals of what is used below the object, or of all that the viewer sees. */
const totals = (description: string, scope?: ScopeColumn) => ({
	type: UsageTotalConnection,
	nullable: true as const,
	description: `${description} ${questions}`,
	args: totalsArguments,
	resolve: computedPage<UsageTotal, unknown, TotalsArguments, { rest: TotalsRest | null }>(
		(holder) => (scope === undefined ? "" : (holder as { uuid: string }).uuid),
		(args, context) => totalsPages(args, context, scope),
	),
});

builder.queryField("usageTotals", (t) =>
	t.field(
		totals(
			"Usage totalled by one dimension or two, such as the biggest consumers of a quarter or CPU hours by month: sums of the usage records that the viewer sees.",
		),
	),
);
builder.prismaObjectField(Customer, "usageTotals", (t) =>
	t.field(totals("What its resources used, totalled: of the records that the viewer sees.", "customerUuid")),
);
builder.prismaObjectField(Project, "usageTotals", (t) =>
	t.field(totals("What its resources used, totalled: of the records that the viewer sees.", "projectUuid")),
);
builder.prismaObjectField(Offering, "usageTotals", (t) =>
	t.field(totals("What was used of it, totalled: of the records that the viewer sees.", "offeringUuid")),
);
builder.prismaObjectField(Resource, "usageTotals", (t) => t.field(totals("What it used, totalled.", "resourceUuid")));
