import { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { boundedQuery } from "./bounded-query.ts";
import { Abandoned } from "./caller.ts";
import { cancelUntil } from "./cancel.ts";
import { clientConfigs } from "./client-config.ts";
import type { PoolUse } from "./database.ts";
import type { DatabaseAddress, ServerHost } from "./database-url.ts";
import { createFairQueue, type Taker } from "./fair-queue.ts";
import { createRoom } from "./prepared.ts";
import { aim, createServerChoice, serves } from "./server-choice.ts";
import { stateOf } from "./states.ts";

/** The longest waits, in milliseconds: a frozen or vanished server must not hold a call for ever. */
export interface Waits {
	/** For the server to take a new connection. */
	readonly connect: number;
	/** For a connection to be free. */
	readonly freeConnection: number;
	/** For a statement, by the server's clock, and a second more by this process's. */
	readonly statement: number;
	/** Within a transaction, for its next statement. */
	readonly idleInTransaction: number;
}

/** A connection that nobody else uses until it is given back. */
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

/** All connections of this process to one server; of a URL that names several, to the one that is as wanted. */
export interface Connections {
	readonly address: DatabaseAddress;
	/**
	 * A connection, in the caller's turn (see createFairQueue); in the service's own without one. Throws Abandoned, or an error
	 * that is coded ETIMEDOUT when it takes too long, or the server does not answer anything at the moment.
	 */
	take(caller?: Taker): Promise<Connection>;
	/** How the pooled ones are used. */
	use(): PoolUse;
	/**
	 * A client that is not pooled, not connected yet, and closed with the others. The server's lists show what it is for behind
	 * the service's name. It and its statements are waited for as long as usual, or its statements as long as they take, or both
	 * as at a start.
	 */
	unpooled(purpose: string, time?: "unbounded" | "start"): { readonly client: pg.Client; cut(): void };
	/** Ends them. What still runs after a moment is cut off, be it that a frozen server would take it on later. */
	end(): Promise<void>;
}

export interface ConnectionsOptions {
	readonly most: number;
	readonly waits: Waits;
	readonly types: pg.CustomTypesConfig;
	/** Whether a pooler is in between, for which every transaction says anew how long it may take: it knows no settings of a session. */
	readonly isPooled: boolean;
}

/** The most that is waited for a connection at a start, in milliseconds: the process loads its code meanwhile, and answers to nothing for seconds. */
const atStart = 10_000;

/** Between two attempts to find out whether a silent server answers again, in milliseconds. */
const betweenAttempts = 200;

/** How long connections that end may take for it, in milliseconds. */
const patience = 1_000;

/** A connection that may have nothing to say for long finds out that its other end is gone. */
const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * Opens connections when they are needed, and keeps them for the next call. Once a statement has waited in vain, calls are
 * refused at once until the server answers on a connection made anew: otherwise each step of a call would wait as long
 * again. The other connections from before are not used any more, for what became of the first may have become of them.
 */
export function openConnections(address: DatabaseAddress, { most, waits: usual, types, isPooled }: ConnectionsOptions): Connections {
	const waits = { ...usual, connect: address.connectTimeout ?? usual.connect };
	const configured = clientConfigs(address);
	const { hosts, wanted, applicationName = "usage-gateway" } = address;
	const sockets = new Set<Socket>();
	/** Those of connections that are not pooled. */
	const alone = new Set<Socket>();
	const pools = new Set<Promise<void>>();
	const ended = new AbortController();
	const tooLate = () => unavailable("timeout exceeded when trying to connect");
	const queue = createFairQueue({ places: most, patience: { milliseconds: waits.freeConnection, tooLate } });
	const limits = { query_timeout: waits.statement + 1_000, types };
	const sessionLimits = isPooled ? {} : { statement_timeout: waits.statement, idle_in_transaction_session_timeout: waits.idleInTransaction };
	const bounds = isPooled ? waits : undefined;
	let isSilent = false;

	function socket(): Socket {
		const opened = new Socket();
		sockets.add(opened);
		opened.once("close", () => sockets.delete(opened));
		return opened;
	}

	/** Of each new connection, which server it is for; undefined when there is only one, whatever it is. */
	const choose =
		wanted &&
		createServerChoice(hosts, async (server, milliseconds) => {
			const bounds = { ...limits, connectionTimeoutMillis: milliseconds, query_timeout: milliseconds };
			const client = new pg.Client({ ...bounds, ...configured(server, socket) } as pg.ClientConfig);
			client.on("error", () => {}); // told by what is asked of it
			try {
				await client.connect();
				return await serves(client, wanted);
			} finally {
				void client.end().catch(() => {}); // it may be lost
			}
		});

	/** Clients that are connected over these streams, to the chosen server, in so many milliseconds. Each is told what goes for it when it is made, as the pool does not. */
	const clientsOver = (stream: () => Socket, connectionTimeoutMillis = waits.connect): (new (config?: pg.ClientConfig) => pg.Client) =>
		class extends pg.Client {
			constructor(config?: pg.ClientConfig) {
				super({ ...config, ...configured(hosts[0], stream, config), connectionTimeoutMillis } as pg.ClientConfig);
			}

			override connect(): Promise<this>;
			override connect(connected: (error: Error | null) => void): void;
			override connect(connected?: (error: Error | null) => void): Promise<this> | undefined {
				const connecting = choose === undefined ? super.connect() : choose(connectionTimeoutMillis).then((server) => this.#connectTo(server));
				if (connected === undefined) return connecting.then(() => this);
				connecting.then(() => connected(null), connected);
				return undefined;
			}

			#connectTo(server: ServerHost): Promise<unknown> {
				if ((this.connection.stream as Socket).destroyed) throw unavailable("timeout exceeded when trying to connect"); // given up meanwhile
				if (server !== hosts[0]) aim(this, server);
				return super.connect();
			}
		};

	function openPool(): pg.Pool {
		const opened = new pg.Pool({
			...limits,
			...sessionLimits,
			max: most,
			// The pool has one wait for two things: a connection may take longer to be free than to be made.
			Client: clientsOver(socket) as new () => pg.Client, // typed without the configuration that the pool passes
			connectionTimeoutMillis: Math.max(waits.freeConnection, waits.connect),
			application_name: applicationName,
		});
		opened.on("error", () => {}); // an idle connection was lost: the pool opens another one
		opened.on("connect", (client) => client.on("error", () => {})); // its statements fail, which is told there
		return opened;
	}

	function giveUp(old: pg.Pool): void {
		const gone = old.end();
		pools.add(gone);
		void gone.then(() => pools.delete(gone));
	}

	function unpooled(purpose: string, time?: "unbounded" | "start"): { client: pg.Client; cut(): void } {
		const own = socket();
		alone.add(own);
		own.once("close", () => alone.delete(own));
		const query_timeout = time === "unbounded" ? 0 : limits.query_timeout;
		const Client = clientsOver(() => own, time === "start" ? Math.max(waits.connect, atStart) : waits.connect);
		const client = new Client({ ...limits, query_timeout, ...keptAlive, application_name: `${applicationName}${purpose}` });
		client.on("error", () => {}); // told by what is asked of it, and by its end
		return { client, cut: () => void own.destroy() };
	}

	/** The server that this process is connected to was demoted, or takes no changes any more: another one may. */
	function leave(from: pg.Pool): void {
		if (choose === undefined || from !== pool || ended.signal.aborted) return;
		pool = openPool();
		giveUp(from);
		for (const own of alone) own.destroy(); // whoever listens looks for the other one
	}

	async function answers(): Promise<boolean> {
		const { client, cut } = unpooled("");
		try {
			await client.connect();
			await client.query({ text: "select 1", query_timeout: waits.connect } as pg.QueryConfig);
			return true;
		} catch {
			return false;
		} finally {
			cut();
		}
	}

	/** What is asked on connections from before tells nothing any more. */
	function fallSilent(from: pg.Pool): void {
		if (isSilent || from !== pool || ended.signal.aborted) return;
		isSilent = true;
		pool = openPool();
		giveUp(from);
		queue.refuseAll(silent());
		void untilAnswered();
	}

	async function untilAnswered(): Promise<void> {
		while (!ended.signal.aborted) {
			if (await answers()) break;
			await pause(betweenAttempts, undefined, { signal: ended.signal }).catch(() => {});
		}
		isSilent = false;
	}

	let pool = openPool();
	return {
		address,
		take: async (caller = service) => {
			if (isSilent) throw silent();
			const release = await queue.take(caller);
			try {
				const from = pool;
				const client = await from.connect().catch(named);
				const cancel = (ended: () => boolean) => cancelUntil(ended, client, () => unpooled(" cancel"), waits.connect);
				const told = { onSilence: () => fallSilent(from), onChangeless: () => leave(from) };
				return taken(client, { ...told, release, abandoned: caller.abandoned, cancel, bounds });
			} catch (error) {
				release();
				throw error;
			}
		},
		use: queue.use,
		unpooled,
		end: async () => {
			ended.abort();
			const cutting = setTimeout(() => {
				for (const open of sockets) open.destroy();
			}, patience);
			giveUp(pool);
			await Promise.all(pools);
			await Promise.all([...sockets].map((open) => new Promise((closed) => open.once("close", closed))));
			clearTimeout(cutting);
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

/** How the service takes connections for work of its own. */
const service: Taker = { key: undefined };

interface Taking {
	readonly onSilence: () => void;
	/** Called when the server refuses a change. */
	readonly onChangeless: () => void;
	readonly release: () => void;
	readonly abandoned: AbortSignal | undefined;
	/** See cancelUntil. */
	readonly cancel: (ended: () => boolean) => Promise<boolean>;
	/** What each transaction is told that it may take; undefined when the session has been. */
	readonly bounds: Waits | undefined;
}

function taken(client: pg.PoolClient, { onSilence, onChangeless, release, abandoned, cancel, bounds }: Taking): Connection {
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
			return named(error);
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

/** For a transaction that has begun. */
const settingsOf = ({ statement, idleInTransaction }: Waits): string =>
	`set local statement_timeout = ${statement}; set local idle_in_transaction_session_timeout = ${idleInTransaction}`;

/** The server has refused the statement, and waits for the next one. */
const leavesConnection = (error: unknown): boolean => error instanceof pg.DatabaseError && error.severity === "ERROR";

const silent = () => unavailable("The server does not answer.");

const unavailable = (message: string): Error => Object.assign(new Error(message), { code: "ETIMEDOUT" });

/** What the driver says, without a code, when it waited too long or there is no connection any more. */
const uncoded = /^timeout e|^Query read timeout$|^Connection terminated|^Client (was closed|has encountered)|^Cannot use a pool after calling end/;

/** The system's codes, and PostgreSQL's for too many connections, when no connection can be made. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|53300)$/;

/** Throws the error: coded ETIMEDOUT when it means that the server is out of reach and has no code of those that say so. */
function named(error: unknown): never {
	if (error instanceof Error && (uncoded.test(error.message) || unreachable.test("code" in error ? String(error.code) : ""))) {
		throw Object.assign(error, { code: "ETIMEDOUT" });
	}
	throw error;
}
