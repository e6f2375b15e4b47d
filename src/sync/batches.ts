import type { Queries } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { lockBegunOfferings } from "../domain/month-turn/begun-month.service.ts";
import { evaluatePolicies, type Moment } from "../domain/policy/policy.service.ts";
import { appendToLog, type LogSubject } from "../event-log/log.store.ts";
import type { BatchResult } from "../import/batch.ts";
import type { WritableRecord } from "../import/list.ts";
import type { ListName } from "../import/source.ts";
import { keptRecords, keptRows, offeringsOfRecords } from "./kept.store.ts";
import { changesBetween, type KeyedUsage, keysOf, offeringsOfResources, type UsageKey, usagesOf } from "./usage-batch.store.ts";

export interface BatchOptions {
	readonly moment: Moment;
	/** When the list began to be read. */
	readonly began: Date;
	/** Nothing was ever read: policies are evaluated at the end, and no event is made of each figure. */
	readonly isFirst: boolean;
	/** Called with a line for each figure of this service that Waldur's replaces. */
	readonly tell: (line: string) => void;
}

/** Writes some of the records, and returns what became of them. */
type Write = (records: readonly WritableRecord[]) => Promise<BatchResult>;

/**
 * One batch of synchronization, in its transaction: what is newer here is left alone, and what changes usage is done as a
 * report is, under the offerings' locks, with the policies that it turns and their entries of the log.
 */
export async function synchronizedBatch(
	tx: Queries,
	list: ListName,
	records: readonly WritableRecord[],
	write: Write,
	options: BatchOptions,
): Promise<BatchResult> {
	const unkept = () => writeUnkept(tx, list, records, write, options.began);
	if (list === "marketplace-component-usages") return reported(tx, records.flatMap(keyOf), unkept, options);
	// Who changes them here holds the same locks: what is committed is seen, and what is not waits.
	await lockOfferings(tx, await offeringsOfRecords(tx, list, records));
	return unkept();
}

/** The settling of sums in its transaction, likewise: it changes usage as well. */
export async function synchronizedSums(
	tx: Queries,
	list: ListName,
	wholes: readonly string[],
	settle: (some: readonly string[]) => Promise<void>,
	options: BatchOptions,
): Promise<void> {
	const kept = await keptRows(tx, list, wholes, options.began);
	const settled = wholes.filter((uuid) => !kept.has(uuid));
	if (settled.length === 0) return;
	if (list !== "marketplace-component-usages") return settle(settled);
	return reported(tx, await keysOf(tx, settled), () => settle(settled), options);
}

/** Does what changes usage of these keys as a report is done. */
async function reported<Result>(tx: Queries, keys: readonly UsageKey[], work: () => Promise<Result>, { moment, isFirst, tell }: BatchOptions): Promise<Result> {
	const offerings = await offeringsOfResources(
		tx,
		keys.map(({ resourceUuid }) => resourceUuid),
	);
	if (isFirst) {
		await lockOfferings(tx, offerings); // a report that comes in meanwhile is seen, or waits
		return work();
	}
	await lockBegunOfferings(tx, offerings, moment);
	const before = await usagesOf(tx, keys);
	const result = await work();
	const after = await usagesOf(tx, keys);
	const changes = changesBetween(before, after);
	for (const line of replacedLines(before, after)) tell(line);
	const changed = [...new Set(changes.map(({ offeringUuid }) => offeringUuid))];
	const firings = await evaluatePolicies(tx, changed, moment, changes);
	await appendToLog(tx, [
		...changes.map(({ uuid }): LogSubject => ({ kind: "usage", componentUsageUuid: uuid })),
		...firings.map(({ uuid }): LogSubject => ({ kind: "firing", policyFiringUuid: uuid })),
	]);
	return result;
}

/** Writes what is not newer here; the rest is unchanged. */
async function writeUnkept(tx: Queries, list: ListName, records: readonly WritableRecord[], write: Write, began: Date): Promise<BatchResult> {
	const kept = await keptRecords(tx, list, records, began);
	if (kept.size === 0) return write(records);
	const { outcomes, ...result } = await write(records.filter((_, index) => !kept.has(index)));
	const written = outcomes.values();
	return { ...result, outcomes: records.map((_, index) => (kept.has(index) ? "unchanged" : (written.next().value ?? "unchanged"))) };
}

function keyOf({ parts }: WritableRecord): UsageKey[] {
	const { resourceUuid, type, billingPeriod } = parts[0]?.rows[0]?.values ?? {};
	return typeof resourceUuid === "string" && typeof type === "string" && typeof billingPeriod === "string" ? [{ resourceUuid, type, billingPeriod }] : [];
}

/** A line for each figure that was reported here and is another one now. */
function replacedLines(before: readonly KeyedUsage[], after: readonly KeyedUsage[]): string[] {
	const now = new Map(after.map((usage) => [`${usage.resourceUuid} ${usage.type} ${usage.billingPeriod}`, usage.usage]));
	return before.flatMap((usage) => {
		const replaced = now.get(`${usage.resourceUuid} ${usage.type} ${usage.billingPeriod}`);
		if (!usage.isOwn || replaced === undefined || replaced === usage.usage) return [];
		return [
			`Waldur's figure replaces a report made here: ${usage.type} of resource ${usage.resourceUuid} in ${usage.billingPeriod.slice(0, 7)}, ${replaced} instead of ${usage.usage}.`,
		];
	});
}
