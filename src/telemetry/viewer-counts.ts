import type { Counter } from "prom-client";
import { createWorstViewers, otherViewers } from "./worst-viewers.ts";

/** Counts amounts of viewers, under codes where there are such. */
export interface ViewerCounts {
	add(viewer: string | undefined, amount: number, code?: string): void;
}

/**
 * Counts by viewer in a counter with the labels `viewer` and, if it has codes, `code`. The worst viewers have series of their
 * own, the others share one: what the series of a viewer said that ends is added to it, so that nothing counted is ever lost.
 */
export function createViewerCounts(counter: Counter<"viewer" | "code">, now: () => number): ViewerCounts {
	const worst = createWorstViewers(now);
	/** Of each viewer that is named, what was counted under each code. */
	const counted = new Map<string, Map<string, number>>();
	const labels = (viewer: string, code: string) => (code === "" ? { viewer } : { viewer, code });

	function endSeries(viewer: string): void {
		for (const [code, amount] of counted.get(viewer) ?? []) {
			counter.inc(labels(otherViewers, code), amount);
			counter.remove(labels(viewer, code));
		}
		counted.delete(viewer);
	}

	return {
		add: (viewer, amount, code = "") => {
			const { name, ended } = worst.add(viewer, amount);
			if (ended !== undefined) endSeries(ended);
			counter.inc(labels(name, code), amount);
			if (name === otherViewers) return;
			const own = counted.get(name) ?? new Map<string, number>();
			counted.set(name, own.set(code, (own.get(code) ?? 0) + amount));
		},
	};
}
