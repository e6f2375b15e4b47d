import { builder } from "../../graphql/builder.ts";
import { Resource } from "../../graphql/nodes.ts";

export const LimitFilterInput = builder.inputType("ComponentUserUsageLimitFilter", {
	description: "Which per-user limits. All that is given must hold.",
	fields: (t) => ({
		resource: t.globalID({ for: Resource, description: "On the resource with this id." }),
		resourceUuid: t.field({ type: "UUID", description: "On the resource with this uuid." }),
		offeringUuid: t.field({ type: "UUID", description: "On resources of this offering." }),
		componentType: t.string({ description: "On components of this type, such as cpu." }),
		username: t.string({ description: "For accounts of exactly this name." }),
	}),
});
