import pg from "pg";
import { boundedQuery } from "./bounded-query.ts";
import { Abandoned } from "./caller.ts";
import { createRoom } from "./prepared.ts";
import { stateOf } from "./states.ts";
import { throwCoded, unavailable } from "./unavailable.ts";
import type { Waits } from "./waits.ts";

/** A connection that no other caller uses until it is given back. */
export interface Connection {
	/** Begins a transaction, in which each statement and each pause takes no longer than it may. */
	begin(): Promise<void>;
	query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
	query<Row extends unknown[]>(query: pg.QueryArrayConfig): Promise<pg.QueryArrayResult<Row>>;
	/** Whether it is of no more use: what ran on it may have happened or not. */
	readonly isLost: boolean;
	/** Gives it back, when nothing that was asked about it can meet its next statement any more. */
	release(): void;
}

interface Taking {
	readonly onSilence: () => void;
	/** Called when the server refuses a change. */
	readonly onChangeless: () => void;
	readonly release: () => void;
	readonly abandoned: AbortSignal | undefined;
	/** See cancelUntil. */
	readonly cancel: (ended: () => boolean) => Promise<boolean>;
	/** The bounds that each transaction sets for itself; undefined when the session has set them. */
	readonly bounds: Waits | undefined;
}

/** A client of the pool, as its caller uses it. */
export function taken(client: pg.PoolClient, { onSilence, onChangeless, release, abandoned, cancel, bounds }: Taking): Connection {
	let lost: Error | undefined;
	let isBounded = bounds === undefined;
	const makeRoomFor = roomOn(client);
	const query = async (asked: pg.QueryConfig) => {
		if (lost !== undefined) throw lost;
		try {
			if (asked.name !== undefined) makeRoomFor(asked.name);
			return await (isBounded || bounds === undefined ? client.query(asked) : boundedQuery(client, asked, bounds.statement));
		} catch (error) {
			if (!leavesConnection(error)) lost = error as Error;
			if (error instanceof Error && error.message === "Query read timeout") onSilence();
			if (stateOf(error) === "25006") onChangeless();
			return throwCoded(error);
		}
	};
	/** The same, cancelled when it is abandoned. Ends when no request to cancel it is under way any more. */
	const abandonable = async (asked: pg.QueryConfig, abandoned: AbortSignal) => {
		if (abandoned.aborted) throw new Abandoned();
		let hasEnded = false;
		let cancelled: Promise<boolean> | undefined;
		const leave = () => {
			cancelled = cancel(() => hasEnded);
		};
		abandoned.addEventListener("abort", leave);
		try {
			return await query(asked);
		} catch (error) {
			throw abandoned.aborted ? new Abandoned() : error;
		} finally {
			hasEnded = true;
			abandoned.removeEventListener("abort", leave);
			if (cancelled !== undefined && !(await cancelled)) lost ??= unavailable("A statement could not be cancelled.");
		}
	};
	return {
		begin: async () => {
			isBounded = true; // by the transaction, from here until it is given back
			await query({ text: bounds === undefined ? "begin" : `begin; ${settingsOf(bounds)}` });
		},
		query: (abandoned === undefined ? query : (asked: pg.QueryConfig) => abandonable(asked, abandoned)) as Connection["query"],
		get isLost() {
			return lost !== undefined;
		},
		release: () => {
			client.release(lost);
			release();
		},
	};
}

/** Of each open connection, what makes room for another prepared statement on it. */
const rooms = new WeakMap<pg.PoolClient, (name: string) => void>();

function roomOn(client: pg.PoolClient): (name: string) => void {
	const room = rooms.get(client) ?? createRoom(client);
	rooms.set(client, room);
	return room;
}

/** For a transaction that has begun. */
const settingsOf = ({ statement, idleInTransaction }: Waits): string =>
	`set local statement_timeout = ${statement}; set local idle_in_transaction_session_timeout = ${idleInTransaction}`;

/** The server has refused the statement, and waits for the next one. */
const leavesConnection = (error: unknown): boolean => error instanceof pg.DatabaseError && error.severity === "ERROR";
