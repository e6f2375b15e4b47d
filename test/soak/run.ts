import { setTimeout as pause } from "node:timers/promises";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { changeThings } from "./clients.ts";
import { type Unequal, unequalLists, unsourced } from "./compare.ts";
import { type Dice, diceOf } from "./dice.ts";
import { answerFaults } from "./faults.ts";
import { changesWithoutEntry, noteChanges, wrongFirings } from "./log.ts";
import { type Pair, startPair } from "./pair.ts";
import { reportThings } from "./reporters.ts";
import { type Withdrawal, watchRole } from "./watchers.ts";

/** What came of a run. */
export interface Soaked {
	/** Changes of Waldur by its clients, and answers of the gateway to those who report there, by code. */
	readonly changes: number;
	readonly answers: Readonly<Record<string, number>>;
	/** Answers of Waldur that failed, by how; its restarts, and those of synchronization. */
	readonly faults: Readonly<Record<string, number>>;
	/** Passes that ended well and such that failed while things changed, by why. */
	readonly passes: number;
	readonly failures: Readonly<Record<string, number>>;
	readonly withdrawals: readonly Withdrawal[];
	/** Roles that read after a pass, and answers that nobody named. */
	readonly broken: readonly string[];
	readonly errors: readonly unknown[];
	readonly unequal: readonly Unequal[];
	readonly unsourced: Readonly<Record<string, number>>;
	/** What a further whole pass changed and removed. */
	readonly changedAgain: readonly string[];
	readonly refusals: readonly unknown[];
	readonly differences: readonly string[];
	readonly totals: { readonly changes: number; readonly missing: readonly unknown[] };
	readonly firings: number;
	readonly wrongFirings: readonly unknown[];
	/** Deliveries by state, and those that failed without a sentence. */
	readonly deliveries: Readonly<Record<string, number>>;
	readonly speechless: readonly unknown[];
}

/** How many clients change the Waldur, and how many report to the gateway. */
const clients = 8;
const reporters = 2;

/** Lets everybody write for so many seconds while everything fails, and compares both sides in the end. */
export async function soak({ seconds, seed, writes }: { seconds: number; seed: number; writes: boolean }): Promise<Soaked> {
	const dice = diceOf(seed);
	// A hanging answer is longer than any timeout only where there is the time for it.
	const faults = answerFaults(Math.min(75_000, seconds * 60), writes);
	const pair = await startPair({ seed, writes, resources: seconds < 60 ? 80 : 240, faults });
	try {
		await noteChanges(pair.database);
		const staff = await pair.token("staff");
		const end = performance.now() + seconds * 1_000;
		const goesOn = () => performance.now() < end;
		const broken: string[] = [];
		const before = pair.passes.length;
		const [changed, answers, withdrawals, disturbances] = await Promise.all([
			Promise.all(Array.from({ length: clients }, () => changeThings(pair.waldur.state, dice.split(), goesOn))),
			Promise.all(Array.from({ length: reporters }, () => reportThings(pair, staff, dice.split(), goesOn, broken))),
			Promise.all(pair.watchers.map((watcher) => watchRole(pair, watcher, dice.split(), goesOn, broken))),
			disturb(pair, faults, dice.split(), goesOn),
		]);
		await drain(pair);
		const passes = pair.passes.slice(before);
		await disturbances.service.stop();
		const rest = await settled(pair);
		return {
			...{ changes: sum(changed), answers: merged(answers), broken, errors: pair.errors, withdrawals: withdrawals.flat() },
			faults: { ...Object.fromEntries(faults.counts), ...disturbances.counts },
			passes: passes.filter(({ error }) => error === null).length,
			failures: counted(passes.flatMap(({ error }) => error?.replace(/http:\S+/, "Waldur").slice(0, 80) ?? [])),
			...rest,
		};
	} finally {
		await pair.stop();
	}
}

/** Makes answers fail, restarts Waldur, restarts synchronization in the midst of passes, and makes a whole pass at times. */
async function disturb(pair: Pair, faults: ReturnType<typeof answerFaults>, dice: Dice, goesOn: () => boolean) {
	let service = pair.start();
	const counts = { "restarts of Waldur": 0, "restarts of synchronization": 0, "whole passes": 0 };
	const restartSync = async () => {
		while (goesOn() && !(await isPassing(pair))) await pause(20);
		await pause(dice.below(400));
		const stopped = { began: pair.clock().getTime() };
		pair.pauses.push(stopped);
		await service.stop();
		await pause(dice.below(300));
		service = pair.start();
		Object.assign(stopped, { ended: pair.clock().getTime() });
		counts["restarts of synchronization"]++;
	};
	const restartWaldur = async () => {
		await pair.waldur.restart(dice.between(100, 1_500));
		counts["restarts of Waldur"]++;
	};
	// As `npm run sync -- --whole --yes`, which fails where the service's own passes do.
	const passWhole = async () => {
		while (goesOn()) {
			await pause(dice.between(4_000, 40_000));
			const ended = goesOn() ? await pair.pass({ whole: true }).catch(() => undefined) : undefined;
			if (ended !== undefined) counts["whole passes"]++;
		}
	};
	const fail = async () => {
		for (let turn = 1; goesOn(); turn++) {
			await pause(dice.between(500, 3_500));
			if (turn % 8 === 2) await restartSync();
			else if (turn % 8 === 5) await restartWaldur();
			else faults.draw(dice);
		}
		faults.end();
	};
	await Promise.all([fail(), passWhole()]);
	return { service, counts };
}

async function isPassing({ database }: Pair): Promise<boolean> {
	const [row] = await database.rows<{ runs: boolean }>(sql`select "holder" is not null as "runs" from "WaldurSync"`);
	return row?.runs === true;
}

/** Waits until nothing waits to be sent any more, and a pass has ended well. Attempts that wait for their time need not. */
async function drain(pair: Pair): Promise<void> {
	const ended = pair.clock().getTime();
	const hasPassed = () => pair.passes.some(({ began, error }) => error === null && began >= ended);
	for (let round = 0; round < 600; round++) {
		const [row] = await pair.database.rows<{ count: number }>(sql`select count(*)::int as "count" from "WaldurDelivery" where "state" = 'PENDING'`);
		if (row?.count === 0 && hasPassed()) return;
		if (round % 50 === 10) pair.advance(400_000);
		await pause(200);
	}
}

/** Two more passes and what is left then. */
async function settled(pair: Pair) {
	const { database, waldur, sourceId, clock } = pair;
	await pair.pass({ whole: false });
	await pair.pass({ whole: true });
	// A resource comes before its usages: when its last record of a type has gone, Waldur's own figure counts from the next pass on.
	await pair.pass({ whole: true });
	const unequal = await unequalLists(waldur.state, database, sourceId);
	const refusals: unknown[] = [];
	const again = await pair.pass({ whole: true, onRefusal: (refusal) => refusals.push(refusal) });
	const deliveries = await database.rows<{ state: string; count: number }>(
		sql`select "state"::text as "state", count(*)::int as "count" from "WaldurDelivery" group by 1`,
	);
	const [firings] = await database.rows<{ count: number }>(sql`select count(*)::int as "count" from "PolicyFiring"`);
	return {
		...{ unequal, refusals },
		unsourced: await unsourced(database, sourceId),
		changedAgain: again.lists.filter(({ changed, removed, held }) => changed + removed + held > 0).map((list) => JSON.stringify(list)),
		differences: await differencesIn(database, clock()),
		totals: await changesWithoutEntry(database),
		firings: firings?.count ?? 0,
		wrongFirings: await wrongFirings(database),
		deliveries: Object.fromEntries(deliveries.map(({ state, count }) => [state, count])),
		speechless: await database.rows(sql`select "id"::text as "id" from "WaldurDelivery" where "state" = 'FAILED' and coalesce("error", '') = ''`),
	};
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const counted = (names: readonly string[]): Record<string, number> => {
	const counts: Record<string, number> = {};
	for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
	return counts;
};

function merged(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
	const all: Record<string, number> = {};
	for (const map of maps) for (const [name, count] of map) all[name] = (all[name] ?? 0) + count;
	return all;
}
