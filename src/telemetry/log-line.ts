import type { AnsweredOperation, OverSubscription } from "./answered.ts";

/** Clients choose the names of their operations; so much of one is written. */
const maxNameLength = 100;

/** The operation as one line of JSON, with the moment at which it was answered, or the subscription was over. */
export function logLine(operation: AnsweredOperation | OverSubscription, now: Date): string {
	const { requestId, traceId, viewer, type, name, statements, milliseconds, codes, outcome } = operation;
	return `${JSON.stringify({
		time: now.toISOString(),
		requestId,
		traceId: traceId ?? null,
		viewer: viewer ?? null,
		type: type ?? null,
		name: name?.slice(0, maxNameLength) ?? null,
		...("events" in operation ? { events: operation.events } : { cost: operation.cost ?? null }),
		statements,
		ms: Math.round(milliseconds * 10) / 10,
		outcome,
		codes,
	})}\n`;
}
