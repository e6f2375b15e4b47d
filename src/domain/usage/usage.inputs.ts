import { builder } from "../../graphql/builder.ts";
import { OrderDirection } from "../../graphql/enums.ts";
import { Resource } from "../../graphql/nodes.ts";

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, "InputObject">;

/** The filters that usage records and their parts share. */
export const usageFilterFields = (t: InputFields) => ({
	resource: t.globalID({ for: Resource, description: "Of the resource with this id." }),
	resourceUuid: t.field({ type: "UUID", description: "Of the resource with this uuid." }),
	offeringUuid: t.field({ type: "UUID", description: "Of resources of this offering." }),
	projectUuid: t.field({ type: "UUID", description: "Of resources in this project." }),
	customerUuid: t.field({ type: "UUID", description: "Of resources of this customer." }),
	type: t.string({ description: "Of components of this type, such as cpu." }),
	billingPeriod: t.field({ type: "Date", description: "Of the billing month with this first day." }),
	billingPeriodYear: t.int({ description: "Of the billing months of this calendar year, 1 to 9999." }),
	billingPeriodMonth: t.int({ description: "Of this calendar month, 1 to 12, in any year." }),
	dateAfter: t.field({ type: "Date", description: "Reported on this day or later, in the service's time zone." }),
	dateBefore: t.field({ type: "Date", description: "Reported on this day or earlier, in the service's time zone." }),
});

const UsageFilterInput = builder.inputType("ComponentUsageFilter", {
	description: "Which usage records. All that is given must hold.",
	fields: usageFilterFields,
});

const UsageOrderField = builder.enumType("ComponentUsageOrderField", {
	description: "What usage records are ordered by.",
	values: { BILLING_PERIOD: { description: "The billing month." }, USAGE: { description: "The amount." } } as const,
});

const UsageOrderInput = builder.inputType("ComponentUsageOrder", {
	description: "In what order usage records are listed.",
	fields: (t) => ({
		field: t.field({ type: UsageOrderField, required: true, description: "What they are ordered by." }),
		direction: t.field({ type: OrderDirection, required: true, defaultValue: "ASC", description: "Which way." }),
	}),
});

/** What every list of records takes besides its page. */
export const usageListArgs = builder.args((t) => ({
	filter: t.field({ type: UsageFilterInput, description: "Which records; all when absent." }),
	orderBy: t.field({ type: UsageOrderInput, description: "In what order; as the field says when absent." }),
}));
