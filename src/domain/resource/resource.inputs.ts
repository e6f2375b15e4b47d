import { builder } from "../../graphql/builder.ts";
import { OrderDirection, ResourceState } from "../../graphql/enums.ts";

const ResourceFilterInput = builder.inputType("ResourceFilter", {
	description: "Which resources. All that is given must hold.",
	fields: (t) => ({
		offeringUuid: t.field({ type: "UUID", description: "Instances of this offering." }),
		projectUuid: t.field({ type: "UUID", description: "In this project." }),
		customerUuid: t.field({ type: "UUID", description: "Of this customer." }),
		states: t.field({ type: [ResourceState], description: "In one of these states." }),
	}),
});

const ResourceOrderField = builder.enumType("ResourceOrderField", {
	description: "What resources are ordered by.",
	values: { NAME: { description: "The name." }, CREATED: { description: "When they were created." } } as const,
});

const ResourceOrderInput = builder.inputType("ResourceOrder", {
	description: "In what order resources are listed.",
	fields: (t) => ({
		field: t.field({ type: ResourceOrderField, required: true, description: "What they are ordered by." }),
		direction: t.field({ type: OrderDirection, required: true, defaultValue: "ASC", description: "Which way." }),
	}),
});

/** What every list of resources takes besides its page. */
export const resourceListArgs = builder.args((t) => ({
	filter: t.field({ type: ResourceFilterInput, description: "Which resources; all when absent." }),
	orderBy: t.field({ type: ResourceOrderInput, description: "In what order; as the field says when absent." }),
}));
