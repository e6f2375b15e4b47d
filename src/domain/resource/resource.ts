import type { Problem, Problems } from "../../shared/refusal.ts";

const maxNameLength = 150;

/** Stage 1 of a new resource: its name alone. */
export function nameProblems(name: string): Problems {
	const length = [...name.trim()].length;
	if (length >= 1 && length <= maxNameLength) return [];
	return [{ code: "INVALID_INPUT", message: `A name must have 1 to ${maxNameLength} characters.`, path: ["input", "name"] }];
}

/** Stage 3: only what is on sale can be bought. */
export function saleProblems(offering: { state: string }): Problems {
	if (offering.state === "ACTIVE") return [];
	return [{ code: "OFFERING_NOT_ACTIVE", message: "The offering is not on sale.", path: ["input", "offering"] }];
}

/** Stage 4: a customer that is blocked or archived gets no resource at all. */
export function customerProblems({ blocked, archived }: { blocked: boolean; archived: boolean }): Problems {
	const problem = (message: string): Problem => ({ code: "CUSTOMER_BLOCKED", message, path: ["input", "project"] });
	return [...(blocked ? [problem("Blocked organization is not available.")] : []), ...(archived ? [problem("Archived organization is not available.")] : [])];
}

/** A resource that has ended runs under no plan any more. */
export function planChangeProblems({ state }: { state: string }): Problems {
	if (state !== "TERMINATED") return [];
	return [{ code: "INVALID_RESOURCE_STATE", message: "A terminated resource gets no other plan.", path: ["input", "resource"] }];
}

/** A resource that has ended stays so. */
export function stateChangeProblems(present: string, wanted: string): Problems {
	if (present !== "TERMINATED" || wanted === "TERMINATED") return [];
	return [{ code: "INVALID_RESOURCE_STATE", message: "A terminated resource stays terminated.", path: ["input", "state"] }];
}
