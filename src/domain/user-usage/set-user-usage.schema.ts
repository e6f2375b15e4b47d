import { builder } from "../../graphql/builder.ts";
import { resetLoader, writesOf } from "../../graphql/context.ts";
import { visibleRow, visibleRows } from "../../graphql/fields/by-uuid.ts";
import { naming } from "../../graphql/identifiers.ts";
import { ComponentUserUsage } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { idempotencyKey } from "../idempotency/idempotency.schema.ts";
import { type StoredPart, setUserUsage, setUserUsages } from "./user-usage.service.ts";

const SetUserUsageInput = builder.inputType("SetUserUsageInput", {
	description: "One username's part of a usage record.",
	fields: (t) => ({
		componentUsage: t.field({ type: "UUID", required: true, description: "The usage record.", ...naming("ComponentUsage") }),
		username: t.string({ required: true, description: "Name of the account at the provider, 1 to 100 characters." }),
		usage: t.field({
			type: "Decimal",
			required: true,
			defaultValue: "0",
			description: "The part of the month in the component's measured unit: 0 or more, at most 20 digits, 2 of them decimal places.",
		}),
		user: t.field({
			type: "UUID",
			description:
				"The offering's account that it counts for; when absent, the account of that username, if there is one. Required when several accounts have the username.",
			...naming("OfferingUser"),
		}),
		idempotencyKey: idempotencyKey(t),
	}),
});

const SetUserUsagePayload = builder.objectRef<StoredPart>("SetUserUsagePayload").implement({
	description: "What a report of a part left behind.",
	fields: (t) => ({
		componentUserUsage: t.field({
			type: ComponentUserUsage,
			description: "The stored part.",
			resolve: ({ componentUserUsage }, _args, context, info) => visibleRow("ComponentUserUsage", componentUserUsage, context, info),
		}),
	}),
});

const SetUserUsagesPayload = builder.objectRef<{ parts: StoredPart[] }>("SetUserUsagesPayload").implement({
	description: "What a report of many parts left behind.",
	fields: (t) => ({
		componentUserUsages: t.field({
			type: [ComponentUserUsage],
			description: "The stored parts, in the order of the call.",
			resolve: ({ parts }, _args, context, info) =>
				visibleRows(
					"ComponentUserUsage",
					parts.map(({ componentUserUsage }) => componentUserUsage),
					context,
					info,
				),
		}),
	}),
});

builder.mutationFields((t) => ({
	setUserUsage: t.field({
		type: SetUserUsagePayload,
		description:
			"Reports one username's part of a usage record; a part of the same username is replaced. The record's total stays as it is. " +
			"For staff, the provider's owners and managers, and the offering's managers; FORBIDDEN for others who see the record. Mirrors set_user_usage of Waldur.",
		args: { input: t.arg({ type: SetUserUsageInput, required: true, description: "The part." }) },
		errors: answersResult("SetUserUsage"),
		resolve: async (_root, { input }, context) => {
			const stored = await setUserUsage(writesOf(context), context.viewer, input, context.clock());
			resetLoader(context);
			return stored;
		},
	}),
	setUserUsages: t.field({
		type: SetUserUsagesPayload,
		description:
			"Reports many parts, each as setUserUsage does, all or nothing: problems name their part by its index, and an account's limit holds for all of its parts together. " +
			"For whom setUserUsage is.",
		args: { input: t.arg({ type: [SetUserUsageInput], required: true, description: "1 to 250 parts; no username of a record twice." }) },
		errors: answersResult("SetUserUsages"),
		resolve: async (_root, { input }, context) => {
			const parts = await setUserUsages(writesOf(context), context.viewer, input, context.clock());
			resetLoader(context);
			return { parts };
		},
	}),
}));
