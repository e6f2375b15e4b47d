import type { Probe } from "../database/database.ts";
import { repeat } from "../shared/repeat.ts";

/** Whether requests are to be sent here. */
export interface Health {
	readonly isReady: boolean;
	/** What is wrong with the service itself, for those who run it. */
	readonly problem: string | undefined;
	/** Watches the database from now on: the service is ready while it responds, and while nothing is wrong with the service itself. */
	watch(probe: Probe, problem?: () => string | undefined): void;
	/** Is not ready any more, at once and for good. */
	stop(): Promise<void>;
}

/** Between two questions, and how long the database has to respond, in milliseconds: together less than the two seconds that are promised. */
const betweenProbes = 500;
const maxAnswerTime = 1_000;

export function createHealth(): Health {
	let answers = false;
	let isStopping = false;
	let problemNow: () => string | undefined = () => undefined;
	let probing: { stop(): Promise<void> } | undefined;
	return {
		get isReady() {
			return answers && !isStopping && problemNow() === undefined;
		},
		get problem() {
			return problemNow();
		},
		watch: (probe, problem = () => undefined) => {
			problemNow = problem;
			const looking = repeat(
				betweenProbes,
				async () => {
					answers = await probe.answers(maxAnswerTime);
				},
				() => {
					answers = false;
				},
			);
			probing = {
				stop: async () => {
					const stopped = looking.stop();
					probe.close(); // the question that is under way need not be waited for
					await stopped;
				},
			};
		},
		stop: async () => {
			isStopping = true;
			await probing?.stop();
		},
	};
}
