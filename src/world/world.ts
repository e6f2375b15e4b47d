import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ListName, listNames } from "../import/source.ts";
import { Failure } from "../shared/failure.ts";
import { type BenchSize, benchDataset } from "./bench.ts";
import type { Dataset, Period } from "./dataset.ts";
import { demoDataset } from "./demo.ts";
import { latestAmounts, usageRecords, usages, userUsageRecords } from "./usages.ts";
import { writeArray } from "./write.ts";

export interface WorldOptions extends Period {
	/** The folder to write; made when it is not there. */
	readonly folder: string;
	/** Amounts are always the same for the same seed; names and uuids do not depend on it. */
	readonly seed: number;
	/** A world of this size for measurements; without it, the demo world. */
	readonly size?: BenchSize;
}

/** Marks a folder as a world, and says how it was made. */
const markFile = "world.json";

/** Writes a world as the import reads it; returns each list's number of records. Throws a Failure when the folder is not writable, or holds something else. */
export async function generateWorld({ folder, seed, size, ...period }: WorldOptions): Promise<Record<ListName, number>> {
	const present = await mkdir(folder, { recursive: true })
		.then(() => readdir(folder))
		.catch((error: Error) => {
			throw new Failure(`${folder} cannot be written: ${error.message}.`);
		});
	if (present.length > 0 && !present.includes(markFile)) throw new Failure(`${folder} holds something that is not a world.`);
	await writeFile(join(folder, markFile), `${JSON.stringify({ seed, until: period.until, months: period.months, now: period.now, ...size })}\n`);
	const dataset = size === undefined ? demoDataset(period) : benchDataset(size, period);
	const counts: [ListName, number][] = [];
	for (const list of listNames) counts.push([list, await writeArray(join(folder, `${list}.json`), recordsOf(list, dataset, period, seed))]);
	return Object.fromEntries(counts) as Record<ListName, number>;
}

function recordsOf(list: ListName, { lists, reporters }: Dataset, period: Period, seed: number): Iterable<object> {
	switch (list) {
		case "marketplace-component-usages":
			return usageRecords(usages(reporters, period, seed));
		case "marketplace-component-user-usages":
			return userUsageRecords(usages(reporters, period, seed), seed);
		case "marketplace-resources":
			return withCurrentUsages(lists[list] ?? [], latestAmounts(reporters, period, seed));
		default:
			return lists[list] ?? [];
	}
}

function* withCurrentUsages(resources: readonly object[], latest: ReadonlyMap<string, object>): Generator<object> {
	for (const resource of resources) {
		const uuid = "uuid" in resource ? String(resource.uuid) : "";
		yield { ...resource, current_usages: latest.get(uuid) ?? {} };
	}
}
