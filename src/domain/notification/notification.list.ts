import { NotificationState } from "../../graphql/enums.ts";
import { identifier, oneOf } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Notification } from "../../graphql/nodes.ts";
import { type OrderColumn, thenUuid } from "../../reading/list.ts";

const oldestFirst: readonly OrderColumn[] = [{ column: "created", type: "timestamptz" }, thenUuid("Notification")];
const newestFirst: readonly OrderColumn[] = [{ column: "created", type: "timestamptz", descending: true }, thenUuid("Notification")];

/** Notifications, newest first, and those of a firing oldest first. */
export const notifications = list(Notification, {
	items: "notifications",
	filters: {
		states: oneOf(NotificationState, "In one of these states.", { column: "state" }),
		offeringUuid: identifier("Offering", "Of policies of this offering."),
		policyUuid: identifier("OfferingUsagePolicy", "Of this policy."),
	},
	order: (parent) => (parent === undefined ? newestFirst : oldestFirst),
});
