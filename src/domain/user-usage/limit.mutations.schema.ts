import { builder } from "../../graphql/builder.ts";
import { resetLoader } from "../../graphql/context.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { naming } from "../../graphql/identifiers.ts";
import { ComponentUserUsageLimit } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { idempotencyKey, once } from "../idempotency/idempotency.schema.ts";
import { createLimit, removeLimit, updateLimit } from "./limit.service.ts";

const amountProse =
	"The most that may be reported for the account in a month, in the component's measured unit: 0 or more, at most 20 digits, 2 of them decimal places";
const writers = "For staff, the consuming customer's owners and the project's managers; FORBIDDEN for others who see the resource.";

const CreateInput = builder.inputType("CreateComponentUserUsageLimitInput", {
	description: "A limit for one account on one component of one resource.",
	fields: (t) => ({
		resource: t.field({ type: "UUID", required: true, description: "The resource.", ...naming("Resource") }),
		component: t.field({ type: "UUID", required: true, description: "A component of the resource's offering.", ...naming("OfferingComponent") }),
		user: t.field({ type: "UUID", required: true, description: "An account at the resource's offering.", ...naming("OfferingUser") }),
		limit: t.field({ type: "Decimal", required: true, defaultValue: "0", description: `${amountProse}.` }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const UpdateInput = builder.inputType("UpdateComponentUserUsageLimitInput", {
	description: "Changes of a limit: what is absent or null stays as it is.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The limit.", ...naming("ComponentUserUsageLimit") }),
		resource: t.field({ type: "UUID", description: "The limit's resource, which is fixed: another one is refused.", ...naming("Resource") }),
		component: t.field({ type: "UUID", description: "Another component of the resource's offering.", ...naming("OfferingComponent") }),
		user: t.field({ type: "UUID", description: "Another account at the resource's offering.", ...naming("OfferingUser") }),
		limit: t.field({ type: "Decimal", description: `${amountProse}. Lowering it below what is reported is allowed: only later reports meet it.` }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const DeleteInput = builder.inputType("DeleteComponentUserUsageLimitInput", {
	description: "A limit to delete.",
	fields: (t) => ({
		uuid: t.field({ type: "UUID", required: true, description: "The limit.", ...naming("ComponentUserUsageLimit") }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const payload = (name: string, description: string) =>
	builder.objectRef<{ uuid: string }>(name).implement({
		description,
		fields: (t) => ({
			componentUserUsageLimit: t.field({
				type: ComponentUserUsageLimit,
				description: "The limit as it is stored.",
				resolve: ({ uuid }, _args, context, info) => visibleRow("ComponentUserUsageLimit", uuid, context, info),
			}),
		}),
	});

const CreatePayload = payload("CreateComponentUserUsageLimitPayload", "The limit that was created.");
const UpdatePayload = payload("UpdateComponentUserUsageLimitPayload", "The limit that was changed.");

const DeletePayload = builder.objectRef<{ uuid: string }>("DeleteComponentUserUsageLimitPayload").implement({
	description: "The limit that was deleted.",
	fields: (t) => ({
		deletedComponentUserUsageLimitId: t.globalID({
			description: "The id that it had: what a client's cache has under it is gone.",
			resolve: ({ uuid }) => ({ type: "ComponentUserUsageLimit", id: uuid }),
		}),
		uuid: t.expose("uuid", { type: "UUID", description: "The uuid that it had." }),
	}),
});

const namesLimit = (uuid: string) => [{ model: "ComponentUserUsageLimit", uuid } as const];

builder.mutationFields((t) => ({
	createComponentUserUsageLimit: t.field({
		type: CreatePayload,
		description: `Limits what may be reported for an account. ${writers}`,
		args: { input: t.arg({ type: CreateInput, required: true, description: "The limit." }) },
		errors: answersResult("CreateComponentUserUsageLimit"),
		resolve: async (_root, { input }, context) => {
			const uuid = await createLimit(once(context, "createComponentUserUsageLimit", input, namesLimit), context.viewer, input, context.clock());
			resetLoader(context);
			return { uuid };
		},
	}),
	updateComponentUserUsageLimit: t.field({
		type: UpdatePayload,
		description: `Changes a limit. ${writers}`,
		args: { input: t.arg({ type: UpdateInput, required: true, description: "The changes." }) },
		errors: answersResult("UpdateComponentUserUsageLimit"),
		resolve: async (_root, { input }, context) => {
			await updateLimit(
				once(context, "updateComponentUserUsageLimit", input, () => namesLimit(input.uuid)),
				context.viewer,
				input,
				context.clock(),
			);
			resetLoader(context);
			return { uuid: input.uuid };
		},
	}),
	deleteComponentUserUsageLimit: t.field({
		type: DeletePayload,
		description: `Deletes a limit. ${writers}`,
		args: { input: t.arg({ type: DeleteInput, required: true, description: "The limit." }) },
		errors: answersResult("DeleteComponentUserUsageLimit"),
		resolve: async (_root, { input }, context) => {
			await removeLimit(
				once(context, "deleteComponentUserUsageLimit", input, () => []),
				context.viewer,
				input.uuid,
				context.clock(),
			);
			resetLoader(context);
			return { uuid: input.uuid };
		},
	}),
}));
