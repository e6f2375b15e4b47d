import { NotificationState } from "../../graphql/enums.ts";
import { identifier, identifiers, oneOf } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Notification } from "../../graphql/nodes.ts";
import { type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";

const oldestFirst: readonly OrderColumn[] = [{ column: "created", type: "timestamptz" }, thenUuid("Notification")];
const newestFirst: readonly OrderColumn[] = [{ column: "created", type: "timestamptz", descending: true }, thenUuid("Notification")];

/** The usual order, and the same from its end: indexes below a firing have one direction, and all others the other one. */
const byCreated = (descending: boolean, parent: Parent | undefined): readonly OrderColumn[] => {
	const usual = inUsualOrder(parent);
	return (usual[0]?.descending ?? false) === descending ? usual : usual.map((column) => ({ ...column, descending: !(column.descending ?? false) }));
};

const inUsualOrder = (parent: Parent | undefined): readonly OrderColumn[] => (parent === undefined ? newestFirst : oldestFirst);

/** Notifications, newest first, and those of a firing oldest first. */
export const notifications = list(Notification, {
	items: "notifications",
	filters: {
		states: oneOf(NotificationState, "In one of these states.", { column: "state" }),
		offeringUuid: identifier("Offering", "Of policies of this offering."),
		offerings: identifiers("Offering", "Of policies of one of these offerings.", { column: "offeringUuid" }),
		policyUuid: identifier("OfferingUsagePolicy", "Of this policy."),
		policies: identifiers("OfferingUsagePolicy", "Of one of these policies.", { column: "policyUuid" }),
	},
	orders: { CREATED: { description: "When they were opened.", columns: byCreated } },
	order: inUsualOrder,
});
