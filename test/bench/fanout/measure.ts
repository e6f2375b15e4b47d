import { setTimeout as pause } from "node:timers/promises";
import type { Contender } from "./contenders.ts";
import type { Memory } from "./control.ts";
import { type Crowd, gather } from "./crowd.ts";
import { now } from "./now.ts";
import type { Program } from "./processes.ts";

/** What telling so many subscribers takes. */
export interface Measured {
	/** Microseconds of the service's process for each subscriber and alert. */
	readonly cpu: number;
	/** Bytes for each subscriber. */
	readonly memory: Memory;
	/** Milliseconds from before the alert is caused to its arrival, at half of the subscribers and alerts at most. */
	readonly p50: number;
	readonly p99: number;
	/** Bytes of an alert's message, on the average. */
	readonly message: number;
}

/** Alerts come one a second, and as long as they take it is looked what the service does without any. */
const alerts = 15;
const betweenAlerts = 1_000;
const warmUps = 5;
/** An alert that has not reached everybody by then is taken for lost. */
const timeout = 20_000;

/** Starts the service, lets the owners of the tokens subscribe, and tells them of alerts. Throws when one is not told of one. */
export async function measure(contender: Contender, tokens: readonly string[]): Promise<Measured> {
	const service = contender.start();
	const url = (await service.printed(/http:\S+/)).replace(/^http/, "ws");
	// What is loaded and compiled for the first subscribers is not there for the later ones.
	const few = await gather({ url, tokens: tokens.slice(0, 10) });
	await warmUp(contender, service, few);
	await few.leave();
	const before = await service.ask<Memory>("memory");

	const crowd = await gather({ url, tokens });
	await warmUp(contender, service, crowd);
	const after = await service.ask<Memory>("memory");

	const idle = await cpuDuring(service, () => pause(alerts * betweenAlerts));
	const caused = new Map<string, number>();
	const busy = await cpuDuring(service, async () => {
		for (let next = now(); caused.size < alerts; next += betweenAlerts) {
			await pause(Math.max(0, next - now()));
			const moment = now();
			caused.set(await contender.alert(service), moment);
		}
		await pause(betweenAlerts);
		await toldOf(crowd, caused.keys());
	});
	const deliveries = (await crowd.deliveries()).filter(({ uuid }) => caused.has(uuid));
	const latencies = deliveries
		.flatMap(({ uuid, arrivals }) => [...arrivals].map((arrival) => arrival - (caused.get(uuid) ?? 0)))
		.sort((one, other) => one - other);
	if (latencies.length !== tokens.length * alerts) throw new Error(`There were ${latencies.length} deliveries of ${tokens.length * alerts}.`);
	await crowd.leave();
	await service.end();
	const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
	return {
		cpu: (busy.cpu - (idle.cpu / idle.elapsed) * busy.elapsed) / latencies.length,
		memory: { rss: (after.rss - before.rss) / tokens.length, heap: (after.heap - before.heap) / tokens.length },
		p50: at(0.5),
		p99: at(0.99),
		message: deliveries.reduce((sum, { bytes }) => sum + bytes, 0) / deliveries.length,
	};
}

/**
 * Causes alerts until everybody is told of the last one, for nobody tells when a subscription has begun. Then some more, at the
 * pace of the measurement.
 */
async function warmUp(contender: Contender, service: Program, crowd: Crowd): Promise<void> {
	for (let wait = betweenAlerts; !(await crowd.allTold(await contender.alert(service), wait)); wait *= 2) {
		if (wait > timeout) throw new Error(`There was no alert that everybody was told of within ${timeout} ms.`);
	}
	const caused: string[] = [];
	for (let count = 0; count < warmUps; count++) {
		caused.push(await contender.alert(service));
		await pause(betweenAlerts);
	}
	await toldOf(crowd, caused);
}

/** Waits until everybody was told of all of the alerts. Throws when it takes too long for one after the one before it. */
async function toldOf(crowd: Crowd, caused: Iterable<string>): Promise<void> {
	for (const uuid of caused) {
		if (await crowd.allTold(uuid, timeout)) continue;
		const arrivals = (await crowd.deliveries()).find((delivery) => delivery.uuid === uuid)?.arrivals ?? new Float64Array();
		const told = arrivals.filter((arrival) => arrival > 0).length;
		throw new Error(`Of an alert only ${told} subscribers were told within ${timeout} ms.`);
	}
}

/** Microseconds of CPU that the service takes meanwhile, and how many milliseconds that is. */
async function cpuDuring(service: Program, work: () => Promise<void>): Promise<{ cpu: number; elapsed: number }> {
	const [cpu, start] = [await service.ask<number>("cpu"), now()];
	await work();
	return { cpu: (await service.ask<number>("cpu")) - cpu, elapsed: now() - start };
}
