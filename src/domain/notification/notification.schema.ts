import { builder } from "../../graphql/builder.ts";
import { NotificationConnection } from "../../graphql/connection-types.ts";
import { NotificationState, PolicyAction } from "../../graphql/enums.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { page } from "../../graphql/fields/page.ts";
import { Notification, Offering, OfferingUsagePolicy, PolicyFiring } from "../../graphql/nodes.ts";
import { notificationList, notificationsBelow } from "./notification.lists.ts";
import { recipientsOf } from "./notification.store.ts";

builder.prismaObjectFields(Notification, (t) => ({
	uuid: t.expose("uuid", { type: "UUID", description: "Identifier of the notification." }),
	action: t.expose("action", { type: PolicyAction }),
	recipient: t.string({
		nullable: true,
		description: "E-mail address it goes to: for staff, support and the provider's owners; null for anyone else.",
		resolve: loaded("recipient of Notification", (uuids, _args, { database, viewer }) => recipientsOf(database, viewer, uuids)),
	}),
	state: t.expose("state", { type: NotificationState }),
	firings: t.exposeInt("firings"),
	attempts: t.exposeInt("attempts"),
	error: t.exposeString("error", { nullable: true }),
	sent: t.expose("sent", { type: "DateTime", nullable: true }),
	due: t.expose("due", { type: "DateTime" }),
	queued: t.expose("queued", { type: "DateTime" }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	firing: t.field({ type: PolicyFiring, ...link("Notification", "firing") }),
	offering: t.field({ type: Offering, ...link("Notification", "offering") }),
	policy: t.field({ type: OfferingUsagePolicy, ...optionalLink("Notification", "policy") }),
}));

const NotificationFilterInput = builder.inputType("NotificationFilter", {
	description: "Which notifications. All that is given must hold.",
	fields: (t) => ({
		states: t.field({ type: [NotificationState], description: "In one of these states." }),
		offeringUuid: t.field({ type: "UUID", description: "Of policies of this offering." }),
		policyUuid: t.field({ type: "UUID", description: "Of this policy." }),
	}),
});

builder.prismaObjectField(PolicyFiring, "notifications", (t) =>
	t.field({
		type: NotificationConnection,
		description:
			"The messages that it opened, oldest first: one for each recipient who had none open of the policy, for to an open one a firing is added. None of a RESET.",
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: NotificationFilterInput, description: "Which notifications; all when absent." }) },
		resolve: page(({ filter }) => notificationsBelow(filter, { column: "firingUuid" })),
	}),
);

builder.queryFields((t) => ({
	notifications: t.field({
		type: NotificationConnection,
		description: "The notifications of the policies that the viewer sees, newest first: those of the provider's side.",
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: NotificationFilterInput, description: "Which notifications; all when absent." }) },
		resolve: page(({ filter }) => notificationList(filter)),
	}),
}));
