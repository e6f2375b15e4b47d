import { builder } from "../../graphql/builder.ts";
import { momentOf, resetLoader } from "../../graphql/context.ts";
import { ResourceState } from "../../graphql/enums.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Resource } from "../../graphql/nodes.ts";
import { answersResult } from "../../graphql/refusals.ts";
import { idempotencyKey, once } from "../idempotency/idempotency.schema.ts";
import { createResource, setResourcePlan, setResourceState } from "./resource.service.ts";

const CreateResourceInput = builder.inputType("CreateResourceInput", {
	description: "A resource of an offering in a project.",
	fields: (t) => ({
		name: t.string({ required: true, description: "Name of the resource, 1 to 150 characters." }),
		offering: t.field({ type: "UUID", required: true, description: "An offering on sale.", ...naming("Offering") }),
		project: t.field({ type: "UUID", required: true, description: "The project that is to hold it.", ...naming("Project") }),
		plan: t.field({
			type: "UUID",
			description: "A plan of the offering, which applies from when the resource is first OK; without one, no usage can be reported.",
			...naming("Plan"),
		}),
		idempotencyKey: idempotencyKey(t),
	}),
});

const SetResourceStateInput = builder.inputType("SetResourceStateInput", {
	description: "Where a resource is in its life.",
	fields: (t) => ({
		resource: t.field({ type: "UUID", required: true, description: "The resource.", ...naming("Resource") }),
		state: t.field({
			type: ResourceState,
			required: true,
			description: "The state it is in now. The first OK opens its plan period; TERMINATED is for good, and ends it.",
		}),
		idempotencyKey: idempotencyKey(t),
	}),
});

const SetResourcePlanInput = builder.inputType("SetResourcePlanInput", {
	description: "The price plan of a resource.",
	fields: (t) => ({
		resource: t.field({ type: "UUID", required: true, description: "The resource.", ...naming("Resource") }),
		plan: t.field({ type: "UUID", required: true, description: "A plan of the resource's offering that is not archived.", ...naming("Plan") }),
		idempotencyKey: idempotencyKey(t),
	}),
});

const payload = (name: string, description: string) =>
	builder.objectRef<{ uuid: string }>(name).implement({
		description,
		fields: (t) => ({
			resource: t.field({
				type: Resource,
				description: "The resource as it is stored.",
				resolve: ({ uuid }, _args, context, info) => visibleRow("Resource", uuid, context, info),
			}),
		}),
	});

const CreateResourcePayload = payload("CreateResourcePayload", "The resource that was created.");
const SetResourceStatePayload = payload("SetResourceStatePayload", "The resource whose state was set.");
const SetResourcePlanPayload = payload("SetResourcePlanPayload", "The resource whose plan was set.");

const namesResource = (uuid: string) => [{ model: "Resource", uuid } as const];

builder.mutationFields((t) => ({
	createResource: t.field({
		type: CreateResourcePayload,
		description:
			"Creates a resource, in state CREATING. Refused for a blocked or archived customer, and while a fired policy of the offering blocks the customer. " +
			"For staff, the customer's owners and the project's managers and admins; FORBIDDEN for others of the customer's side and for support.",
		args: { input: t.arg({ type: CreateResourceInput, required: true, description: "The resource." }) },
		errors: answersResult("CreateResource"),
		resolve: async (_root, { input }, context) => {
			const uuid = await createResource(once(context, "createResource", input, namesResource), context.viewer, input, momentOf(context));
			resetLoader(context);
			return { uuid };
		},
	}),
	setResourceState: t.field({
		type: SetResourceStatePayload,
		description:
			"Sets where a resource is in its life. " +
			"For staff, the provider's owners and managers, and the offering's managers; FORBIDDEN for others who see the resource.",
		args: { input: t.arg({ type: SetResourceStateInput, required: true, description: "The resource and its state." }) },
		errors: answersResult("SetResourceState"),
		resolve: async (_root, { input }, context) => {
			await setResourceState(
				once(context, "setResourceState", input, () => namesResource(input.resource)),
				context.viewer,
				input.resource,
				input.state,
				context.clock(),
			);
			resetLoader(context);
			return { uuid: input.resource };
		},
	}),
	setResourcePlan: t.field({
		type: SetResourcePlanPayload,
		description:
			"Gives a resource a price plan, or another one: the plan period that is open ends now, and the next one begins; that of a resource which was never OK begins " +
			"when it is. The same plan again changes nothing. A plan that is archived or of another offering is NOT_FOUND, a resource that is TERMINATED INVALID_RESOURCE_STATE. " +
			"For whom setResourceState is.",
		args: { input: t.arg({ type: SetResourcePlanInput, required: true, description: "The resource and its plan." }) },
		errors: answersResult("SetResourcePlan"),
		resolve: async (_root, { input }, context) => {
			const names = () => namesResource(input.resource);
			await setResourcePlan(once(context, "setResourcePlan", input, names), context.viewer, input.resource, input.plan, context.clock());
			resetLoader(context);
			return { uuid: input.resource };
		},
	}),
}));
