import type { Problems } from "./refusal.ts";

/** The most items that one call takes. */
export const maxItems = 250;

/** Stage 1 of a call with many items. */
export function callSizeProblems(items: readonly unknown[], what: string): Problems {
	if (items.length >= 1 && items.length <= maxItems) return [];
	return [{ code: "INVALID_INPUT", message: `Send 1 to ${maxItems} ${what} in one call, not ${items.length}.`, path: ["input"] }];
}
