import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader, writesOf } from "../../graphql/context.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { Forbidden, InvalidInputRefusal, NotFoundRefusal, Refusal, RuleRefusal } from "../../shared/refusal.ts";
import { causedFirings } from "../policy/caused-firings.schema.ts";
import { SetUsageInput, SetUsagePayload } from "./set-usage.schema.ts";
import { type StoredReports, setUsages } from "./usage.service.ts";

const SetUsagesPayload = builder.objectRef<StoredReports>("SetUsagesPayload").implement({
	description: "What a call with many reports left behind.",
	fields: (t) => ({
		results: t.field({
			type: [SetUsagePayload],
			description:
				"What became of each report, in the order of the call; errors among them only when partial was asked for, or where what an earlier call stored under the same key has gone.",
			itemErrors: {
				types: [InvalidInputRefusal, NotFoundRefusal, Forbidden, RuleRefusal],
				union: { name: "SetUsagesItem", description: "What became of one report of a call: what it left behind, or why it was refused." },
			},
			resolve: ({ results }) => results.map(async (result) => (result instanceof Refusal ? Promise.reject(result) : result)),
		}),
		firings: causedFirings(t, "All policies that the call turned, in the order of the log."),
	}),
});

builder.mutationFields((t) => ({
	setUsages: t.field({
		type: SetUsagesPayload,
		description:
			"Reports usage of many resources, each as setUsage does, in one transaction; policies are evaluated once, after all reports. " +
			"All or nothing, unless partial is asked for; problems name their report by its index. For whom setUsage is.",
		args: {
			input: t.arg({ type: [SetUsageInput], required: true, description: "1 to 250 reports; no type of a resource twice." }),
			partial: t.arg.boolean({
				required: true,
				defaultValue: false,
				description: "Whether reports that are not refused are stored when others are; each report is then answered alone.",
			}),
		},
		errors: answersResult("SetUsages"),
		resolve: async (_root, { input, partial }, context) => {
			const stored = await setUsages(writesOf(context), context.viewer, input, { ...momentOf(context), partial });
			resetLoader(context);
			return stored;
		},
	}),
}));
