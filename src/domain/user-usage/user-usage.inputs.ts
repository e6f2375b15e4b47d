import { builder } from "../../graphql/builder.ts";
import { OrderDirection } from "../../graphql/enums.ts";
import { usageFilterFields } from "../usage/usage.inputs.ts";

const UserUsageFilterInput = builder.inputType("ComponentUserUsageFilter", {
	description: "Which parts, mostly by the usage record that they are a part of. All that is given must hold.",
	fields: (t) => ({
		...usageFilterFields(t),
		username: t.string({ description: "Of usernames that contain this, in any case, by Unicode: at least 3 characters." }),
	}),
});

const UserUsageOrderField = builder.enumType("ComponentUserUsageOrderField", {
	description: "What parts are ordered by.",
	values: {
		BILLING_PERIOD: { description: "The billing month." },
		USAGE: { description: "The amount." },
		USERNAME: { description: "The account's name." },
	} as const,
});

const UserUsageOrderInput = builder.inputType("ComponentUserUsageOrder", {
	description: "In what order parts are listed.",
	fields: (t) => ({
		field: t.field({ type: UserUsageOrderField, required: true, description: "What they are ordered by." }),
		direction: t.field({ type: OrderDirection, required: true, defaultValue: "ASC", description: "Which way." }),
	}),
});

/** What every list of parts takes besides its page. */
export const userUsageListArgs = builder.args((t) => ({
	filter: t.field({ type: UserUsageFilterInput, description: "Which parts; all when absent." }),
	orderBy: t.field({ type: UserUsageOrderInput, description: "In what order; as the field says when absent." }),
}));
