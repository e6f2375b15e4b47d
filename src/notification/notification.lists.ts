import { isOneOfWords, sql } from "../database/sql.ts";
import { conditions, when } from "../reading/conditions.ts";
import { type List, type Parent, thenUuid } from "../reading/list.ts";
import type { Given } from "../shared/given.ts";

export interface NotificationFilter {
	states?: Given<readonly string[]>;
}

/** Notifications below the parent, oldest first. */
export function notificationList(filter: Given<NotificationFilter>, parent: Parent): List & { model: "Notification" } {
	return {
		model: "Notification",
		key: JSON.stringify(["Notification", parent, filter]),
		where: conditions(when(filter?.states, (states) => isOneOfWords(sql`"t"."state"`, "NotificationState", states))),
		order: [{ column: "created", type: "timestamptz" }, thenUuid("Notification")],
		parent,
	};
}
