import { afterAll, beforeAll } from "vitest";
import { type Database, watchedDatabase } from "../../src/database/database.ts";
import { timed } from "../../src/shared/metrics.ts";
import { type Observation, startObservation } from "../../src/telemetry/observation.ts";
import { freshDatabase } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";

/** A gateway of the demo, and how it is looked at. */
export interface ObservedGateway {
	readonly gateway: Gateway;
	readonly observation: Observation;
	/** The lines of its log since this was asked before, read. */
	lines(): Record<string, unknown>[];
	/** What it counts under the name and with the labels, as they are written; 0 for what it has not counted yet. */
	count(series: string): Promise<number>;
}

/** One observed gateway for all tests of a file, which sends its traces to the collector. */
export function observedGatewayForFile(collector?: () => string): () => ObservedGateway {
	let observed: ObservedGateway | undefined;
	beforeAll(async () => {
		observed = await startObservedGateway(collector?.());
	});
	afterAll(async () => {
		await observed?.gateway.stop();
		await observed?.observation.stop();
	});
	return () => {
		if (observed === undefined) throw new Error("The gateway is there while a test runs.");
		return observed;
	};
}

export async function startObservedGateway(collector?: string): Promise<ObservedGateway> {
	const written: string[] = [];
	const observation = await startObservation({
		server: { host: "127.0.0.1", port: 0 },
		collector,
		write: (line) => written.push(line),
		clock: () => new Date("2026-06-15T12:00:00Z"),
	});
	const gateway = await startGateway({ template: "demo", database: measured(await freshDatabase("demo"), observation), observation });
	return {
		gateway,
		observation,
		lines: () => written.splice(0).map((line) => JSON.parse(line)),
		count: async (series) => {
			const text = await (await fetch(`${observation.url}/metrics`)).text();
			const line = text.split("\n").find((line) => line.startsWith(`${series} `));
			return Number(line?.slice(series.length + 1) ?? 0);
		},
	};
}

const measured = (database: Database, { metrics }: Observation): Database => (metrics === undefined ? database : watchedDatabase(database, timed(metrics)));
