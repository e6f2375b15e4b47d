import { builder } from "../../graphql/builder.ts";
import { NotificationState, PolicyAction } from "../../graphql/enums.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { loaded } from "../../graphql/fields/loaded.ts";
import { Notification, Offering, OfferingUsagePolicy, PolicyFiring } from "../../graphql/nodes.ts";
import { notifications } from "./notification.list.ts";
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

builder.prismaObjectField(PolicyFiring, "notifications", (t) =>
	t.field({
		description:
			"The messages that it opened, oldest first: one for each recipient who had none open of the policy, for to an open one a firing is added. None of a RESET.",
		...notifications.page({ column: "firingUuid" }),
	}),
);

builder.queryFields((t) => ({
	notifications: t.field({
		description: "The notifications of the policies that the viewer sees, newest first: those of the provider's side.",
		...notifications.page(),
	}),
}));
