import type { StatementWatch } from "../shared/metrics.ts";
import type { Caller } from "./caller.ts";
import type { Sql } from "./sql.ts";

/**
 * Where statements run: the database, or one transaction of it.
 *
 * Both engines return the same JavaScript types: numeric, bigint and date come as strings (exact), timestamptz as
 * Date, json as parsed values, everything else as the driver gives it.
 */
export interface Queries {
	/** Rows as objects, keyed by column name. */
	rows<Row extends object>(statement: Sql): Promise<Row[]>;
	/** Rows as arrays in column order: less work than objects where the columns are known. */
	tuples(statement: Sql): Promise<unknown[][]>;
}

/** One open database, embedded or a server. */
export interface Database extends Queries {
	readonly engine: "PGlite" | "PostgreSQL";
	/**
	 * Runs the work in one transaction: committed when it resolves, rolled back when it throws. Inside, use only `tx`.
	 * The victim of a deadlock or of a serialization failure is run again, a few times: work keeps nothing from one run to
	 * the next, unless it asks to be run `once`.
	 */
	transaction<Result>(work: (tx: Queries) => Promise<Result>, options?: { readonly once?: boolean }): Promise<Result>;
	/**
	 * The same database, whose statements run on behalf of the caller: in its turn among others, and `took` is called for each. The
	 * service's own statements go before those of callers.
	 */
	onBehalfOf(caller: Caller): Database;
	/** Calls back on each notification on the channel, this process's own included; and again after a lost connection returns. */
	listen(channel: string, notified: (payload: string) => void): Promise<() => Promise<void>>;
	/** Does work on a connection that nothing else shares, whose statements take as long as they take. */
	withSession<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
	/** How its connections are used at the moment; the embedded database has one. */
	pool(): PoolUse;
	/** A way to find out whether the database responds and takes changes, which other work on it does not hold up. */
	probe(): Probe;
	close(): Promise<void>;
}

/** One connection, on which statements follow each other. */
export interface Session extends Queries {
	/** Runs statements without values, all in one transaction unless they begin and end one themselves. */
	script(statements: string): Promise<void>;
}

/** How many connections there may be for statements, how many run something, and how many callers wait for one. */
export interface PoolUse {
	readonly size: number;
	readonly inUse: number;
	readonly waiting: number;
	/** How long callers have waited in all, in seconds, those who wait now left out. */
	readonly waited: number;
}

/** A statement that has run, or failed, with the time that it took without the wait for a connection. */
export interface EndedStatement {
	readonly text: string;
	readonly milliseconds: number;
	/** On whose behalf; undefined for the service itself. */
	readonly caller: Caller | undefined;
}

/** Called with each statement when it has ended. Cheap, and never throws. */
export type OnStatement = (ended: EndedStatement) => void;

export interface Probe {
	/** Whether the database responds within that many milliseconds, and takes changes. One question at a time. */
	answers(within: number): Promise<boolean>;
	/** Gives up what it holds; a question that is under way resolves to false. */
	close(): void;
}

/** Where a use case writes. */
export type Transactions = Pick<Database, "transaction">;

/** Called with every statement before it runs. */
export type StatementObserver = (statement: Sql) => void;

/** The same queries, with each statement run by the watch. */
function watched<Target extends Queries>(queries: Target, watch: StatementWatch): Target {
	return {
		...queries,
		rows: <Row extends object>(statement: Sql) => watch(statement, () => queries.rows<Row>(statement)),
		tuples: (statement: Sql) => watch(statement, () => queries.tuples(statement)),
	};
}

/** The same database, with each statement run by the watch, those inside transactions included. */
export function watchedDatabase(database: Database, watch: StatementWatch): Database {
	return {
		...watched(database, watch),
		transaction: (work, options) => database.transaction((tx) => work(watched(tx, watch)), options),
		onBehalfOf: (caller) => watchedDatabase(database.onBehalfOf(caller), watch),
	};
}

/** The same database, which calls the observer with each statement, those inside transactions included. */
export function observedDatabase(database: Database, observe: StatementObserver): Database {
	return watchedDatabase(database, (statement, run) => {
		observe(statement as Sql);
		return run();
	});
}
