import type { Probe } from "../database/database.ts";
import { repeat } from "../shared/repeat.ts";

/** Whether requests are to be sent here. */
export interface Health {
	readonly isReady: boolean;
	/** What is wrong with the service itself, for those who run it. */
	readonly problem: string | undefined;
	/** Looks after the database from now on: the service is ready while it answers, and while nothing is wrong with the service itself. */
	watch(probe: Probe, problem?: () => string | undefined): void;
	/** Is not ready any more, at once and for good. */
	stop(): Promise<void>;
}

/** Between two questions, and how long the database has for an answer, in milliseconds: together less than the two seconds that are promised. */
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
					probe.close(); // what is asked at the moment need not be answered
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
