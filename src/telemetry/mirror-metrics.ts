import { Counter, Gauge, type Registry } from "prom-client";
import type { DeliveryOutcome, MirrorFigures } from "../shared/metrics.ts";

/** How the metrics of a registry are made. */
export interface Making {
	readonly named: (name: string, help: string) => { name: string; help: string; registers: Registry[] };
	/** A gauge of a figure that is asked for when metrics are read, and is left out while it is undefined. */
	readonly asked: (name: string, help: string, figure: () => number | undefined) => void;
	/** Milliseconds. */
	readonly now: () => number;
}

const outcomes: readonly DeliveryOutcome[] = ["SENT", "FAILED", "WAITING"];

/** What is counted of the Waldur that the service is kept in step with: nothing, where there is none. */
export function createMirrorMetrics({ named, asked, now }: Making): {
	/** Measures from now on: ages grow until it is looked at them. */
	begin(mirror: { readonly writes: boolean } | undefined): void;
	measured(figures: MirrorFigures): void;
	delivered(outcome: DeliveryOutcome): void;
} {
	let mirror: { readonly writes: boolean; readonly begun: number } | undefined;
	let last: { readonly figures: MirrorFigures; readonly lookedAt: number } | undefined;
	const since = (moment: number) => (now() - moment) / 1_000;
	/** A figure grown by the time since it was looked at; by that since the start, while it is not known. */
	const grown = (figure: number | undefined) => {
		if (mirror === undefined) return undefined;
		return last === undefined || figure === undefined ? since(mirror.begun) : figure + since(last.lookedAt);
	};
	asked(
		"waldur_lag_seconds",
		"Since the last pass of synchronization that ended well began, or before the first since the service started, at most: it grows while it is not known. Left out without WALDUR_URL.",
		() => grown(last?.figures.lag),
	);
	asked(
		"waldur_held_removals",
		"Removals that wait to be confirmed, because a pass would make too many. Left out without WALDUR_URL.",
		() => mirror && last?.figures.held,
	);
	const deliveries = new Gauge({
		...named("waldur_deliveries", "Objects whose changes are sent to Waldur, by state; 10000 stands for as many or more. Left out without WALDUR_URL."),
		labelNames: ["state"],
	});
	asked(
		"waldur_delivery_overdue_seconds",
		"For how long the change has waited that waits longest to be sent to Waldur, at most: once the service has started it grows while it is not known. Left out without WALDUR_WRITE.",
		() => (mirror?.writes === true ? grown(last && (last.figures.waiting ?? 0)) : undefined),
	);
	const delivered = new Counter({
		...named("waldur_deliveries_total", "Attempts to send a change to Waldur, by what became of it: SENT, FAILED, or it is WAITING for the next one."),
		labelNames: ["outcome"],
	});
	return {
		begin: (given) => {
			mirror = given && { writes: given.writes, begun: now() };
			// What is never counted before it happens has no increase when it happens for the first time.
			if (mirror !== undefined) for (const outcome of outcomes) delivered.inc({ outcome }, 0);
		},
		measured: (figures) => {
			last = { figures, lookedAt: now() };
			for (const [state, count] of Object.entries(figures.deliveries)) deliveries.set({ state }, count);
		},
		delivered: (outcome) => delivered.inc({ outcome }),
	};
}
