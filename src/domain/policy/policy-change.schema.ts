import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader } from "../../graphql/context.ts";
import { PolicyAction, PolicyPeriod, policyActions } from "../../graphql/enums.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { naming } from "../../graphql/identifiers.ts";
import { OfferingUsagePolicy } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { firingsIn, idempotencyKey, once } from "../idempotency/idempotency.schema.ts";
import { causedFirings } from "./caused-firings.schema.ts";
import { LimitInput } from "./policy.schema.ts";
import { type ChangedPolicy, createPolicy, removePolicy, updatePolicy } from "./policy-change.service.ts";

const writers = "For staff and the provider's owners; FORBIDDEN for others of the provider's side and for support.";

const OptionsInput = builder.inputType("OfferingUsagePolicyOptionsInput", {
	description: "What a policy's actions need to know.",
	fields: (t) => ({
		externalUserEmails: t.stringList({ required: true, description: "Addresses that NOTIFY_EXTERNAL_USER mails; at least one with that action." }),
	}),
});

const CreateInput = builder.inputType("CreateOfferingUsagePolicyInput", {
	description: "A policy on an offering.",
	fields: (t) => ({
		scope: t.field({ type: "UUID", required: true, description: "The offering, fixed from then on.", ...naming("Offering") }),
		actions: t.field({ type: [PolicyAction], required: true, description: "What happens when it fires; at least one." }),
		options: t.field({ type: OptionsInput, description: "What the actions need to know." }),
		applyToAll: t.boolean({ required: true, defaultValue: false, description: "Whether it affects all customers; not together with organizationGroups." }),
		organizationGroups: t.field({
			type: ["UUID"],
			description: "The groups whose members it affects; not together with applyToAll.",
			...naming("OrganizationGroup"),
		}),
		period: t.field({ type: PolicyPeriod, required: true, defaultValue: "ONE_MONTH", description: "The window that usage is totalled over." }),
		componentLimits: t.field({ type: [LimitInput], required: true, description: "At least one, each type once." }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const UpdateInput = builder.inputType("UpdateOfferingUsagePolicyInput", {
	description: "Changes of a policy: what is absent or null stays as it is, a list that is given replaces the whole list.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The policy.", ...naming("OfferingUsagePolicy") }),
		scope: t.field({ type: "UUID", description: "The policy's offering, which is fixed: another one is refused.", ...naming("Offering") }),
		actions: t.field({ type: [PolicyAction], description: "What happens when it fires; at least one." }),
		options: t.field({ type: OptionsInput, description: "What the actions need to know." }),
		applyToAll: t.boolean({ description: "Whether it affects all customers; with true, give organizationGroups: [] if it has groups." }),
		organizationGroups: t.field({ type: ["UUID"], description: "The groups whose members it affects.", ...naming("OrganizationGroup") }),
		period: t.field({ type: PolicyPeriod, description: "The window that usage is totalled over." }),
		componentLimits: t.field({ type: [LimitInput], description: "At least one, each type once." }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const DeleteInput = builder.inputType("DeleteOfferingUsagePolicyInput", {
	description: "A policy to delete.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The policy.", ...naming("OfferingUsagePolicy") }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const payload = (name: string, description: string) =>
	builder.objectRef<ChangedPolicy>(name).implement({
		description,
		fields: (t) => ({
			offeringUsagePolicy: t.field({
				type: OfferingUsagePolicy,
				description: "The policy as it is stored, evaluated.",
				resolve: ({ uuid }, _args, context, info) => visibleRow("OfferingUsagePolicy", uuid, context, info),
			}),
			firings: causedFirings(t),
		}),
	});

const CreatePayload = payload("CreateOfferingUsagePolicyPayload", "The policy that was created.");
const UpdatePayload = payload("UpdateOfferingUsagePolicyPayload", "The policy that was changed.");

const DeletePayload = builder.objectRef<ChangedPolicy>("DeleteOfferingUsagePolicyPayload").implement({
	description: "The policy that was deleted.",
	fields: (t) => ({
		deletedOfferingUsagePolicyId: t.globalID({
			description: "The id that it had: what a client's cache has under it is gone.",
			resolve: ({ uuid }) => ({ type: "OfferingUsagePolicy", id: uuid }),
		}),
		uuid: t.expose("uuid", { type: "UUID", description: "The uuid that it had." }),
		firings: causedFirings(t, "Its last firing, WITHDRAWN, when it was fired; none otherwise."),
	}),
});

const namesIn = (changed: ChangedPolicy) => [{ model: "OfferingUsagePolicy", uuid: changed.uuid } as const, ...firingsIn(changed)];

builder.mutationFields((t) => ({
	createOfferingUsagePolicy: t.field({
		type: CreatePayload,
		description: `Sets an alert: puts a policy on an offering, with a limit (threshold) for each component, and evaluates it at once: over usage that exceeds it already, it fires. ${writers}`,
		args: { input: t.arg({ type: CreateInput, required: true, description: "The policy." }) },
		errors: answersResult("CreateOfferingUsagePolicy"),
		resolve: async (_root, { input }, context) => {
			const { scope, options, organizationGroups, idempotencyKey: _key, ...rest } = input;
			const request = { ...rest, organizationGroups: organizationGroups ?? [], externalUserEmails: options?.externalUserEmails ?? [] };
			const changed = await createPolicy(once(context, "createOfferingUsagePolicy", input, namesIn), context.viewer, scope, request, momentOf(context));
			resetLoader(context);
			return changed;
		},
	}),
	updateOfferingUsagePolicy: t.field({
		type: UpdatePayload,
		description: `Changes a policy and evaluates it at once. ${writers}`,
		args: { input: t.arg({ type: UpdateInput, required: true, description: "The changes." }) },
		errors: answersResult("UpdateOfferingUsagePolicy"),
		resolve: async (_root, { input }, context) => {
			const { options, idempotencyKey: _key, ...rest } = input;
			const change = { ...rest, externalUserEmails: options?.externalUserEmails };
			const changed = await updatePolicy(once(context, "updateOfferingUsagePolicy", input, namesIn), context.viewer, change, momentOf(context));
			resetLoader(context);
			return changed;
		},
	}),
	deleteOfferingUsagePolicy: t.field({
		type: DeletePayload,
		description: `Deletes a policy: what it blocked is free again, its firings stay. One that is fired leaves a last firing, WITHDRAWN. ${writers}`,
		args: { input: t.arg({ type: DeleteInput, required: true, description: "The policy." }) },
		errors: answersResult("DeleteOfferingUsagePolicy"),
		resolve: async (_root, { input }, context) => {
			const deleted = await removePolicy(once(context, "deleteOfferingUsagePolicy", input, firingsIn), context.viewer, input.uuid, momentOf(context));
			resetLoader(context);
			return deleted;
		},
	}),
}));

builder.queryFields((t) => ({
	offeringUsagePolicyActions: t.field({
		type: [PolicyAction],
		description: "The actions that a policy can take.",
		resolve: computed([], () => [...policyActions]),
	}),
}));
