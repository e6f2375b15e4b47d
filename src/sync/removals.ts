import type { Database, Transactions } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { lockBegunOfferings } from "../domain/month-turn/begun-month.service.ts";
import { evaluateAndLog, logFirings, type Moment, withdrawPolicy } from "../domain/policy/policy.service.ts";
import { deletePolicy } from "../domain/policy/policy-change.store.ts";
import { changeState } from "../domain/resource/resource-change.store.ts";
import type { SeenKeys } from "../import/seen-keys.ts";
import { deactivateUsers, deleteRows, isStillRemovable, offeringsOf, type RemovableList, storedRows } from "./removals.store.ts";

export interface RemovalOptions {
	readonly database: Database;
	/** Where usage is removed: the first write of a month turns it. */
	readonly writes: Transactions;
	readonly sourceId: number;
	readonly moment: Moment;
	/** When the list began to be read: what was sent to Waldur later is in none of what was read. */
	readonly began: Date;
	/** Whether any number is removed. */
	readonly confirmed: boolean;
}

/** What was removed, and what waits to be confirmed. */
export interface Removed {
	readonly removed: number;
	readonly held: number;
}

/** So many are always removed without being confirmed. */
const fewAtMost = 20;
/** And so much of a list. */
const shareAtMost = 0.05;

/** Rows that are looked at, and rows that are removed, by one statement. */
const rowsAtOnce = 10_000;
const removedAtOnce = 200;

const firstUuid = "00000000-0000-0000-0000-000000000000";

/** Removes what the source does not have any more, of a list that was read whole and whose keys were all seen. */
export async function removeUnseen(list: RemovableList, seen: SeenKeys, options: RemovalOptions): Promise<Removed> {
	const absent: string[] = [];
	let stored = 0;
	for (let after = firstUuid; ; ) {
		const rows = await storedRows(options.database, list, options, after, rowsAtOnce);
		stored += rows.length;
		for (const { uuid, key } of rows) if (!seen.has(key)) absent.push(uuid);
		const last = rows.at(-1);
		if (last === undefined || rows.length < rowsAtOnce) break;
		after = last.uuid;
	}
	if (!options.confirmed && absent.length > Math.max(fewAtMost, stored * shareAtMost)) return { removed: 0, held: absent.length };
	let removed = 0;
	for (let start = 0; start < absent.length; start += removedAtOnce) removed += await remove(list, absent.slice(start, start + removedAtOnce), options);
	return { removed, held: 0 };
}

/** Removes rows as the list's nature has it, and returns how many were. */
async function remove(list: RemovableList, uuids: readonly string[], options: RemovalOptions): Promise<number> {
	const { database, sourceId, moment } = options;
	switch (list) {
		case "users":
			return deactivateUsers(database, sourceId, uuids, moment.now);
		case "marketplace-resources":
			await database.transaction(async (tx) => {
				for (const uuid of uuids) await changeState(tx, { uuid, state: "", planUuid: null }, "TERMINATED", moment.now);
			});
			return uuids.length;
		case "marketplace-component-usages":
			return removeUsages(uuids, options);
		case "marketplace-offering-usage-policies":
			return removePolicies(uuids, options);
		case "marketplace-component-user-usages":
		case "component-user-usage-limits": {
			const offerings = (await offeringsOf(database, list, uuids)).map(({ offeringUuid }) => offeringUuid);
			return database.transaction(async (tx) => {
				await lockOfferings(tx, offerings); // what is reported meanwhile is seen by the next statement
				return deleteRows(tx, list, options, uuids);
			});
		}
		default:
			return deleteRows(database, list, options, uuids);
	}
}

/** As a deleted report: policies are evaluated, for a total may not be exceeded any more. */
async function removeUsages(uuids: readonly string[], { writes, database, moment, ...source }: RemovalOptions): Promise<number> {
	const list = "marketplace-component-usages";
	const offerings = [...new Set((await offeringsOf(database, list, uuids)).map(({ offeringUuid }) => offeringUuid))];
	return writes.transaction(async (tx) => {
		await lockBegunOfferings(tx, offerings, moment);
		const removed = await deleteRows(tx, list, source, uuids);
		await evaluateAndLog(tx, offerings, moment);
		return removed;
	});
}

/** As deleted here: of one that is fired there is a last firing. */
async function removePolicies(uuids: readonly string[], { database, moment, ...source }: RemovalOptions): Promise<number> {
	const list = "marketplace-offering-usage-policies";
	let removed = 0;
	for (const { uuid, offeringUuid } of await offeringsOf(database, list, uuids)) {
		await database.transaction(async (tx) => {
			await lockOfferings(tx, [offeringUuid]);
			if (!(await isStillRemovable(tx, list, source, uuid))) return; // it was changed here while the lock was waited for
			const firings = await withdrawPolicy(tx, uuid, moment);
			await deletePolicy(tx, uuid, moment.now);
			await logFirings(tx, firings);
			removed++;
		});
	}
	return removed;
}
