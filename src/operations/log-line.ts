import type { AnsweredOperation } from "./answered.ts";

/** Clients choose the names of their operations; as much of one is told. */
const longestName = 100;

/** The operation as one line of JSON, with the moment at which it was answered. */
export function logLine({ requestId, viewer, type, name, cost, statements, milliseconds, codes, outcome }: AnsweredOperation, now: Date): string {
	return `${JSON.stringify({
		time: now.toISOString(),
		requestId,
		viewer: viewer ?? null,
		type: type ?? null,
		name: name?.slice(0, longestName) ?? null,
		cost: cost ?? null,
		statements,
		ms: Math.round(milliseconds * 10) / 10,
		outcome,
		codes,
	})}\n`;
}
