import { PositionExpired } from "../../event-log/position-expired.ts";
import { builder } from "../../graphql/builder.ts";
import { positionExpired } from "../../graphql/errors.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { identifier } from "../../graphql/fields/filters.ts";
import { filterType } from "../../graphql/fields/list-types.ts";
import { ComponentUsage } from "../../graphql/nodes.ts";
import { followLog, type LogEvent, previousDescription } from "../../subscriptions/follow-log.ts";
import { usageFilters, usages } from "./usage.list.ts";

const UsageReportedEvent = builder.objectRef<LogEvent>("UsageReportedEvent").implement({
	description: "Usage of a component was reported.",
	fields: (t) => ({
		position: t.exposeString("position", { description: "Where the event stands in the log." }),
		previous: t.exposeString("previous", { description: previousDescription }),
		componentUsage: t.field({
			type: ComponentUsage,
			description: "The stored record, as it is now.",
			resolve: ({ uuid }, _args, context, info) => visibleRow("ComponentUsage", uuid, context, info),
		}),
	}),
});

const { offeringUuid, projectUuid, customerUuid } = usageFilters;

/** Some of the filters of the list, which the events are from. */
const UsageReportedFilter = filterType("UsageReportedFilter", "reports", {
	resourceUuid: identifier("Resource", "Of this resource."),
	offeringUuid,
	projectUuid,
	customerUuid,
});

builder.subscriptionFields((t) => ({
	usageReported: t.field({
		type: UsageReportedEvent,
		description: "Usage as it is reported, live and in the order of the log. Each event is authorised again when it is delivered.",
		args: { filter: t.arg({ type: UsageReportedFilter, description: "Which reports; all that the viewer sees when absent." }) },
		subscribe: (_root, { filter }, context) =>
			followLog(
				{ subject: (entry) => (entry.kind === "usage" ? entry.componentUsageUuid : undefined), list: usages.of({ filter }, context.timeZone) },
				context,
			),
		resolve: (event) => {
			if (event instanceof PositionExpired) throw positionExpired(event.message);
			return event;
		},
	}),
}));
