import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { appendToLog, type LogEntry, type LogSubject, numberEntries, readPositionCodec } from "../../src/event-log/log.store.ts";
import { type LogReader, startLogReader } from "../../src/event-log/log-reader.ts";
import type { Position, PositionCodec } from "../../src/event-log/position.ts";
import { urlOf } from "../support/database.ts";
import { appendFirings } from "../support/firings.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { patient } from "../support/templates.setup.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

const wanted = Number(process.env["LOG_ENTRIES"] ?? 2_000);
const writers = 12;
/** After so many events a subscriber leaves, and comes back to go on from the last of them. */
const eventsPerVisit = 97;

/** What a follower saw of the log, in the order of seeing. */
type Seen = Position[];

const printed = (positions: readonly Position[]): string[] => positions.map(({ number, mark }) => `${number} ${mark}`);

/** What entries are about: firings of an offering's policies, and reports of a usage record. */
interface Subjects {
	readonly offering: string;
	readonly componentUsageUuid: string;
}

/**
 * A transaction appends one to four entries, in one of three they are firings. One in eleven is rolled back, and one in five
 * holds what it wrote for some time before it ends. Answers how many are committed.
 */
async function write(database: Database, { offering, componentUsageUuid }: Subjects, transaction: number): Promise<number> {
	const entries = 1 + (transaction % 4);
	const rolledBack = new Error("rolled back");
	const committed = database.transaction(async (tx) => {
		if (transaction % 3 === 0) await appendFirings(tx, offering, entries);
		else await appendToLog(tx, Array<LogSubject>(entries).fill({ kind: "usage", componentUsageUuid }));
		if (transaction % 5 === 0) await after(1 + (transaction % 40));
		if (transaction % 11 === 0) throw rolledBack;
		return entries;
	});
	return committed.catch((error: unknown) => {
		if (error === rolledBack) return 0;
		throw error;
	});
}

/** Writes until that many entries are committed, or a few more. Answers how many. */
async function writeAll(database: Database, subjects: Subjects): Promise<number> {
	let transactions = 0;
	let committed = 0;
	await Promise.all(
		Array.from({ length: writers }, async () => {
			while (committed < wanted) {
				const entries = await write(database, subjects, transactions++);
				committed += entries;
			}
		}),
	);
	return committed;
}

/** Follows without a pause. */
async function follow(reader: LogReader, start: Position, seen: Seen, signal: AbortSignal): Promise<void> {
	for await (const entries of reader.follow(start, signal, false)) seen.push(...positionsOf(entries));
}

/** Follows for a few entries at a time, and goes on after the last of them: within what one transaction wrote too. */
async function followInVisits(readerOfVisit: () => Promise<[LogReader, () => Promise<void>]>, start: Position, seen: Seen, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		const [reader, leave] = await readerOfVisit();
		for await (const entries of reader.follow(seen.at(-1) ?? start, signal, false)) {
			seen.push(...positionsOf(entries).slice(0, eventsPerVisit));
			break;
		}
		await leave();
	}
}

const positionsOf = (entries: readonly LogEntry[]): Position[] => entries.map(({ position }) => position);

/** A client that takes some events, disconnects, and subscribes anew after the last of them. */
async function subscribeInVisits(url: string, token: string, codec: PositionCodec, start: Position, seen: Seen, signal: AbortSignal): Promise<void> {
	const document = "subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position } } }";
	while (!signal.aborted) {
		const client = await connect(url, token);
		const leave = () => void client.dispose();
		if (signal.aborted) return leave();
		signal.addEventListener("abort", leave);
		const events = subscribe(client, document, { after: codec.print(seen.at(-1) ?? start) });
		try {
			for (let event = 0; event < eventsPerVisit; event++) seen.push(positionIn(codec, (await events.next()).policyFirings.position));
		} catch (error) {
			if (!signal.aborted) throw error;
		}
		signal.removeEventListener("abort", leave);
		leave();
	}
}

function positionIn(codec: PositionCodec, text: string): Position {
	const position = codec.parse(text);
	if (position === undefined) throw new Error(`${text} is no position.`);
	return position;
}

interface EntryInLog {
	readonly number: string;
	readonly mark: string;
	readonly isFiring: boolean;
}

const positionOf = ({ number, mark }: EntryInLog): Position => ({ number: BigInt(number), mark: BigInt(mark) });

function expectAll(seen: Seen, expected: readonly Position[]): void {
	const told = printed(seen);
	const once = new Set(told);
	const missing = printed(expected).filter((entry) => !once.has(entry));

	expect(missing.slice(0, 3), `${missing.length} of ${expected.length} are missing`).toEqual([]);
	expect(told).toEqual(printed(expected));
}

describe.skipIf(inject("templates").engine === "PGlite")(
	"while twelve writers append to the log, some slowly and some in vain (skipped without PostgreSQL: on the embedded database's one connection nobody overtakes)",
	() => {
		const followers = { steady: [] as Seen, inVisits: [] as Seen, inVisitsElsewhere: [] as Seen };
		const subscriber: Seen = [];
		const failures: unknown[] = [];
		const closing: (() => Promise<unknown>)[] = [];
		let committed: number;
		let entries: EntryInLog[];
		let log: Position[];
		let firings: Position[];

		beforeAll(async () => {
			const { database, url } = gateway();
			const provider = await makeProvider({ database });
			await provider.component("cpu");
			const componentUsageUuid = await provider.usage(await provider.resource(), "cpu", "2017-01-01", "1");
			const own = await openPostgres(await urlOf(database), { connections: writers, waits: patient });
			closing.push(() => own.close());
			const onError = (error: unknown) => void failures.push(error);
			const reader = await startLogReader(database, { onError });
			closing.push(() => reader.stop());

			const start = await reader.end();
			const over = new AbortController();
			const ends = [
				follow(reader, start, followers.steady, over.signal),
				followInVisits(async () => [reader, async () => {}], start, followers.inVisits, over.signal),
				followInVisits(
					async () => {
						const another = await startLogReader(database, { onError });
						return [another, () => another.stop()];
					},
					start,
					followers.inVisitsElsewhere,
					over.signal,
				),
				subscribeInVisits(url, provider.token, await readPositionCodec(database), start, subscriber, over.signal),
			];
			const following = Promise.all(ends.map((end) => end.catch(onError)));
			closing.push(async () => {
				over.abort();
				await following;
			});

			committed = await writeAll(own, { offering: provider.offering, componentUsageUuid });
			await numberEntries(database);
			entries = await database.rows<EntryInLog>(sql`
				select n."number", n."mark", e."policyFiringUuid" is not null as "isFiring" from "LogEntry" e left join "LogNumber" n on n."entryId" = e."id" order by n."number"
			`);
			log = entries.map(positionOf);
			firings = entries.filter(({ isFiring }) => isFiring).map(positionOf);
			// What has not come after minutes never will: the claims tell what is missing.
			const hasCome = (one: Seen, expected: readonly Position[]) => printed(one.slice(-1)).join() === printed(expected.slice(-1)).join();
			const haveAllCome = () => Object.values(followers).every((one) => hasCome(one, log)) && hasCome(subscriber, firings);
			const areDone = () => failures.length > 0 || haveAllCome();
			await vi.waitUntil(areDone, { timeout: 180_000 }).catch(() => {});
		}, 600_000);

		afterAll(async () => {
			for (const close of closing.reverse()) await close();
		}, 600_000);

		test("what is in the log is what they committed", () => {
			expect(failures).toEqual([]);
			expect(log).toHaveLength(committed);
		});

		test("numbers are dense, and no entry is without one or has two", () => {
			const first = BigInt(entries[0]?.number ?? 0);
			expect(entries.map(({ number }) => number)).toEqual(entries.map((_, place) => String(first + BigInt(place))));
		});

		test.each([
			["a follower", "steady"],
			["a follower that stops and goes on again and again", "inVisits"],
			["a follower that goes on at another reader each time", "inVisitsElsewhere"],
		] as const)("%s is told of each entry once, in the order of the log", (_who, follower) => {
			expectAll(followers[follower], log);
		});

		test("a subscriber over WebSocket who disconnects and comes back again and again is told of each firing once, in the order of the log", () => {
			expectAll(subscriber, firings);
		});
	},
);
