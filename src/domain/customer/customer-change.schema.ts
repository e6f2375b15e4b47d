import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader } from "../../graphql/context.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Customer } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { firingsIn, idempotencyKey, once } from "../idempotency/idempotency.schema.ts";
import { causedFirings } from "../policy/caused-firings.schema.ts";
import { type ChangedCustomer, updateCustomer } from "./customer-change.service.ts";

const UpdateCustomerInput = builder.inputType("UpdateCustomerInput", {
	description: "Changes of a customer: what is absent or null stays as it is.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The customer.", ...naming("Customer") }),
		blocked: t.boolean({ description: "Whether it is blocked: it gets no new resources, and is left out of every policy's totals." }),
		archived: t.boolean({ description: "Whether it is archived: it gets no new resources, and is left out of every policy's totals." }),
		organizationGroups: t.field({
			type: ["UUID"],
			description: "All the groups that it is to be a member of: it leaves those that are not named, with [] all of them.",
			...naming("OrganizationGroup"),
		}),
		idempotencyKey: idempotencyKey(t),
	}),
});

const UpdateCustomerPayload = builder.objectRef<ChangedCustomer>("UpdateCustomerPayload").implement({
	description: "The customer that was changed.",
	fields: (t) => ({
		customer: t.field({
			type: Customer,
			description: "The customer as it is stored.",
			resolve: ({ uuid }, _args, context, info) => visibleRow("Customer", uuid, context, info),
		}),
		firings: causedFirings(t),
	}),
});

builder.mutationFields((t) => ({
	updateCustomer: t.field({
		type: UpdateCustomerPayload,
		description:
			"Changes a customer's groups, and whether it is blocked or archived, in one transaction with the policies that this turns. " +
			"For staff; FORBIDDEN for others who see the customer.",
		args: { input: t.arg({ type: UpdateCustomerInput, required: true, description: "The changes." }) },
		errors: answersResult("UpdateCustomer"),
		resolve: async (_root, { input }, context) => {
			const names = (changed: ChangedCustomer) => [{ model: "Customer", uuid: changed.uuid } as const, ...firingsIn(changed)];
			const changed = await updateCustomer(once(context, "updateCustomer", input, names), context.viewer, input, momentOf(context));
			resetLoader(context);
			return changed;
		},
	}),
}));
