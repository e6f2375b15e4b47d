import { performance } from "node:perf_hooks";
import { type Connection, openConnection, type Target } from "./http-client.ts";

/** What a target's rounds came to. */
export interface Speed {
	/** Of the round in the middle. */
	readonly perSecond: number;
	/** Milliseconds that half of the requests of all rounds took at most. */
	readonly p50: number;
	readonly p99: number;
	/** Milliseconds of processor time for a request, of all rounds, of each part that was looked at. */
	readonly processor: Processor;
}

type Processor = Readonly<Record<string, number>>;

/** A request, and how to tell the processor time in milliseconds that each part of its server has taken so far. */
export interface Loaded {
	readonly target: Target;
	readonly processor: () => Promise<Processor>;
}

const connections = 16;
const warmUpSeconds = 6;
/** Rounds of each target, in turn: short ones meet the same neighbours on a computer that is shared. */
const roundsOfEach = 15;
const secondsOfRound = 1;

interface Round {
	readonly perSecond: number;
	/** Milliseconds that each request took. */
	readonly times: readonly number[];
	readonly processor: Processor;
}

/** Loads the targets in turn, several rounds each after a warm-up. */
export async function rounds<Name>(targets: ReadonlyMap<Name, Loaded>): Promise<Map<Name, Speed>> {
	const measured = new Map<Name, Round[]>();
	for (const [name, loaded] of targets) {
		await round(loaded, warmUpSeconds);
		measured.set(name, []);
	}
	for (let count = 0; count < roundsOfEach; count++) {
		for (const [name, loaded] of targets) measured.get(name)?.push(await round(loaded, secondsOfRound));
	}
	return new Map([...measured].map(([name, rounds]) => [name, summed(rounds)]));
}

async function round({ target, processor }: Loaded, seconds: number): Promise<Round> {
	const open = await Promise.all(Array.from({ length: connections }, () => openConnection(target.port)));
	const before = await processor();
	const times: number[] = [];
	const start = performance.now();
	let asked = 0;
	const client = async (connection: Connection) => {
		while (performance.now() < start + seconds * 1000) {
			const request = target.requests[asked++ % target.requests.length] ?? target.requests[0];
			const sent = performance.now();
			const body = await connection.ask(request);
			if (body.includes('"errors"')) throw new Error(`A request failed: ${body.toString("utf8", 0, 200)}`);
			times.push(performance.now() - sent);
		}
	};
	await Promise.all(open.map(client));
	const passed = performance.now() - start;
	const after = await processor();
	for (const connection of open) connection.close();
	const taken = Object.entries(after).map(([part, time]) => [part, time - (before[part] ?? 0)] as const);
	return { perSecond: times.length / (passed / 1000), times, processor: Object.fromEntries(taken) };
}

function summed(rounds: readonly Round[]): Speed {
	const perSecond = rounds.map(({ perSecond }) => perSecond).sort((one, other) => one - other);
	const times = rounds.flatMap(({ times }) => times).sort((one, other) => one - other);
	const part = (name: string) => rounds.reduce((sum, { processor }) => sum + (processor[name] ?? 0), 0) / times.length;
	return {
		perSecond: at(perSecond, 0.5),
		p50: at(times, 0.5),
		p99: at(times, 0.99),
		processor: Object.fromEntries(Object.keys(rounds[0]?.processor ?? {}).map((name) => [name, part(name)])),
	};
}

/** The value behind the share of all, which are in order. */
function at(values: readonly number[], share: number): number {
	const value = values[Math.min(values.length - 1, Math.floor(values.length * share))];
	if (value === undefined) throw new Error("Nothing was measured.");
	return value;
}
