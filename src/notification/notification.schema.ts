import { builder } from "../graphql/builder.ts";
import { NotificationConnection } from "../graphql/connection-types.ts";
import { pages } from "../graphql/connections.ts";
import { NotificationState, PolicyAction } from "../graphql/enums.ts";
import { link } from "../graphql/links.ts";
import { Notification, PolicyFiring } from "../graphql/nodes.ts";
import { valueOfRow } from "../graphql/rows.ts";
import { notificationList } from "./notification.lists.ts";
import { recipientsOf } from "./notification.store.ts";

builder.prismaObjectFields(Notification, (t) => ({
	uuid: t.expose("uuid", { type: "UUID", description: "Identifier of the notification." }),
	action: t.expose("action", { type: PolicyAction }),
	recipient: t.string({
		nullable: true,
		description: "E-mail address it goes to: for staff, support and the provider's owners; null for anyone else.",
		resolve: valueOfRow("recipient of Notification", (uuids, _args, { database, viewer }) => recipientsOf(database, viewer, uuids)),
	}),
	state: t.expose("state", { type: NotificationState }),
	attempts: t.exposeInt("attempts"),
	error: t.exposeString("error", { nullable: true }),
	sent: t.expose("sent", { type: "DateTime", nullable: true }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	firing: t.field({ type: PolicyFiring, ...link("Notification", "firing"), description: "The firing that it tells of." }),
}));

const NotificationFilterInput = builder.inputType("NotificationFilter", {
	description: "Which notifications. All that is given must hold.",
	fields: (t) => ({
		states: t.field({ type: [NotificationState], description: "In one of these states." }),
	}),
});

builder.prismaObjectField(PolicyFiring, "notifications", (t) =>
	t.field({
		type: NotificationConnection,
		description: "The messages that the policy's actions asked for, oldest first; none of a RESET.",
		args: { ...t.arg.connectionArgs(), filter: t.arg({ type: NotificationFilterInput, description: "Which notifications; all when absent." }) },
		resolve: pages(({ filter }) => notificationList(filter, { column: "firingUuid" })),
	}),
);
