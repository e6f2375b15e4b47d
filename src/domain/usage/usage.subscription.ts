import { PositionExpired } from "../../event-log/position-expired.ts";
import { builder } from "../../graphql/builder.ts";
import { positionExpired } from "../../graphql/errors.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { ComponentUsage } from "../../graphql/nodes.ts";
import { followLog, type LogEvent, previousDescription } from "../../subscriptions/follow-log.ts";
import { usageList } from "./usage.lists.ts";

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

const UsageReportedFilterInput = builder.inputType("UsageReportedFilter", {
	description: "Which reports. All that is given must hold.",
	fields: (t) => ({
		resourceUuid: t.field({ type: "UUID", description: "Of this resource." }),
		offeringUuid: t.field({ type: "UUID", description: "Of resources of this offering." }),
		projectUuid: t.field({ type: "UUID", description: "Of resources in this project." }),
		customerUuid: t.field({ type: "UUID", description: "Of resources of this customer." }),
	}),
});

builder.subscriptionFields((t) => ({
	usageReported: t.field({
		type: UsageReportedEvent,
		description: "Usage as it is reported, live and in the order of the log. Each event is authorised again when it is delivered.",
		args: { filter: t.arg({ type: UsageReportedFilterInput, description: "Which reports; all that the viewer sees when absent." }) },
		subscribe: (_root, { filter }, context) =>
			followLog(
				{ subject: (entry) => (entry.kind === "usage" ? entry.componentUsageUuid : undefined), list: usageList(filter, null, context.timeZone) },
				context,
			),
		resolve: (event) => {
			if (event instanceof PositionExpired) throw positionExpired(event.message);
			return event;
		},
	}),
}));
