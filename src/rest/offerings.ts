import { mergedSelection, selectionAtPath } from "../database/select.ts";
import { offerings, planComponentList, planList } from "../domain/catalogue/catalogue.list.ts";
import type { AnyRow } from "../reading/statements.ts";
import { byWord, offeringStates } from "../shared/waldur-words.ts";
import { below, childrenOf } from "./below.ts";
import { listRoute, retrieveRoute, rowsOf } from "./collection.ts";
import { componentsOf } from "./components.ts";
import { digitsOf, type Field, type Fields, hexOf, link, moment, plain, word } from "./fields.ts";
import type { Json } from "./json.ts";
import { choices, only, uuid } from "./parameters.ts";
import type { Route } from "./route.ts";

const path = "marketplace-provider-offerings/";

/** What a plan says of a component: both of its figures, so that they are read once. */
const planComponent = ["amount", "price", "component.type"].map(selectionAtPath).reduce(mergedSelection);

/** A figure of each component of a plan, by the component's type. */
const byType = (figure: "amount" | "price"): Field => ({
	columns: ["uuid"],
	values: async (rows, asked) => {
		const found = await childrenOf(planComponentList, planComponent, rows, asked);
		return found.map((items): Json => Object.fromEntries(items.map((item) => [String((item["component"] as AnyRow)["type"]), digitsOf(String(item[figure]))])));
	},
});

const planFields: Fields = {
	url: link("marketplace-plans", "uuid"),
	uuid: hexOf("uuid"),
	name: plain("name"),
	archived: plain("archived"),
	unit_price: plain("unitPrice"), // a text in Waldur too
	unit: plain("unit"),
	prices: byType("price"),
	quotas: byType("amount"),
};

const fields: Fields = {
	url: link("marketplace-provider-offerings", "uuid"),
	uuid: hexOf("uuid"),
	created: moment("created"),
	name: plain("name"),
	customer: link("customers", "providerUuid"),
	customer_uuid: hexOf("providerUuid"),
	customer_name: plain("provider.name"),
	category: link("marketplace-categories", "categoryUuid"),
	category_uuid: hexOf("categoryUuid"),
	category_title: plain("category.title"),
	components: componentsOf("uuid"),
	plugin_options: plain("pluginOptions"),
	backend_id: plain("backendId"),
	state: word("state", offeringStates),
	plans: below(planList, planFields),
};

/** Components, plans, and what plans say of components are read beside each offering. */
const ofRow = 3;

export const offeringRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { customer_uuid: only(uuid), category_uuid: only(uuid), state: choices(byWord(offeringStates)) },
		fields,
		choosesFields: true,
		price: { count: 1, row: ofRow },
		rows: ({ customer_uuid: providerUuid, category_uuid: categoryUuid, state: states }, { context }, shape) =>
			rowsOf(context, offerings.of({ filter: { providerUuid, categoryUuid, states } }, context.timeZone), shape),
	}),
	retrieveRoute({ path, model: "Offering", fields, choosesFields: true, price: ofRow }),
];
