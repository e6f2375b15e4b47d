import { z } from "zod";
import { billingTypes, byLowerWord, limitPeriods, offeringStates } from "../../shared/waldur-words.ts";
import { flag, optionalFlag, optionalItems, optionalText, optionalWordOrUnknown, settings, text, uuid, wordOrUnknown } from "../fields.ts";
import type { ListImport, Row, TablePart } from "../list.ts";
import { amount, amounts, optionalDecimal, optionalInteger, price } from "../numbers.ts";
import { oneRow, parseParts, readGroups, recordParser } from "../parse.ts";
import { linkLeftComponents, offeringTables } from "./offering-tables.ts";

/** A component type: the pattern that SQL demands. */
const componentType = text(50).refine((type) => /^[a-zA-Z0-9_\-/:]+$/.test(type), "has characters other than letters, digits, _ - / and :");

const component = z.object({
	uuid,
	type: componentType,
	name: text(150),
	description: optionalText(),
	measured_unit: optionalText(30),
	billing_type: wordOrUnknown(byLowerWord(billingTypes)),
	limit_period: optionalWordOrUnknown(byLowerWord(limitPeriods)),
	limit_amount: optionalInteger,
});

const plan = z.object({
	uuid,
	name: text(),
	unit: optionalText(),
	unit_price: optionalDecimal(price),
	archived: flag(false),
	organization_groups: optionalItems,
	quotas: amounts(amount),
	prices: amounts(price),
});

/** What a plan includes and charges, by component. */
function planComponents(path: string, { uuid, quotas, prices }: z.output<typeof plan>): Row[] {
	return [...new Set([...Object.keys(quotas), ...Object.keys(prices)])].map((type) => ({
		path,
		values: { planUuid: uuid, type, amount: quotas[type] ?? "0", price: prices[type] ?? "0" },
	}));
}

const groupUuids = ({ rows }: TablePart) => rows.map(({ values }) => values["organizationGroupUuid"]);

/** What providers sell, with components and plans; a plan's amounts and prices are replaced as a set. */
export const offerings: ListImport = {
	name: "marketplace-provider-offerings",
	parse: recordParser({
		list: "marketplace-provider-offerings",
		links: ["customer", "category"],
		shape: z.object({
			uuid,
			name: text(),
			state: wordOrUnknown(byLowerWord(offeringStates)),
			customer_uuid: uuid,
			category_uuid: uuid,
			plugin_options: settings,
			backend_id: optionalText(255),
			shared: optionalFlag,
			organization_groups: optionalItems,
			components: optionalItems,
			plans: optionalItems,
		}),
		rows: (offering, refuse, take) => {
			const components = parseParts("components", offering.components, component, refuse);
			const plans = parseParts("plans", offering.plans, plan, refuse).map(({ path, value }) => ({
				path,
				value,
				groups: readGroups(path, value.organization_groups, { planUuid: value.uuid }, refuse),
			}));
			const groups = readGroups("", offering.organization_groups, { offeringUuid: offering.uuid }, refuse);
			return [
				...oneRow({
					uuid: offering.uuid,
					name: offering.name,
					state: take("state", offering.state, "UNAVAILABLE"), // not on sale
					providerUuid: offering.customer_uuid,
					categoryUuid: offering.category_uuid,
					pluginOptions: offering.plugin_options,
					backendId: offering.backend_id,
					shared: groups.isWhole ? offering.shared : false,
					groups: groupUuids(groups),
				}),
				groups,
				{
					rows: components.map(({ path, value }) => ({
						path,
						values: {
							uuid: value.uuid,
							offeringUuid: offering.uuid,
							type: value.type,
							name: value.name,
							description: value.description,
							measuredUnit: value.measured_unit,
							billingType: take("components[].billing_type", value.billing_type, "FIXED"), // takes no reports
							limitPeriod: take("components[].limit_period", value.limit_period, "TOTAL"), // the narrowest: everything counts
							limitAmount: value.limit_amount,
						},
					})),
				},
				{
					rows: plans.map(({ path, value, groups }) => ({
						path,
						values: {
							uuid: value.uuid,
							offeringUuid: offering.uuid,
							name: value.name,
							unit: value.unit,
							unitPrice: value.unit_price ?? "0",
							archived: value.archived,
							shared: value.organization_groups === null ? null : groups.isWhole,
							groups: groupUuids(groups),
						},
					})),
				},
				{ rows: plans.flatMap(({ groups }) => groups.rows), complete: plans.flatMap(({ groups }) => groups.complete) },
				{ rows: plans.flatMap(({ path, value }) => planComponents(path, value)), complete: plans.map(({ value }) => value.uuid) },
			];
		},
	}),
	tables: offeringTables,
	afterwards: (attempt) => attempt((tx) => tx.rows(linkLeftComponents)).then(() => {}),
};
