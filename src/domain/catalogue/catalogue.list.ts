import { sql } from "../../database/sql.ts";
import { OfferingState } from "../../graphql/enums.ts";
import { flag, identifier, identifiers, oneOf, text } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Category, Offering, OfferingUser } from "../../graphql/nodes.ts";
import { conditions, when } from "../../reading/conditions.ts";
import { byName, type List, type OrderColumn, thenUuid } from "../../reading/list.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { search } from "../name/name.list.ts";

const byType: readonly OrderColumn[] = [{ column: "type", type: "text" }];

/** All categories, by title unless another order is asked for. */
export const categories = list(Category, {
	items: "categories",
	orders: {
		TITLE: { description: "The title.", column: "title", type: "text" },
		CREATED: { description: "When they were created.", column: "created", type: "timestamptz" },
	},
	order: [{ column: "title", type: "text" }, thenUuid("Category")],
});

/** A category's components, by type. */
export const categoryComponentList = {
	model: "CategoryComponent",
	key: "CategoryComponent of Category",
	where: [],
	order: byType,
	parent: { column: "categoryUuid" },
} as const satisfies List;

/** An offering's components, by type. */
export const componentList = {
	model: "OfferingComponent",
	key: "OfferingComponent of Offering",
	where: [],
	order: byType,
	parent: { column: "offeringUuid" },
} as const satisfies List;

/** An offering's plans, by name. */
export const planList = {
	model: "Plan",
	key: "Plan of Offering",
	where: [],
	order: byName("Plan"),
	parent: { column: "offeringUuid" },
} as const satisfies List;

/** What a plan says of the components, by type. */
export const planComponentList = {
	model: "PlanComponent",
	key: "PlanComponent of Plan",
	where: [],
	order: [{ column: "component.type", type: "text" }],
	links: ["component"],
	parent: { column: "planUuid" },
} as const satisfies List;

/** Offerings, by name unless another order is asked for. */
export const offerings = list(Offering, {
	items: "offerings",
	filters: {
		search: search(),
		providerUuid: identifier("Customer", "Sold by this customer."),
		providers: identifiers("Customer", "Sold by one of these customers.", { column: "providerUuid" }),
		categoryUuid: identifier("Category", "In this category."),
		categories: identifiers("Category", "In one of these categories.", { column: "categoryUuid" }),
		states: oneOf(OfferingState, "In one of these states.", { column: "state" }),
	},
	orders: {
		NAME: { description: "The name.", column: "name", type: "text" },
		CREATED: { description: "When they were created.", column: "created", type: "timestamptz" },
	},
	order: byName("Offering"),
});

/** Accounts at an offering, oldest first unless another order is asked for. */
export const offeringUsers = list(OfferingUser, {
	items: "accounts at an offering",
	filters: {
		search: search("Whose name at the provider", "username"),
		username: text("Of exactly this name at the provider."),
		isRestricted: flag("Which may not use the offering, or may."),
	},
	orders: { CREATED: { description: "When they were created.", column: "created", type: "timestamptz" } },
	order: [{ column: "created", type: "timestamptz" }, thenUuid("OfferingUser")],
});

interface AccountFilter {
	readonly offeringUuid?: Maybe<string>;
	readonly userUuid?: Maybe<string>;
	readonly username?: Maybe<string>;
	readonly isRestricted?: Maybe<boolean>;
}

/** Accounts at an offering, of a person, of exactly this name, or by whether they may use it: of whatever is given, all of it. */
export const offeringUsersWith = (given: AccountFilter, timeZone: string): List & { model: "OfferingUser" } => ({
	...offeringUsers.of({}, timeZone),
	key: JSON.stringify(["OfferingUser", given]),
	where: conditions(
		when(given.offeringUuid, (uuid) => sql`"t"."offeringUuid" = ${uuid}::uuid`),
		when(given.userUuid, (uuid) => sql`"t"."userUuid" = ${uuid}::uuid`),
		when(given.username, (username) => sql`"t"."username" = ${username}`),
		when(given.isRestricted, (isRestricted) => sql`"t"."isRestricted" = ${isRestricted}`),
	),
});

/** Those of an offering that are asked for, and of exactly this name where one is given: the field also takes it without a filter around it. */
export function offeringUsersNamed(username: Maybe<string>, asked: Parameters<typeof offeringUsers.of>[0], timeZone: string): List & { model: "OfferingUser" } {
	const all = offeringUsers.of(asked, timeZone, { column: "offeringUuid" });
	return username == null ? all : { ...all, key: JSON.stringify([all.key, username]), where: [...all.where, sql`"t"."username" = ${username}`] };
}
