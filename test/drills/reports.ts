import { setTimeout as pause } from "node:timers/promises";
import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { asked } from "./followers.ts";

/** Reports again and again, of each resource one at a time, so that its policy turns with each report. */
export interface Reports {
	/** How many were acknowledged. */
	readonly count: number;
	/** Answers that say neither that it was done nor that the database is out of reach. */
	readonly wrong: readonly string[];
	/** Resolves when so many more were acknowledged. */
	more(count: number): Promise<void>;
	/** Has it go on, if it was paused. */
	resume(): void;
	/** Resolves when none is under way any more. */
	pause(): Promise<void>;
}

const betweenReports = 10;

export function startReports(url: () => string, token: string, resources: readonly string[]): Reports {
	let count = 0;
	const wrong: string[] = [];
	const turns = new Map(resources.map((resource) => [resource, 0]));
	let ending: AbortController | undefined;
	let reporting: Promise<unknown> = Promise.resolve();

	async function report(resource: string, signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			const turn = turns.get(resource) ?? 0;
			turns.set(resource, turn + 1);
			const amount = `${turn % 2 === 0 ? 11 : 1}.${String(turn % 100).padStart(2, "0")}`;
			const input = { resource, usages: [{ type: "cpu", amount }], idempotencyKey: `${resource} ${turn}` };
			while (!signal.aborted) {
				const answer: Answer = await asked(url(), token, setUsage, { input });
				if (answer?.data?.setUsage?.__typename === "SetUsagePayload") {
					count++;
					break;
				}
				const codes: string[] = answer?.errors?.map(({ extensions }: Answer) => extensions?.code) ?? ["none"];
				if (answer !== undefined && !codes.every((code) => ["SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"].includes(code))) wrong.push(JSON.stringify(answer));
				await pause(2 * betweenReports);
			}
			await pause(betweenReports);
		}
	}

	return {
		get count() {
			return count;
		},
		wrong,
		more: async (number) => {
			const wanted = count + number;
			while (count < wanted) await pause(betweenReports);
		},
		resume: () => {
			if (ending?.signal.aborted === false) return;
			ending = new AbortController();
			const { signal } = ending;
			reporting = Promise.all(resources.map((resource) => report(resource, signal)));
		},
		pause: async () => {
			ending?.abort();
			await reporting;
		},
	};
}
