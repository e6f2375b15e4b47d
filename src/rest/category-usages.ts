import { totalFilters } from "../domain/category-usage/category-usage.list.ts";
import { type Calendar, categoryUsageCounts, categoryUsagePages, categoryUsagesWithKeys } from "../domain/category-usage/category-usage.store.ts";
import { type CategoryUsage, parsedId, printedId, type Scope } from "../domain/category-usage/category-usage.ts";
import type { Context } from "../graphql/context.ts";
import { filterConditions } from "../reading/declared-list.ts";
import { numberedRequest, type PageRequest } from "../reading/page.ts";
import type { AnyRow } from "../reading/statements.ts";
import { billingPeriodAt } from "../shared/billing-period.ts";
import { InvalidInput } from "../shared/invalid-input.ts";
import { listRoute } from "./collection.ts";
import { digits, type Fields, fieldsAsked, hexOf, plain, writtenRows } from "./fields.ts";
import { day, type Parameter } from "./parameters.ts";
import { absentHere, badFields } from "./problems.ts";
import type { Route } from "./route.ts";
import { uuidNamed } from "./urls.ts";

const path = "marketplace-category-component-usages/";

/** Totals are not stored, and have no number: a name of our own leads to each, in a form that stands in a path. */
const pathId = (total: CategoryUsage): string => Buffer.from(printedId(total), "base64").toString("base64url");
const idIn = (key: string): string => Buffer.from(key, "base64url").toString("base64");

const fields: Fields = {
	id: { columns: [], values: (rows) => rows.map((row) => pathId(row as unknown as CategoryUsage)) },
	name: plain("name"),
	type: plain("type"),
	measured_unit: plain("measuredUnit"),
	category_title: {
		columns: [],
		values: async (rows, { context }) => {
			const named = [...new Set(rows.map(({ categoryUuid }) => String(categoryUuid)))];
			const categories = await context.read.statements.linked("Category", { columns: new Set(["title"]), links: new Map() }, named);
			const titles = new Map(categories.map((category, index) => [named[index], String(category?.["title"])]));
			return rows.map(({ categoryUuid }) => titles.get(String(categoryUuid)) ?? null);
		},
	},
	category_uuid: hexOf("categoryUuid"),
	date: plain("date"),
	reported_usage: digits("reportedUsage"),
	fixed_usage: digits("fixedUsage"),
	scope: {
		columns: [],
		values: (rows, { urls }) => rows.map(({ scopeKind, scopeUuid }) => urls.of(scopeKind === "Customer" ? "customers" : "projects", String(scopeUuid))),
	},
};

/** The address of a customer or a project. */
const scope: Parameter<Scope> = {
	read: (texts) => {
		const given = texts.at(-1) ?? "";
		const [, collection] = /\/(customers|projects)\/[^/?#]+\/?$/.exec(given) ?? [];
		const uuid = uuidNamed(given);
		if (collection === undefined || uuid === undefined) throw new InvalidInput("Enter the URL of a customer or of a project.");
		return { kind: collection === "customers" ? "Customer" : "Project", uuid };
	},
};

const calendar = ({ clock, timeZone }: Context): Calendar => ({ currentMonth: billingPeriodAt(clock(), timeZone), timeZone });

export const categoryUsageRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { scope, date_after: day, date_before: day },
		fields,
		choosesFields: true,
		price: { count: 1 },
		rows: ({ scope, date_after: dateAfter, date_before: dateBefore }, { context }) => {
			if (scope === undefined) throw badFields({ scope: ["This field is required."] });
			const { database, viewer, timeZone } = context;
			const list = { scopeKind: scope.kind, where: filterConditions(totalFilters, { dateAfter, dateBefore }, timeZone), ...calendar(context) };
			/** Throws Not found when there is no such scope, or the viewer may not read its totals. */
			const page = async (request: PageRequest) => {
				const [found] = await categoryUsagePages(database, viewer, list, request, [scope.uuid]);
				if (found == null) throw absentHere(`${scope.kind} ${scope.uuid} was not found.`);
				return found.rows;
			};
			const count = async () => {
				const [found = 0] = await categoryUsageCounts(database, viewer, list, [scope.uuid]);
				if (found === 0) await page(numberedRequest(1, 1)); // there is none, or none to be seen
				return found;
			};
			return { count, page };
		},
	}),
	{
		method: "GET",
		path: `${path}{id}/`,
		parameters: ["field"],
		price: () => 1,
		answer: async (asked) => {
			const { context, key, query } = asked;
			const id = parsedId(idIn(key));
			if (id === undefined) throw absentHere();
			const [total] = await categoryUsagesWithKeys(context.database, context.viewer, id.scopeKind, calendar(context), [id]);
			const [object] = total == null ? [] : await writtenRows(fieldsAsked(fields, query), [total as unknown as AnyRow], asked);
			if (object === undefined) throw absentHere();
			return { status: 200, body: object };
		},
	},
];
