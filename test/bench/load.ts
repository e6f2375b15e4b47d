import { performance } from "node:perf_hooks";
import { type Connection, openConnection, type Target } from "./http-client.ts";

/** What one round of requests came to. */
export interface Round {
	readonly perSecond: number;
	/** Milliseconds that half of the requests took at most. */
	readonly p50: number;
	readonly p99: number;
	/** Milliseconds of processor time for a request, of each part that was looked at. */
	readonly processor: Readonly<Record<string, number>>;
}

/** A request, and how to tell the processor time in milliseconds that each part of its server has taken so far. */
export interface Loaded {
	readonly target: Target;
	readonly processor: () => Promise<Readonly<Record<string, number>>>;
}

export interface Load {
	readonly connections: number;
	readonly warmUpSeconds: number;
	/** How long one round of one target lasts. */
	readonly seconds: number;
	readonly rounds: number;
}

/** Loads the targets in turn, several rounds each after a warm-up, and answers the median round of each. */
export async function rounds<Name>(targets: ReadonlyMap<Name, Loaded>, { connections, warmUpSeconds, seconds, rounds }: Load): Promise<Map<Name, Round>> {
	const measured = new Map<Name, Round[]>();
	for (const [name, loaded] of targets) {
		await round(loaded, connections, warmUpSeconds);
		measured.set(name, []);
	}
	for (let count = 0; count < rounds; count++) {
		for (const [name, loaded] of targets) measured.get(name)?.push(await round(loaded, connections, seconds));
	}
	return new Map([...measured].map(([name, rounds]) => [name, median(rounds)]));
}

async function round({ target, processor }: Loaded, connections: number, seconds: number): Promise<Round> {
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
	times.sort((one, other) => one - other);
	const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
	const perRequest = Object.entries(after).map(([part, time]) => [part, (time - (before[part] ?? 0)) / times.length] as const);
	return { perSecond: times.length / (passed / 1000), p50: at(0.5), p99: at(0.99), processor: Object.fromEntries(perRequest) };
}

function median(rounds: readonly Round[]): Round {
	const sorted = [...rounds].sort((one, other) => one.perSecond - other.perSecond);
	const middle = sorted[Math.floor(sorted.length / 2)];
	if (middle === undefined) throw new Error("Nothing was measured.");
	return middle;
}
