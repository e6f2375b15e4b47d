import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader } from "../../graphql/context.ts";
import { naming } from "../../graphql/identifiers.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { firingsIn, idempotencyKey, once } from "../idempotency/idempotency.schema.ts";
import { causedFirings } from "../policy/caused-firings.schema.ts";
import { type RemovedUsage, removeUsage } from "./usage-removal.service.ts";

const DeleteInput = builder.inputType("DeleteComponentUsageInput", {
	description: "A usage record to delete.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The record.", ...naming("ComponentUsage") }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const DeletePayload = builder.objectRef<RemovedUsage>("DeleteComponentUsagePayload").implement({
	description: "The usage record that was deleted.",
	fields: (t) => ({
		deletedComponentUsageId: t.globalID({
			description: "The id that it had: what a client's cache has under it is gone.",
			resolve: ({ uuid }) => ({ type: "ComponentUsage", id: uuid }),
		}),
		uuid: t.expose("uuid", { type: "UUID", description: "The uuid that it had." }),
		firings: causedFirings(t),
	}),
});

builder.mutationFields((t) => ({
	deleteComponentUsage: t.field({
		type: DeletePayload,
		description:
			"Deletes a usage record with its parts, in one transaction with the policies that this turns. The resource's current usage becomes that of the " +
			"latest month that remains; firings that the record caused stay, without their cause. For staff; FORBIDDEN for others who see the record.",
		args: { input: t.arg({ type: DeleteInput, required: true, description: "The record." }) },
		errors: answersResult("DeleteComponentUsage"),
		resolve: async (_root, { input }, context) => {
			const removed = await removeUsage(once(context, "deleteComponentUsage", input, firingsIn), context.viewer, input.uuid, momentOf(context));
			resetLoader(context);
			return removed;
		},
	}),
}));
