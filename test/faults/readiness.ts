import { setTimeout as pause } from "node:timers/promises";

/** What the service said of itself, with when it was asked and answered, by `performance.now()`. */
export interface Look {
	readonly begun: number;
	readonly ended: number;
	readonly isReady: boolean;
}

/** Between two looks, in milliseconds. */
const betweenLooks = 50;

/** Asks the service that greets with where its health is, again and again, whether it is ready. No answer is a no. */
export function watchReadiness(greeting: string): { readonly looks: readonly Look[]; stop(): Promise<void> } {
	const [health] = /(?<=^Health and metrics: )\S+/m.exec(greeting) ?? [];
	const looks: Look[] = [];
	const ending = new AbortController();
	const watching = (async () => {
		while (!ending.signal.aborted) {
			const begun = performance.now();
			const isReady = await fetch(`${health}/health/ready`, { signal: ending.signal }).then(
				({ ok }) => ok,
				() => false,
			);
			looks.push({ begun, ended: performance.now(), isReady });
			await pause(betweenLooks);
		}
	})();
	return {
		looks,
		stop: () => {
			ending.abort();
			return watching;
		},
	};
}
