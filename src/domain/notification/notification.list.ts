import { NotificationState } from "../../graphql/enums.ts";
import { oneOf, uuid, uuids } from "../../graphql/fields/filters.ts";
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
		offeringUuid: uuid("Of policies of this offering."),
		offerings: uuids("Of policies of one of these offerings.", { column: "offeringUuid" }),
		policyUuid: uuid("Of this policy."),
		policies: uuids("Of one of these policies.", { column: "policyUuid" }),
	},
	orders: { CREATED: { description: "When they were opened.", columns: byCreated } },
	order: inUsualOrder,
});
