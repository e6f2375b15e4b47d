import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { cancelUntil } from "./cancel.ts";
import { createClients } from "./clients.ts";
import { type Connection, taken } from "./connection.ts";
import type { PoolUse } from "./database.ts";
import type { DatabaseAddress } from "./database-url.ts";
import { createFairQueue, type Taker } from "./fair-queue.ts";
import { throwCoded, unavailable } from "./unavailable.ts";
import type { Waits } from "./waits.ts";

/** All connections of this process to one server; of a URL that names several, to the one that is as wanted. */
export interface Connections {
	readonly address: DatabaseAddress;
	/**
	 * A connection, in the caller's turn (see createFairQueue); in the service's own without one. Throws Abandoned, or an error
	 * that is coded ETIMEDOUT when it takes too long, or the server does not respond at the moment.
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
	/** Ends them. What still runs after a moment is cut off, though a frozen server may still carry it out later. */
	end(): Promise<void>;
}

export interface ConnectionsOptions {
	readonly max: number;
	readonly waits: Waits;
	readonly types: pg.CustomTypesConfig;
	/** Whether a pooler is in between, for which every transaction says anew how long it may take: it knows no settings of a session. */
	readonly isPooled: boolean;
}

/** The most that is waited for a connection at a start, in milliseconds: the process loads its code meanwhile, and is unresponsive for seconds. */
const atStart = 10_000;

/** Between two attempts to find out whether a silent server responds again, in milliseconds. */
const betweenAttempts = 200;

/** How long connections that end may take for it, in milliseconds. */
const timeout = 1_000;

/** A connection that may have nothing to say for long finds out that its other end is gone. */
const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * Opens connections when they are needed, and keeps them for the next call. Once a statement has waited in vain, calls are
 * refused at once until the server responds on a connection made anew: otherwise each step of a call would wait as long
 * again. The other connections from before are not used any more, for what became of the first may have become of them.
 */
export function openConnections(address: DatabaseAddress, { max, waits: usual, types, isPooled }: ConnectionsOptions): Connections {
	const waits = { ...usual, connect: address.connectTimeout ?? usual.connect };
	const { applicationName = "usage-gateway" } = address;
	/** Those of connections that are not pooled. */
	const alone = new Set<Socket>();
	const pools = new Set<Promise<void>>();
	const ended = new AbortController();
	const tooLate = () => unavailable("timeout exceeded when trying to connect");
	const queue = createFairQueue({ places: max, timeout: { milliseconds: waits.freeConnection, tooLate } });
	const limits = { query_timeout: waits.statement + 1_000, types };
	const sessionLimits = isPooled ? {} : { statement_timeout: waits.statement, idle_in_transaction_session_timeout: waits.idleInTransaction };
	const bounds = isPooled ? waits : undefined;
	const clients = createClients(address, waits.connect, limits);
	let isSilent = false;

	function openPool(): pg.Pool {
		const opened = new pg.Pool({
			...limits,
			...sessionLimits,
			max,
			// The pool has one wait for two things: a connection may take longer to be free than to be made.
			Client: clients.over(clients.socket) as new () => pg.Client, // typed without the configuration that the pool passes
			connectionTimeoutMillis: Math.max(waits.freeConnection, waits.connect),
			application_name: applicationName,
		});
		opened.on("error", () => {}); // an idle connection was lost: the pool opens another one
		opened.on("connect", (client) => client.on("error", () => {})); // its statements throw it
		return opened;
	}

	function giveUp(old: pg.Pool): void {
		const gone = old.end();
		pools.add(gone);
		void gone.then(() => pools.delete(gone));
	}

	function unpooled(purpose: string, time?: "unbounded" | "start"): { client: pg.Client; cut(): void } {
		const own = clients.socket();
		alone.add(own);
		own.once("close", () => alone.delete(own));
		const query_timeout = time === "unbounded" ? 0 : limits.query_timeout;
		const Client = clients.over(() => own, time === "start" ? Math.max(waits.connect, atStart) : waits.connect);
		const client = new Client({ ...limits, query_timeout, ...keepAlive, application_name: `${applicationName}${purpose}` });
		client.on("error", () => {}); // its statements throw it, and its end reports it
		return { client, cut: () => void own.destroy() };
	}

	/** The server that this process is connected to was demoted, or takes no changes any more: another one may. */
	function leave(from: pg.Pool): void {
		if (!clients.isChosen || from !== pool || ended.signal.aborted) return;
		pool = openPool();
		giveUp(from);
		for (const own of alone) own.destroy(); // their listeners look for the other one
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

	/** Statements on connections from before say nothing about the server any more. */
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
				const client = await from.connect().catch(throwCoded);
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
				for (const open of clients.sockets) open.destroy();
			}, timeout);
			giveUp(pool);
			await Promise.all(pools);
			await Promise.all([...clients.sockets].map((open) => new Promise((closed) => open.once("close", closed))));
			clearTimeout(cutting);
		},
	};
}

/** How the service takes connections for work of its own. */
const service: Taker = { key: undefined };

const silent = () => unavailable("The server does not answer.");
