import { performance } from "node:perf_hooks";

/** A request that is sent again and again. */
export interface Target {
	readonly url: string;
	readonly init: RequestInit;
}

export interface Rate {
	readonly perSecond: number;
	/** Milliseconds that half of the requests took at most. */
	readonly p50: number;
	readonly p99: number;
}

export interface Load {
	readonly connections: number;
	/** How long one round of one target lasts. */
	readonly seconds: number;
	readonly rounds: number;
}

/** Loads the targets in turn, several rounds each after a warm-up, and answers the median round of each. */
export async function rounds(targets: Readonly<Record<string, Target>>, { connections, seconds, rounds }: Load): Promise<Map<string, Rate>> {
	const measured = new Map<string, Rate[]>(Object.keys(targets).map((name) => [name, []]));
	for (const target of Object.values(targets)) await round(target, connections, 2);
	for (let count = 0; count < rounds; count++) {
		for (const [name, target] of Object.entries(targets)) measured.get(name)?.push(await round(target, connections, seconds));
	}
	return new Map([...measured].map(([name, rates]) => [name, median(rates)]));
}

async function round({ url, init }: Target, connections: number, seconds: number): Promise<Rate> {
	const times: number[] = [];
	const start = performance.now();
	const end = start + seconds * 1000;
	const client = async () => {
		while (performance.now() < end) {
			const sent = performance.now();
			const response = await fetch(url, init);
			const body = await response.text();
			if (!response.ok || body.includes('"errors"')) throw new Error(`A request failed: ${body.slice(0, 200)}`);
			times.push(performance.now() - sent);
		}
	};
	await Promise.all(Array.from({ length: connections }, client));
	times.sort((one, other) => one - other);
	const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
	return { perSecond: times.length / ((performance.now() - start) / 1000), p50: at(0.5), p99: at(0.99) };
}

function median(rates: readonly Rate[]): Rate {
	const sorted = [...rates].sort((one, other) => one.perSecond - other.perSecond);
	const middle = sorted[Math.floor(sorted.length / 2)];
	if (middle === undefined) throw new Error("Nothing was measured.");
	return middle;
}
