import { usages } from "../domain/usage/usage.list.ts";
import { setUsage } from "../domain/usage/usage.service.ts";
import { setUserUsage, setUserUsages } from "../domain/user-usage/user-usage.service.ts";
import { momentOf, writesOf } from "../graphql/context.ts";
import { aDecimal, aFlag, aLink, aText, type Reader, readList, readObject } from "./body.ts";
import { keyOf, listRoute, retrieveRoute, rowsOf } from "./collection.ts";
import { digits, type Fields, hexOf, moment, plain, unknown } from "./fields.ts";
import { ordering } from "./parameters.ts";
import { aMoment, dateProblem } from "./reported-date.ts";
import { priceOfChange, type Route } from "./route.ts";
import { usageFilterOf, usageParameters } from "./usage-filters.ts";

const path = "marketplace-component-usages/";

const fields: Fields = {
	uuid: hexOf("uuid"),
	created: moment("created"),
	description: plain("description"),
	type: plain("type"),
	name: plain("component.name"),
	measured_unit: plain("component.measuredUnit"),
	usage: digits("usage"),
	date: moment("date"),
	recurring: plain("recurring"),
	resource_name: plain("resource.name"),
	resource_uuid: hexOf("resourceUuid"),
	offering_name: plain("resource.offering.name"),
	offering_uuid: hexOf("offeringUuid"),
	project_name: plain("resource.project.name"),
	project_uuid: hexOf("projectUuid"),
	customer_name: plain("resource.customer.name"),
	customer_uuid: hexOf("customerUuid"),
	billing_period: plain("billingPeriod"),
	modified_by: unknown, // the number that the reporter has in Waldur's database
};

/** What another order than the usual costs, as in src/server/limits/cost.ts. */
const ofOrder = 10;

const ordered = { o: ordering({ billing_period: "BILLING_PERIOD", usage: "USAGE" }) };

/** Usage of one component in a report. */
const reportedUsage = (item: Reader) => ({
	type: item.required("type", aText),
	amount: item.required("amount", aDecimal),
	description: item.optional("description", aText),
	recurring: item.optional("recurring", aFlag),
});

/** One username's part of a record. */
const part = (item: Reader) => ({
	username: item.required("username", aText),
	usage: item.optional("usage", aDecimal) ?? "0",
	user: item.optional("user", aLink),
});

export const usageRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { ...usageParameters, ...ordered },
		fields,
		choosesFields: true,
		price: { count: 25 },
		extra: (names) => (names.has("o") ? ofOrder : 0),
		rows: ({ o, ...given }, { context }, shape) => rowsOf(context, usages.of({ filter: usageFilterOf(given), orderBy: o }, context.timeZone), shape),
	}),
	retrieveRoute({ path, model: "ComponentUsage", fields, choosesFields: true }),
	{
		method: "POST",
		path: `${path}set_usage/`,
		parameters: [],
		price: priceOfChange,
		answer: async ({ body, context }) => {
			const now = momentOf(context);
			const report = readObject(body, (reader) => {
				const date = reader.optional("date", aMoment(now.timeZone));
				const wrongDate = date === undefined ? undefined : dateProblem(date, now.now, now.timeZone);
				if (wrongDate !== undefined) reader.wrong("date", wrongDate);
				return {
					usages: reader.requiredObjects("usages", reportedUsage),
					planPeriod: reader.optional("plan_period", aLink),
					resource: reader.optional("resource", aLink),
				};
			});
			await setUsage(writesOf(context), context.viewer, report, now);
			return { status: 201 };
		},
	},
	{
		method: "POST",
		path: `${path}{uuid}/set_user_usage/`,
		parameters: [],
		price: priceOfChange,
		answer: async (asked) => {
			const { body, context } = asked;
			const componentUsage = keyOf(asked);
			await setUserUsage(writesOf(context), context.viewer, { componentUsage, ...readObject(body, part) }, context.clock());
			return { status: 201 };
		},
	},
	{
		method: "POST",
		path: `${path}{uuid}/set_user_usages/`,
		parameters: [],
		price: priceOfChange,
		answer: async (asked) => {
			const { body, context } = asked;
			const componentUsage = keyOf(asked);
			const parts = Array.isArray(body) ? readList(body, part) : readObject(body, (reader) => reader.requiredObjects("usages", part));
			const reports = parts.map((one) => ({ componentUsage, ...one }));
			await setUserUsages(writesOf(context), context.viewer, reports, context.clock());
			return { status: 201 };
		},
	},
];
