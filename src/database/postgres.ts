import { setFlagsFromString } from "node:v8";
import type pg from "pg";
import type { Caller } from "./caller.ts";
import type { Connection } from "./connection.ts";
import { type Connections, openConnections } from "./connections.ts";
import type { Database, OnStatement, Queries, Session } from "./database.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { exactTypes } from "./exact-types.ts";
import { lookAtWays } from "./pooler.ts";
import { createNames } from "./prepared.ts";
import { createProbe } from "./probe.ts";
import { retried } from "./retry.ts";
import { createSharedTime, type SharedTime } from "./shared-time.ts";
import type { Sql } from "./sql.ts";
import { foundDiskFull } from "./states.ts";
import { usualWaits, type Waits } from "./waits.ts";

/**
 * V8 takes it from a few rows that had to wait that the driver's rows live long, and allocates all later ones among old
 * objects, where they and their values are kept until the next large collection of garbage. They are gone within
 * milliseconds. A V8 without this setting goes on as it would.
 */
setFlagsFromString("--no-allocation-site-pretenuring");

/** A server whose disk was found to be full is taken to be so for as long, in milliseconds: only a write that fails shows it. */
const afterFullDisk = 5_000;

export interface PostgresOptions {
	/** Connections at most. */
	readonly connections?: number;
	readonly waits?: Waits;
	/** The server itself, when the URL leads to a pooler that has no sessions: for what listens and migrates. */
	readonly listenUrl?: string | undefined;
	/** Whether statements are prepared, once on each connection. */
	readonly preparedStatements?: boolean;
	/** Called before a transaction or a statement is done again that was a deadlock's victim. */
	readonly onRetry?: (() => void) | undefined;
	readonly onStatement?: OnStatement | undefined;
}

/** Opens a PostgreSQL server. Throws when it cannot be reached or is older than 15, and when a pooler does not let through what is needed. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
	const { connections: max = 10, waits = usualWaits, listenUrl, preparedStatements = true, onRetry, onStatement } = options;
	const open = (to: string, isPooled: boolean) => openConnections(parseDatabaseUrl(to), { max, waits, types: exactTypes, isPooled });
	const found = open(url, false); // opens nothing by itself
	const sessions = listenUrl === undefined ? found : open(listenUrl, false);
	const end = (...all: Connections[]) => Promise.all([...new Set(all)].map((each) => each.end()));
	let foundFull = -Infinity;
	const noteFull = () => {
		foundFull = performance.now();
	};
	const { version, isPooled } = await lookAtWays({ statements: found, sessions, prepares: preparedStatements }).catch(async (error: unknown) => {
		await end(found, sessions);
		throw error;
	});
	if (version < 150_000) {
		await end(found, sessions);
		throw new Error("PostgreSQL 15 or newer is needed.");
	}
	const connections = isPooled ? open(url, true) : found;
	const nameOf = preparedStatements ? createNames() : () => undefined;
	const place: Place = { noteFull, connections, nameOf, time: createSharedTime(() => performance.now()), onRetry, onStatement };
	const queries = onAny(place, undefined);
	const database: Database = {
		engine: "PostgreSQL",
		...queries,
		transaction: transactions(place, undefined),
		onBehalfOf: (caller) => ({ ...database, ...onAny(place, caller), transaction: transactions(place, caller) }),
		listen: (channel, notified) => listen(sessions, channel, notified),
		withSession: (work) => inSession(sessions, work),
		pool: () => connections.use(),
		probe: () => createProbe(connections, () => performance.now() - foundFull < afterFullDisk),
		close: async () => void (await end(connections, found, sessions)),
	};
	return database;
}

/** A server, and what is known of what runs there. */
interface Place {
	readonly connections: Connections;
	/** What a statement of that text is prepared as; undefined when it is not. */
	readonly nameOf: (text: string) => string | undefined;
	readonly time: SharedTime;
	readonly onRetry: (() => void) | undefined;
	readonly onStatement: OnStatement | undefined;
	/** Called when the server's disk is found to be full. */
	noteFull(): void;
}

const transactions =
	(place: Place, caller: Caller | undefined): Database["transaction"] =>
	(work, { once = false } = {}) => {
		const attempt = () => inTransaction(place, caller, work);
		return once ? attempt() : retried(attempt, place.onRetry);
	};

async function inSession<Result>(connections: Connections, work: (session: Session) => Promise<Result>): Promise<Result> {
	const { client, cut } = connections.unpooled(" migrations", "unbounded");
	try {
		await client.connect();
		await client.query("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
		return await work({
			rows: async <Row extends object>({ text, values }: Sql) => (await client.query<Row & pg.QueryResultRow>(text, values)).rows,
			tuples: async ({ text, values }) => (await client.query<unknown[]>({ text, values, rowMode: "array" })).rows,
			script: async (statements) => void (await client.query(statements)),
		});
	} finally {
		await client.end().catch(() => {}); // it may be lost
		cut();
	}
}

async function inTransaction<Result>(place: Place, caller: Caller | undefined, work: (tx: Queries) => Promise<Result>): Promise<Result> {
	// What writes is not cancelled: a client that has gone may have left it behind to be done.
	const connection = await place.connections.take(caller && { key: caller.key });
	let isOver = false;
	try {
		await connection.begin();
		const result = await work(on(connection, place, caller, () => isOver));
		isOver = true;
		const { command } = await connection.query({ text: "commit" });
		// After a statement that failed, PostgreSQL takes a commit and rolls back.
		if (command !== "COMMIT") throw new Error("The transaction was not committed: one of its statements failed.");
		return result;
	} catch (error) {
		isOver = true;
		if (!connection.isLost) await connection.query({ text: "rollback" }).catch(() => {}); // or the connection is lost now
		throw error;
	} finally {
		connection.release();
	}
}

/** Each statement on a connection that is free. */
function onAny(place: Place, caller: Caller | undefined): Queries {
	const withFree = <Result>(work: (queries: Queries) => Promise<Result>) =>
		retried(async () => {
			const connection = await place.connections.take(caller);
			return work(on(connection, place, caller)).finally(() => connection.release());
		}, place.onRetry);
	return {
		rows: <Row extends object>(statement: Sql) => withFree((queries) => queries.rows<Row>(statement)),
		tuples: (statement) => withFree((queries) => queries.tuples(statement)),
	};
}

/** Statements on the connection, by prepared ones. Work that goes on after its transaction has nothing to run them in. */
function on(connection: Connection, { nameOf, time, noteFull, onStatement }: Place, caller: Caller | undefined, isOver: () => boolean = () => false): Queries {
	const query = ({ text, values }: Sql) => {
		if (isOver()) throw new Error("The transaction is over.");
		return { text, values, name: nameOf(text) };
	};
	async function timed<Result>(text: string, run: () => Promise<Result>): Promise<Result> {
		const begun = performance.now();
		const end = time.begin();
		try {
			return await run();
		} catch (error) {
			if (foundDiskFull(error)) noteFull();
			throw error;
		} finally {
			const took = end();
			caller?.took(took);
			onStatement?.({ text, milliseconds: performance.now() - begun, caller });
		}
	}
	return {
		rows: async <Row extends object>(statement: Sql) => (await timed(statement.text, () => connection.query<Row>(query(statement)))).rows,
		tuples: async (statement) => (await timed(statement.text, () => connection.query<unknown[]>({ ...query(statement), rowMode: "array" }))).rows,
	};
}

/** One connection of its own that listens, and is opened again with a growing pause when it is lost. */
async function listen(connections: Connections, channel: string, notified: (payload: string) => void): Promise<() => Promise<void>> {
	let stopped = false;
	let cut = () => {};
	let retry: NodeJS.Timeout | undefined;

	const connect = async () => {
		const next = connections.unpooled(" log");
		cut = next.cut;
		next.client.on("notification", ({ payload = "" }) => notified(payload));
		try {
			await next.client.connect();
			await next.client.query(`listen "${channel}"`);
		} catch (error) {
			next.cut();
			throw error;
		}
		next.client.on("end", () => reconnectIn(firstPause));
	};
	const reconnectIn = (wait: number) => {
		if (stopped) return;
		retry = setTimeout(
			() =>
				connect().then(
					() => notified(""),
					() => reconnectIn(Math.min(wait * 2, maxPause)),
				),
			wait,
		);
	};

	await connect();
	return async () => {
		stopped = true;
		clearTimeout(retry);
		cut(); // it has nothing to say any more
	};
}

/** Before a connection that was lost is opened again, in milliseconds. */
const firstPause = 100;
const maxPause = 2_000;
