import { builder } from "../../graphql/builder.ts";
import { PolicyPeriod } from "../../graphql/enums.ts";
import { naming } from "../../graphql/identifiers.ts";
import { answersQueryResult } from "../../graphql/refusals.ts";
import { ComponentLimit, LimitInput } from "./policy.schema.ts";
import { previewPolicy } from "./policy-preview.service.ts";
import type { PreviewMonth } from "./policy-preview.ts";

const PreviewInput = builder.inputType("PreviewOfferingUsagePolicyInput", {
	description: "A policy that an offering could have.",
	fields: (t) => ({
		scope: t.field({ type: "UUID", required: true, description: "The offering.", ...naming("Offering") }),
		applyToAll: t.boolean({ required: true, defaultValue: false, description: "Whether it affects all customers; not together with organizationGroups." }),
		organizationGroups: t.field({
			type: ["UUID"],
			description: "The groups whose members it affects; not together with applyToAll.",
			...naming("OrganizationGroup"),
		}),
		period: t.field({ type: PolicyPeriod, required: true, defaultValue: "ONE_MONTH", description: "The window that usage is totalled over." }),
		componentLimits: t.field({ type: [LimitInput], required: true, description: "At least one, each type once." }),
	}),
});

const Month = builder.objectRef<PreviewMonth>("OfferingUsagePolicyPreviewMonth").implement({
	description: "How a policy would have stood in one billing month.",
	fields: (t) => ({
		billingPeriod: t.expose("billingPeriod", { type: "Date", description: "First day of the billing month." }),
		componentLimits: t.field({
			type: [ComponentLimit],
			description: "The limits and the totals of the window that ends in the month, by type of component.",
			resolve: ({ componentLimits }) => [...componentLimits],
		}),
		exceeded: t.exposeBoolean("exceeded", { description: "Whether one of the totals is above its limit." }),
		fired: t.exposeBoolean("fired", {
			description:
				"Whether the policy would have turned to fired in the month: it exceeds a limit, and the policy was not fired from the month before. " +
				"A policy stays fired over a month's turn when the window, moved on and without usage of the new month, still exceeds a limit.",
		}),
	}),
});

const Preview = builder.objectRef<readonly PreviewMonth[]>("OfferingUsagePolicyPreview").implement({
	description:
		"What a policy would have done with the usage that is stored. The usage of each month counts as if it was reported after the month's turn, " +
		"and the customers' groups, blocked and archived flags as they are today.",
	fields: (t) => ({
		wouldFire: t.boolean({
			description: "Whether the policy would fire at once if it was created now: one of the totals is above its limit.",
			resolve: (months) => months.at(-1)?.exceeded === true,
		}),
		componentLimits: t.field({
			type: [ComponentLimit],
			description: "The limits and what they would total now, by type of component.",
			resolve: (months) => [...(months.at(-1)?.componentLimits ?? [])],
		}),
		months: t.field({ type: [Month], description: "The last 24 billing months, oldest first; the last is the current one.", resolve: (months) => [...months] }),
		firedMonths: t.field({
			type: ["Date"],
			description: "First days of those months in which the policy would have turned to fired, oldest first.",
			resolve: (months) => months.filter(({ fired }) => fired).map(({ billingPeriod }) => billingPeriod),
		}),
	}),
});

builder.queryFields((t) => ({
	previewOfferingUsagePolicy: t.field({
		type: Preview,
		description:
			"Tells what a policy would total now and in which months it would have fired, to choose its limits by. Only reads: nothing is stored, nothing turns. " +
			"For staff and the provider's owners; FORBIDDEN for others of the provider's side and for support.",
		args: { input: t.arg({ type: PreviewInput, required: true, description: "The policy." }) },
		errors: answersQueryResult("PreviewOfferingUsagePolicy"),
		resolve: (_root, { input: { scope, organizationGroups, ...rest } }, { database, viewer, clock, timeZone }) =>
			previewPolicy(database, viewer, scope, { ...rest, organizationGroups: organizationGroups ?? [] }, { now: clock(), timeZone }),
	}),
}));
