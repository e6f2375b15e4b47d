import { builder } from "../graphql/builder.ts";
import { ComponentUserUsageConnection } from "../graphql/connection-types.ts";
import { connection } from "../graphql/connections.ts";
import { renew } from "../graphql/context.ts";
import { link, optionalLink } from "../graphql/links.ts";
import { ComponentUsage, ComponentUserUsage, OfferingUser } from "../graphql/nodes.ts";
import { answersResult } from "../graphql/refusals.ts";
import { storedRow, visibleRow } from "../graphql/rows.ts";
import { userUsageListArgs } from "./user-usage.inputs.ts";
import { userUsageList } from "./user-usage.lists.ts";
import { setUserUsage } from "./user-usage.service.ts";

builder.prismaObjectFields(ComponentUserUsage, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	username: t.exposeString("username"),
	usage: t.expose("usage", { type: "Decimal" }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	componentUsage: t.field({ type: ComponentUsage, ...link("ComponentUserUsage", "componentUsage") }),
	user: t.field({ type: OfferingUser, ...optionalLink("ComponentUserUsage", "user") }),
}));

builder.queryFields((t) => ({
	componentUserUsage: t.field({
		type: ComponentUserUsage,
		nullable: true,
		description: "The part with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The part's uuid." }) },
		resolve: (_root, { uuid }, context, info) => visibleRow("ComponentUserUsage", uuid, context, info),
	}),
	componentUserUsages: t.field({
		type: ComponentUserUsageConnection,
		description: "The parts of usage records that the viewer sees, newest report first, then by type.",
		args: {
			...t.arg.connectionArgs(),
			...userUsageListArgs,
		},
		resolve: (_root, { filter, orderBy, ...page }, context, info) => connection(userUsageList(filter, orderBy, context.timeZone), page, context, info),
	}),
}));

const SetUserUsageInput = builder.inputType("SetUserUsageInput", {
	description: "One username's part of a usage record.",
	fields: (t) => ({
		componentUsage: t.field({ type: "UUID", required: true, description: "Uuid of the usage record." }),
		username: t.string({ required: true, description: "Name of the account at the provider, 1 to 100 characters." }),
		usage: t.field({
			type: "Decimal",
			required: true,
			defaultValue: "0",
			description: "The part of the month in the component's measured unit: 0 or more, at most 20 digits, 2 of them decimal places.",
		}),
		user: t.field({
			type: "UUID",
			description: "Uuid of the offering's account that it counts for; when absent, the account of that username, if there is one.",
		}),
	}),
});

const SetUserUsagePayload = builder.objectRef<{ componentUserUsage: string }>("SetUserUsagePayload").implement({
	description: "What a report of a part left behind.",
	fields: (t) => ({
		componentUserUsage: t.field({
			type: ComponentUserUsage,
			description: "The stored part.",
			resolve: ({ componentUserUsage }, _args, context, info) => storedRow("ComponentUserUsage", componentUserUsage, context, info),
		}),
	}),
});

builder.mutationFields((t) => ({
	setUserUsage: t.field({
		type: SetUserUsagePayload,
		description:
			"Reports one username's part of a usage record; a part of the same username is replaced. The record's total stays as it is. " +
			"For staff, the provider's owners and managers, and the offering's managers; FORBIDDEN for others who see the record. Mirrors set_user_usage of Waldur.",
		args: { input: t.arg({ type: SetUserUsageInput, required: true, description: "The part." }) },
		errors: answersResult("SetUserUsage"),
		resolve: async (_root, { input }, context) => {
			const componentUserUsage = await setUserUsage(context.database, context.viewer, input, context.clock());
			renew(context);
			return { componentUserUsage };
		},
	}),
}));
