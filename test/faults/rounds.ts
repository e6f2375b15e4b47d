import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../../src/database/database.ts";
import type { Settings } from "../command/process.ts";
import { type Caller, callerOf } from "./callers.ts";
import { tell } from "./figures.ts";
import { type Point, points } from "./points.ts";
import { startDoomed } from "./service.ts";
import { problemsIn } from "./stored.ts";
import type { World } from "./world.ts";

/** What happens in a round: the service is killed at a random moment, at a point, or after the database server was. */
export type Fault = "at random" | "database server" | Point;

export interface Rounds {
	/** How many calls were acknowledged. */
	readonly acknowledged: number;
	readonly lost: readonly string[];
	readonly halfWritten: readonly string[];
	/** Faults by how often they happened. */
	readonly faults: Readonly<Record<string, number>>;
}

export interface RoundsOptions {
	readonly world: World;
	readonly rounds: number;
	/** Happen in turn. */
	readonly faults: readonly Fault[];
	/** Where the service finds its database. */
	readonly settings: Settings;
	/** Does the work on the database while no service has it. */
	readonly inspect: <Result>(work: (database: Database) => Promise<Result>) => Promise<Result>;
	/** Kills the database server and starts it again, where there is one. */
	readonly crashServer?: () => Promise<void>;
}

/** The service at random, then each of the points. */
export const serviceFaults: readonly Fault[] = Object.keys(points).flatMap((point, index) =>
	index % 3 === 0 ? ["at random", point as Point] : [point as Point],
);

/** How many calls a round has at most before its fault. */
const maxCalls = 40;

/** A point that is not come to by then never is, in milliseconds. */
const maxRoundTime = 120_000;

/** In each round the callers go on against a service that is killed in the midst of it, and what is stored then is looked at. */
export async function runRounds({ world, rounds, faults, settings, inspect, crashServer }: RoundsOptions): Promise<Rounds> {
	let acknowledged = 0;
	let wanted = Number.POSITIVE_INFINITY;
	let reached = () => {};
	const callers: Caller[] = world.resources.map((resource) =>
		callerOf(resource, world.token, {
			onAcknowledged: () => {
				acknowledged++;
				if (acknowledged >= wanted) reached();
			},
		}),
	);
	const more = (calls: number) =>
		new Promise<void>((resolve) => {
			wanted = acknowledged + calls;
			reached = resolve;
		});
	const [lost, halfWritten, happened]: [string[], string[], Record<string, number>] = [[], [], {}];

	for (let round = 0; round < rounds; round++) {
		const fault = faults[round % faults.length] ?? "at random";
		const atPoint = fault === "at random" || fault === "database server" ? undefined : { point: fault, time: randomInt(1, 20) };
		const service = await startDoomed(settings, atPoint);
		let tooLong = false;
		const watch = setTimeout(() => {
			tooLong = true;
			service.kill();
		}, maxRoundTime);
		const calling = Promise.all(callers.map((caller) => caller.call(service.url, () => service.isDead)));
		const end = async () => {
			if (atPoint !== undefined) return;
			await more(randomInt(1, maxCalls));
			if (fault === "database server") {
				await crashServer?.();
				await more(callers.length);
			}
			await pause(randomInt(0, 20));
			service.kill();
		};
		// A caller that fails ends the round, or nobody would.
		await Promise.race([Promise.all([end(), calling, service.dead]), calling.then(() => service.dead)]).finally(() => service.kill());
		clearTimeout(watch);
		if (tooLong) throw new Error(`Round ${round + 1} has not come to its fault: ${fault}`);

		const problems = await inspect((database) => problemsIn(database, callers));
		const where = (problem: string) => `round ${round + 1}, ${fault}: ${problem}`;
		lost.push(...problems.lost.map(where));
		halfWritten.push(...problems.halfWritten.map(where));
		happened[fault] = (happened[fault] ?? 0) + 1;
		tell(`round ${round + 1} of ${rounds} (${fault}): ${acknowledged} calls acknowledged until now, ${lost.length} lost, ${halfWritten.length} half-written`);
	}
	return { acknowledged, lost, halfWritten, faults: happened };
}
