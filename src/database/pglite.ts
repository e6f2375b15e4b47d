import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { gunzipSync } from "node:zlib";
import { PGlite, types } from "@electric-sql/pglite";
import { dataDir as preparedCluster } from "@electric-sql/pglite-prepopulatedfs";
import type { Caller } from "./caller.ts";
import type { Database, OnStatement, Queries } from "./database.ts";
import { createFairQueue } from "./fair-queue.ts";
import type { Sql } from "./sql.ts";
import { diskFull } from "./states.ts";

/**
 * V8 compiles a function of WebAssembly once more, optimised, after it has done this much work. At its usual budget, 1.8
 * million, that takes a second of a start on two cores, and slows what runs meanwhile. A V8 without this setting goes on as it would.
 */
setFlagsFromString("--wasm-tiering-budget=100000000");

/** What the schema engine takes; the packages' types disagree in places that do not matter here. */
type PrismaAdapterFactory = import("@prisma/driver-adapter-utils").SqlMigrationAwareDriverAdapterFactory;

export interface PGliteDatabase extends Database {
	/** What Prisma's engine works through, loaded when it is asked for. */
	adapter(): Promise<PrismaAdapterFactory>;
}

/**
 * PostgreSQL in WebAssembly, in this process: in `directory`, or in memory without one. The caller holds the directory's
 * lock. One that is made starts with the files of `cluster`, a tar: with nothing but PostgreSQL's own unless it is given.
 * It takes no changes while `isShort` says that its disk is about to be full: on a full one it would hang for ever.
 */
export async function openPGlite(directory?: string, cluster?: Blob, isShort = () => false, onStatement?: OnStatement): Promise<PGliteDatabase> {
	const pglite = await (directory === undefined ? made({}, cluster) : inDirectory(directory));
	const queue = createFairQueue({ places: 1 });
	let takesChanges = true;
	/** It does one thing at a time, and the queue decides whose is next. Runs in transactions that are read-only while there is no room for changes. */
	const inTurn = async <Result>(caller: Pick<Caller, "key" | "abandoned"> | undefined, run: () => Promise<Result>): Promise<Result> => {
		const release = await queue.take({ key: caller?.key, abandoned: caller?.abandoned });
		try {
			if (isShort() === takesChanges) {
				takesChanges = !takesChanges;
				await pglite.exec(`set default_transaction_read_only = ${takesChanges ? "off" : "on"}`);
			}
			return await run();
		} finally {
			release();
		}
	};
	/** A transaction that began with room for its changes fails before it has none. */
	const refuseShort = () => {
		if (takesChanges && isShort()) throw diskFull();
	};
	const onBehalfOf = (caller: Caller | undefined): Pick<Database, "rows" | "tuples" | "transaction"> => {
		const { rows, tuples } = over(pglite, { caller, onStatement });
		return {
			rows: <Row extends object>(statement: Sql) => inTurn(caller, () => rows<Row>(statement)),
			tuples: (statement) => inTurn(caller, () => tuples(statement)),
			transaction: (work) =>
				inTurn(caller && { key: caller.key }, () => pglite.transaction((tx) => work(over(tx, { caller, onStatement, before: refuseShort })))),
		};
	};
	const database: PGliteDatabase = {
		engine: "PGlite",
		...onBehalfOf(undefined),
		onBehalfOf: (caller) => ({ ...database, ...onBehalfOf(caller) }),
		listen: async (channel, notified) => {
			const stop = await pglite.listen(channel, notified);
			return () => stop();
		},
		withSession: (work) => work({ ...over(pglite), script: async (statements) => void (await pglite.exec(statements)) }),
		pool: queue.use,
		// The adapter is typed against an older copy of the same interface.
		adapter: async () => new (await import("pglite-prisma-adapter")).PrismaPGlite(pglite) as unknown as PrismaAdapterFactory,
		// It is in this process: it responds for as long as it is open, and takes changes while there is room for them.
		probe: () => ({ answers: async () => !pglite.closed && !isShort(), close: () => {} }),
		close: () => pglite.close(),
	};
	return database;
}

/** Half a cluster, of a process that was killed while it made it, is made again: it never held anything. */
async function inDirectory(directory: string): Promise<PGlite> {
	const unfinished = `${directory}.unfinished`;
	if (existsSync(unfinished)) await rm(directory, { recursive: true, force: true });
	if (existsSync(directory)) return PGlite.create({ dataDir: directory, parsers: exactTypes });
	await writeFile(unfinished, "");
	const pglite = await made({ dataDir: directory });
	await rm(unfinished);
	return pglite;
}

/** Loads the files that initdb would make, in a third of its time. */
const made = async (place: { dataDir?: string }, cluster?: Blob): Promise<PGlite> =>
	PGlite.create({ ...place, loadDataDir: cluster ?? new Blob([gunzipSync(await (await preparedCluster()).arrayBuffer())]), parsers: exactTypes });

const text = (value: string) => value;

/** The same JavaScript values as from a PostgreSQL server: nothing loses digits or moves by a time zone. */
const exactTypes = { [types.DATE]: text, [types.NUMERIC]: text, [types.INT8]: text };

type Executor = Pick<PGlite, "query">;

interface Running {
	readonly caller?: Caller | undefined;
	readonly onStatement?: OnStatement | undefined;
	/** Called before each statement. */
	readonly before?: () => void;
}

function over(executor: Executor, { caller, onStatement, before }: Running = {}): Queries {
	async function timed<Result>(text: string, run: () => Promise<Result>): Promise<Result> {
		before?.();
		const begun = performance.now();
		return run().finally(() => {
			const milliseconds = performance.now() - begun;
			caller?.took(milliseconds);
			onStatement?.({ text, milliseconds, caller });
		});
	}
	return {
		rows: async <Row extends object>({ text, values }: Sql) => (await timed(text, () => executor.query<Row>(text, values))).rows,
		tuples: async ({ text, values }: Sql) =>
			(await timed(text, () => executor.query<unknown[]>(text, values, { rowMode: "array" }))).rows as unknown as unknown[][],
	};
}
