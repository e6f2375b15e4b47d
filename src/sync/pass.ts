import type { Database } from "../database/database.ts";
import type { ReferenceClock } from "../domain/calendar/reference-clock.service.ts";
import { endedWell, endPass, noteList, releaseLease, renewLease, type SyncedList, syncStatus, takeLease, watermarks } from "../domain/mirror/sync.store.ts";
import { beginningMonths } from "../domain/month-turn/first-write.service.ts";
import { evaluateAllPolicies } from "../domain/month-turn/month-turn.service.ts";
import type { Moment } from "../domain/policy/policy.service.ts";
import type { ListSummary } from "../import/import-types.ts";
import type { Refusal } from "../import/list.ts";
import { isRoleList } from "../import/roles.ts";
import { Run } from "../import/run.ts";
import { SeenKeys } from "../import/seen-keys.ts";
import type { ListName, ReadFilters, Source } from "../import/source.ts";
import { addMonths, billingPeriodAt } from "../shared/billing-period.ts";
import type { Clock } from "../shared/clock.ts";
import type { Metrics } from "../shared/metrics.ts";
import { repeat } from "../shared/repeat.ts";
import { synchronizedBatch, synchronizedSums } from "./batches.ts";
import { forgetDeletions } from "./delivery.store.ts";
import { isRemovable } from "./removals.store.ts";
import { removeUnseen } from "./removals.ts";
import { Stopped } from "./stoppable.ts";

export interface PassOptions {
	readonly database: Database;
	readonly source: Source;
	readonly sourceId: number;
	/** The time by the source's clock; undefined when it does not say. */
	readonly sourceTime: () => Promise<Date | undefined>;
	readonly timeZone: string;
	readonly clock: Clock;
	readonly reference: ReferenceClock;
	/** Which process synchronizes: one at a time. */
	readonly holder: string;
	/** Whether everything is read and compared; when it is due without it. */
	readonly whole?: boolean;
	/** Whether any number of removals is made. */
	readonly confirmed?: boolean;
	readonly metrics?: Metrics | undefined;
	/** Takes a line about what a person should know. */
	readonly tell: (line: string) => void;
	readonly onRefusal?: (refusal: Refusal) => void;
}

/** How a pass ended; `busy` when another process synchronizes. */
export type PassEnd = { readonly busy: true } | { readonly busy: false; readonly isWhole: boolean; readonly lists: readonly SyncedList[] };

/** Everything is read again, and compared, this often, in milliseconds. */
const betweenWholePasses = 24 * 3_600_000;

/** For how long a process that does not renew it keeps the lease, in milliseconds. */
const lease = 120_000;

/** What changed so long before the last pass began is read again, in milliseconds: clocks and transactions of the source overlap. */
const overlap = 120_000;

/** Few, for reports wait while the batch of their offering is written; more in the first pass, before which there is little to report on. */
const batchSize = 1_000;
const firstBatchSize = 4_000;

/** Lists that decide who counts for policies, or what these limit: policies are evaluated once they changed. */
const listsOfPolicies: readonly ListName[] = [
	"customers",
	"projects",
	"marketplace-resources",
	"marketplace-provider-offerings",
	"marketplace-offering-usage-policies",
];

/**
 * One pass of synchronization: what changed in the source since the last one, roles whole; or everything, and what the
 * source does not have any more is removed. Throws what kept it from its end, which is also noted with the state.
 */
export async function synchronize(options: PassOptions): Promise<PassEnd> {
	const { database, sourceId, holder, clock } = options;
	const leaseEnd = () => new Date(clock().getTime() + lease);
	const renew = () => renewLease(database, sourceId, holder, leaseEnd());
	const isUnfinished = !(await endedWell(database, sourceId));
	if (!(await takeLease(database, sourceId, holder, clock(), leaseEnd()))) return { busy: true };
	// What takes long between two batches, such as reading, or a wait that Waldur asks for, does not lose the lease.
	const renewals = repeat(
		lease / 4,
		async () => void (await renew()),
		() => {},
	);
	try {
		const began = beginning(await options.sourceTime().catch(() => undefined), clock(), options.tell);
		const { lastSuccess, lastWhole } = await syncStatus(database, sourceId, began);
		const isFirst = lastSuccess === null;
		const isWhole = options.whole ?? (lastWhole === null || Math.abs(began.getTime() - lastWhole.getTime()) >= betweenWholePasses);
		const lists = await readLists(options, { began, isFirst, isWhole, isUnfinished, renew });
		await endPass(database, sourceId, holder, { succeeded: { began, isWhole }, error: null, now: clock() });
		return { busy: false, isWhole, lists };
	} catch (error) {
		if (error instanceof Stopped) await releaseLease(database, sourceId, holder);
		else await endPass(database, sourceId, holder, { succeeded: undefined, error: error instanceof Error ? error.message : String(error), now: clock() });
		throw error;
	} finally {
		await renewals.stop();
	}
}

/** Clocks that differ more than this are worth a line, in milliseconds. */
const noteworthy = 60_000;

/** When the pass begins: by the source's clock, but never later than by this one, for nothing after it would be read again. */
function beginning(sourceTime: Date | undefined, now: Date, tell: (line: string) => void): Date {
	if (sourceTime === undefined) return now;
	const ahead = sourceTime.getTime() - now.getTime();
	if (Math.abs(ahead) > noteworthy) tell(`Waldur's clock is ${Math.round(Math.abs(ahead) / 1_000)} seconds ${ahead > 0 ? "ahead of" : "behind"} this one.`);
	return ahead > 0 ? now : sourceTime;
}

interface PassState {
	readonly began: Date;
	/** Nothing was ever read to the end. */
	readonly isFirst: boolean;
	readonly isWhole: boolean;
	/** The pass before failed, or was killed: policies may not have been evaluated after what it changed. */
	readonly isUnfinished: boolean;
	readonly renew: () => Promise<boolean>;
}

/** Reads all lists, one after the other, and removes of each what is gone. */
async function readLists(options: PassOptions, { began, isFirst, isWhole, isUnfinished, renew }: PassState): Promise<SyncedList[]> {
	const { database, source, sourceId, timeZone, clock, reference, metrics, tell, confirmed = false } = options;
	await source.check();
	const marks = await watermarks(database, sourceId);
	const moment = (): Moment => ({ now: clock(), timeZone, metrics });
	const writes = beginningMonths(database, { reference, timeZone, metrics });
	const month = billingPeriodAt(began, timeZone);
	const filters = (list: ListName): ReadFilters => {
		const mark = marks.get(list);
		if (isWhole || mark === undefined || isRoleList(list)) return {};
		return { since: new Date(mark.getTime() - overlap), periods: [addMonths(month, -1), month] };
	};
	const lists: SyncedList[] = [];
	let seen = new SeenKeys();
	let isRecognizable = true;
	let listBegan = clock();
	const note = async (summary: ListSummary, whole: boolean) => {
		const { name, created, updated, unchanged, refused } = summary;
		const isDue = isRemovable(name) && (isWhole || isRoleList(name));
		const isCompared = isDue && whole && isRecognizable;
		if (isDue && !whole) tell(`${name}: nothing is removed, because the list could not be read whole and counted.`);
		else if (isDue && !isRecognizable) tell(`${name}: nothing is removed, because a record has no readable identity.`);
		// Roles never wait: whoever has lost one must not read on, and one that is removed by mistake comes back with the next pass.
		const removal = { database, writes, sourceId, moment: moment(), began: listBegan, confirmed: confirmed || isRoleList(name) };
		const { removed, held } = isCompared ? await removeUnseen(name, seen, removal) : { removed: 0, held: 0 };
		if (held > 0) tell(`${name}: ${held} would be removed, which waits for "npm run sync -- --yes".`);
		const list: SyncedList = { name, read: created + updated + unchanged + refused, changed: created + updated, removed, refused, held };
		await noteList(database, sourceId, isCompared ? list : { ...list, held: undefined }, began, clock());
		lists.push(list);
		seen = new SeenKeys();
		isRecognizable = true;
		listBegan = clock();
	};
	const run = new Run({
		database,
		source,
		timeZone,
		sourceId,
		batchSize: isFirst ? firstBatchSize : batchSize,
		tell,
		...(options.onRefusal === undefined ? {} : { onRefusal: options.onRefusal }),
		filters,
		onRecord: (key) => {
			if (key === undefined) isRecognizable = false;
			else seen.add(key);
		},
		around: (tx, list, records, write) => synchronizedBatch(tx, list, records, write, { moment: moment(), began: listBegan, isFirst, tell }),
		aroundSums: (tx, list, wholes, settle) => synchronizedSums(tx, list, wholes, settle, { moment: moment(), began: listBegan, isFirst, tell }),
		ended: note,
	});
	const haveTurned = () => lists.some(({ name, changed }) => changed > 0 && listsOfPolicies.includes(name as ListName));
	try {
		await run.importLists(
			async (work) => {
				if (!(await renew())) throw new Error("Another process synchronizes: the lease was lost.");
				return writes.transaction(work);
			},
			isFirst ? 2 : 1,
		);
		await run.changeLater();
	} catch (error) {
		// Policies do not wait until all lists can be read. What fails here is done by the next pass that comes to its end.
		if (haveTurned() && !(error instanceof Stopped)) await evaluateAllPolicies(database, moment()).catch(() => {});
		throw error;
	}
	if (isFirst || isUnfinished || haveTurned()) await evaluateAllPolicies(database, moment());
	await forgetDeletions(database, new Date(clock().getTime() - betweenWholePasses));
	return lists;
}
