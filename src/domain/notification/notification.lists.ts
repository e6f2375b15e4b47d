import { isOneOfWords, sql } from "../../database/sql.ts";
import { conditions, hasUuid, when } from "../../reading/conditions.ts";
import { type List, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";

export interface NotificationFilter {
	states?: Given<readonly string[]>;
	offeringUuid?: Given<string>;
	policyUuid?: Given<string>;
}

/** The conditions of the filter on notifications. */
const notificationConditions = (filter: Given<NotificationFilter>) =>
	conditions(
		when(filter?.states, (states) => isOneOfWords(sql`"t"."state"`, "NotificationState", states)),
		hasUuid("t", "offeringUuid", filter?.offeringUuid),
		hasUuid("t", "policyUuid", filter?.policyUuid),
	);

/** Notifications below the parent, oldest first. */
export const notificationsBelow = (filter: Given<NotificationFilter>, parent: Parent): List & { model: "Notification" } => ({
	model: "Notification",
	key: JSON.stringify(["Notification", parent, filter]),
	where: notificationConditions(filter),
	order: [{ column: "created", type: "timestamptz" }, thenUuid("Notification")],
	parent,
});

/** Notifications, newest first. */
export const notificationList = (filter: Given<NotificationFilter>): List & { model: "Notification" } => ({
	model: "Notification",
	key: JSON.stringify(["notifications", filter]),
	where: notificationConditions(filter),
	order: [{ column: "created", type: "timestamptz", descending: true }, thenUuid("Notification")],
});
