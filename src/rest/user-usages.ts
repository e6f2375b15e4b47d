import { searchedPart } from "../domain/name/name.ts";
import { userUsages } from "../domain/user-usage/user-usage.list.ts";
import { listRoute, retrieveRoute, rowsOf } from "./collection.ts";
import { digits, type Fields, hexOf, link, moment, plain } from "./fields.ts";
import { ordering, type Parameter } from "./parameters.ts";
import type { Route } from "./route.ts";
import { usageFilterOf, usageParameters } from "./usage-filters.ts";

const path = "marketplace-component-user-usages/";

const fields: Fields = {
	uuid: hexOf("uuid"),
	user: link("marketplace-offering-users", "userUuid"),
	username: plain("username"),
	component_usage: link("marketplace-component-usages", "componentUsageUuid"),
	usage: digits("usage"),
	measured_unit: plain("componentUsage.component.measuredUnit"),
	description: plain("componentUsage.description"),
	created: moment("created"),
	modified: moment("modified"),
	resource_name: plain("componentUsage.resource.name"),
	resource_uuid: hexOf("componentUsage.resourceUuid"),
	offering_name: plain("componentUsage.resource.offering.name"),
	offering_uuid: hexOf("componentUsage.offeringUuid"),
	project_name: plain("componentUsage.resource.project.name"),
	project_uuid: hexOf("componentUsage.projectUuid"),
	customer_name: plain("componentUsage.resource.customer.name"),
	customer_uuid: hexOf("componentUsage.customerUuid"),
	component_type: plain("componentUsage.type"),
	date: moment("componentUsage.date"),
	billing_period: plain("componentUsage.billingPeriod"),
};

/** A part of a username, long enough to be looked up. */
const usernamePart: Parameter<string> = {
	read: (texts) => {
		const part = texts.at(-1) ?? "";
		searchedPart(part);
		return part;
	},
};

/** What a search, another order, and parts of one type among some days cost, as in src/server/limits/cost.ts. */
const extra = (names: ReadonlySet<string>): number =>
	(names.has("username") ? 5 : 0) + (names.has("o") ? 10 : 0) + (names.has("type") && (names.has("date_after") || names.has("date_before")) ? 8 : 0);

export const userUsageRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: {
			...usageParameters,
			username: usernamePart,
			o: ordering({ billing_period: "BILLING_PERIOD", usage: "USAGE", username: "USERNAME" }),
		},
		fields,
		choosesFields: true,
		price: { count: 50 },
		extra,
		rows: ({ o, username, ...given }, { context }, shape) =>
			rowsOf(context, userUsages.of({ filter: { ...usageFilterOf(given), username }, orderBy: o }, context.timeZone), shape),
	}),
	retrieveRoute({ path, model: "ComponentUserUsage", fields, choosesFields: true }),
];
