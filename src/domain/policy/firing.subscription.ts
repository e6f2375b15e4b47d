import { PositionExpired } from "../../event-log/position-expired.ts";
import { builder } from "../../graphql/builder.ts";
import { visibleRow } from "../../graphql/fields/by-uuid.ts";
import { PolicyFiring } from "../../graphql/nodes.ts";
import { PositionExpiredError } from "../../graphql/refusals.ts";
import { followLog, type LogEvent, previousDescription } from "../../subscriptions/follow-log.ts";
import { firings } from "./policy.list.ts";

const PolicyFiringEvent = builder.objectRef<LogEvent>("PolicyFiringEvent").implement({
	description: "A policy turned.",
	fields: (t) => ({
		position: t.exposeString("position", { description: "Where the event stands in the log: pass it as after to go on from here." }),
		previous: t.exposeString("previous", { description: previousDescription }),
		firing: t.field({
			type: PolicyFiring,
			description: "The firing.",
			resolve: ({ uuid }, _args, context, info) => visibleRow("PolicyFiring", uuid, context, info),
		}),
	}),
});

const PolicyFiringsResult = builder.unionType("PolicyFiringsResult", {
	description: "An event, or why there can be none.",
	types: [PolicyFiringEvent, PositionExpiredError],
	resolveType: (event) => (event instanceof PositionExpired ? PositionExpiredError : PolicyFiringEvent),
});

builder.subscriptionFields((t) => ({
	policyFirings: t.field({
		type: PolicyFiringsResult,
		description:
			"Live alerts: policies that turn because usage exceeds a limit (a threshold, such as a quota) or no longer does, in the order of the log: everything after the position, then live; without a position, live only. " +
			"Each event is authorised again when it is delivered. Over server-sent events the position is the event's id, and Last-Event-ID goes before after. Error BAD_USER_INPUT for what is no position.",
		args: {
			filter: t.arg({ type: firings.filter, description: "Which firings; all that the viewer sees when absent." }),
			after: t.arg.string({ description: "The position of the last event that the client has; 0 for the beginning of the log." }),
		},
		subscribe: (_root, { filter }, context) =>
			followLog(
				{ subject: (entry) => (entry.kind === "firing" ? entry.policyFiringUuid : undefined), list: firings.of({ filter }, context.timeZone) },
				context,
			),
		resolve: (event) => event,
	}),
}));
