import type { Problem, Problems } from "../../shared/refusal.ts";

/** The Waldur that this gateway is kept in step with. */
export interface Mirror {
	/** Which source what was imported from it names. */
	readonly sourceId: number;
	/** Whether what is reported here goes there. */
	readonly writes: boolean;
}

/** How the last pass of synchronization ended, or that none has. */
export type SyncState = "NEVER" | "OK" | "HELD" | "FAILED";

/** The state of a synchronization: a failure before removals that wait, for these may be out of date. */
export function syncState({ lastSuccess, error, lists }: { lastSuccess: Date | null; error: string | null; lists: readonly { held: number }[] }): SyncState {
	if (error !== null) return "FAILED";
	if (lastSuccess === null) return "NEVER";
	return lists.some(({ held }) => held > 0) ? "HELD" : "OK";
}

/** Seconds since the moment, 0 when another clock has it in the future; null without a moment. */
export const secondsSince = (moment: Date | null, now: Date): number | null =>
	moment === null ? null : Math.max(0, Math.round((now.getTime() - moment.getTime()) / 1_000));

/** Something stored, and where it was imported from; null where it was made here. */
export interface FromSource {
	readonly sourceId: number | null;
}

const readOnly = (message: string, field: string): Problem => ({ code: "READ_ONLY_MIRROR", message, path: ["input", field] });

/** Reports and rules on what a Waldur holds are stored only where they go there too: no figure lives here alone by accident. */
export const writeProblems = (mirror: Mirror | undefined, { sourceId }: FromSource, field: string): Problems =>
	mirror === undefined || mirror.writes || sourceId !== mirror.sourceId
		? []
		: [readOnly("It is kept in step with a Waldur, and this service does not write there: change it in Waldur.", field)];

/** What Waldur decides alone: no change of it goes there, and the next synchronization would undo it. */
export const ownedProblems = (mirror: Mirror | undefined, { sourceId }: FromSource, field: string): Problems =>
	mirror === undefined || sourceId !== mirror.sourceId
		? []
		: [readOnly("It is kept in step with a Waldur, which alone changes it: change it in Waldur.", field)];
