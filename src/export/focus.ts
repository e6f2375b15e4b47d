import { addMonths, startOfMonth } from "../shared/billing-period.ts";

/** A column of FOCUS, the FinOps Open Cost and Usage Specification (1.2), and its value in a record of usage. */
interface FocusColumn {
	readonly name: string;
	readonly value: (record: FocusRecord, timeZone: string) => string | null;
}

/** What the columns are made of, as `focusSelection` asks for it. */
export interface FocusRecord {
	readonly usage: string;
	readonly billingPeriod: string;
	readonly component: { readonly uuid: string; readonly name: string; readonly measuredUnit: string };
	readonly resource: {
		readonly uuid: string;
		readonly name: string;
		readonly offering: { readonly name: string; readonly provider: { readonly name: string } };
		readonly project: { readonly uuid: string; readonly name: string };
		readonly customer: { readonly uuid: string; readonly name: string };
	};
}

/** What is asked of a usage record for them. */
export const focusSelection = `
	usage billingPeriod component { uuid name measuredUnit }
	resource { uuid name offering { name provider { name } } project { uuid name } customer { uuid name } }
`;

/** A billing month is of the service's calendar, and its ends are moments. The end is the first that is behind it. */
const start = ({ billingPeriod }: FocusRecord, timeZone: string): string => moment(startOfMonth(billingPeriod, timeZone));
const end = ({ billingPeriod }: FocusRecord, timeZone: string): string => moment(startOfMonth(addMonths(billingPeriod, 1), timeZone));

/** As FOCUS writes it: to the second, in UTC. */
const moment = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Those of its columns that are known here: nothing that is not is written, costs and categories of services among it. */
export const focusColumns: readonly FocusColumn[] = [
	{ name: "BillingAccountId", value: ({ resource }) => resource.customer.uuid },
	{ name: "BillingAccountName", value: ({ resource }) => resource.customer.name },
	{ name: "BillingPeriodStart", value: start },
	{ name: "BillingPeriodEnd", value: end },
	{ name: "ChargeCategory", value: () => "Usage" },
	{ name: "ChargePeriodStart", value: start },
	{ name: "ChargePeriodEnd", value: end },
	{ name: "ConsumedQuantity", value: ({ usage }) => usage },
	{ name: "ConsumedUnit", value: ({ component }) => component.measuredUnit },
	{ name: "ProviderName", value: ({ resource }) => resource.offering.provider.name },
	{ name: "ResourceId", value: ({ resource }) => resource.uuid },
	{ name: "ResourceName", value: ({ resource }) => resource.name },
	{ name: "ServiceName", value: ({ resource }) => resource.offering.name },
	{ name: "SkuId", value: ({ component }) => component.uuid },
	{ name: "SkuMeter", value: ({ component }) => component.name },
	{ name: "SubAccountId", value: ({ resource }) => resource.project.uuid },
	{ name: "SubAccountName", value: ({ resource }) => resource.project.name },
];
