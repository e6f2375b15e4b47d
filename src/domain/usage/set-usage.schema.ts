import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader, writesOf } from "../../graphql/context.ts";
import { visibleRows } from "../../graphql/fields/by-uuid.ts";
import { naming } from "../../graphql/identifiers.ts";
import { ComponentUsage } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { idempotencyKey } from "../idempotency/idempotency.schema.ts";
import { causedFirings } from "../policy/caused-firings.schema.ts";
import { type StoredReport, setUsage } from "./usage.service.ts";

const ReportedUsageInput = builder.inputType("ReportedUsageInput", {
	description: "Usage of one component in the current billing month.",
	fields: (t) => ({
		type: t.string({ required: true, description: "Type of the component, such as cpu." }),
		amount: t.field({
			type: "Decimal",
			required: true,
			description: "Total of the month in the component's measured unit: 0 or more, at most 20 digits, 2 of them decimal places.",
		}),
		description: t.string({ description: "A remark; none when absent." }),
		recurring: t.boolean({ description: "Whether the value is reported again by itself every month until it is changed; not when absent." }),
	}),
});

export const SetUsageInput = builder.inputType("SetUsageInput", {
	description: "A report of a resource's usage in the current billing month. Give the resource, or one of its plan periods.",
	fields: (t) => ({
		resource: t.field({ type: "UUID", description: "The resource: usage is charged to the plan period that is open now.", ...naming("Resource") }),
		planPeriod: t.field({
			type: "UUID",
			description: "The plan period that usage is charged to. Beside a resource, it must be one of that resource.",
			...naming("ResourcePlanPeriod"),
		}),
		usages: t.field({ type: [ReportedUsageInput], required: true, description: "At least one, each type once." }),
		idempotencyKey: idempotencyKey(t),
	}),
});

export const SetUsagePayload = builder.objectRef<StoredReport>("SetUsagePayload").implement({
	description: "What a report left behind.",
	fields: (t) => ({
		componentUsages: t.field({
			type: [ComponentUsage],
			description: "The stored records, in the order of the report.",
			resolve: ({ componentUsages }, _args, context, info) => visibleRows("ComponentUsage", componentUsages, context, info),
		}),
		firings: causedFirings(t, "The policies that the report turned, in the order of the log; in a call with many reports, those whose cause this one stored."),
	}),
});

builder.mutationFields((t) => ({
	setUsage: t.field({
		type: SetUsagePayload,
		description:
			"Reports usage of a resource's components: absolute figures that replace what was reported for the month before. " +
			"All or nothing, in one transaction with the policies that it turns. For staff, the provider's owners and managers, and the offering's managers; FORBIDDEN for others who see the resource. " +
			"Mirrors set_usage of Waldur.",
		args: { input: t.arg({ type: SetUsageInput, required: true, description: "The report." }) },
		errors: answersResult("SetUsage"),
		resolve: async (_root, { input }, context) => {
			const stored = await setUsage(writesOf(context), context.viewer, input, momentOf(context));
			resetLoader(context);
			return stored;
		},
	}),
}));
