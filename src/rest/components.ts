import type { RowSelection } from "../database/select.ts";
import { componentList } from "../domain/catalogue/catalogue.list.ts";
import { billingTypes, limitPeriods } from "../shared/waldur-words.ts";
import { below, childrenOf } from "./below.ts";
import { type Field, type Fields, hexOf, plain, word } from "./fields.ts";

const fields: Fields = {
	uuid: hexOf("uuid"),
	offering_uuid: hexOf("offeringUuid"),
	billing_type: word("billingType", billingTypes),
	type: plain("type"),
	name: plain("name"),
	description: plain("description"),
	measured_unit: plain("measuredUnit"),
	limit_period: word("limitPeriod", limitPeriods),
	limit_amount: plain("limitAmount"),
};

/** The components of the offering whose uuid the column has. */
export const componentsOf = (column: string): Field => below(componentList, fields, column);

const charges: RowSelection = { columns: new Set(["billingType"]), links: new Map() };

/** Whether a component of the offering is charged in that way. */
export const isCharged = (column: string, by: keyof typeof billingTypes): Field => ({
	columns: [column],
	values: async (rows, asked) => {
		const found = await childrenOf(componentList, charges, rows, asked, column);
		return found.map((components) => components.some(({ billingType }) => billingType === by));
	},
});
