import { randomBytes } from "node:crypto";
import type pg from "pg";
import { exitCodes, Failure } from "../shared/failure.ts";
import type { Connections } from "./connections.ts";
import { unusable } from "./unusable.ts";

/** The ways to a server: by `statements` come those of requests, by `sessions` what needs a connection to itself. */
export interface Ways {
	readonly statements: Connections;
	/** The same as `statements` when nothing else is configured. */
	readonly sessions: Connections;
	/** Whether statements are to be prepared by a name. */
	readonly prepares: boolean;
}

/** What was found of the way that statements take. */
export interface Found {
	/** As `server_version_num` has it. */
	readonly version: number;
	/** Whether there is a pooler in between: it refuses settings at the start of a connection, and those of a session may be another client's. */
	readonly isPooled: boolean;
}

/** How long the server has to be reached and to return what is looked at, and to pass a notification on, in milliseconds. */
const maxLookTime = 30_000;
const maxNotification = 5_000;

/** As often it is tried whether connections share those of the server: others that use them at the moment can hide it. */
const rounds = 3;

/**
 * Looks whether there is a pooler on the way to the server, and whether it lets through what the service needs.
 *
 * @throws Failure, in a sentence that names the setting to change, when it does not
 */
export async function lookAtWays({ statements, sessions, prepares }: Ways): Promise<Found> {
	const hasSessions = sessions !== statements;
	const open: { cut(): void }[] = [];
	let isOver = false;
	const tooLong = setTimeout(() => {
		isOver = true;
		for (const { cut } of open) cut();
	}, maxLookTime);
	const connect = async (connections: Connections): Promise<pg.Client> => {
		const way = connections.unpooled(" start", "start");
		open.push(way);
		await way.client.connect();
		return way.client;
	};
	try {
		const one = await connect(statements);
		const found = await lookAt(one);
		if (!found.isPooled && !hasSessions) return found;

		const session = await connect(sessions).catch((error: unknown) => {
			throw hasSessions ? unusable("DATABASE_LISTEN_URL", sessions.address, error) : error;
		});
		if (found.isPooled) {
			const [other, another] = await Promise.all([connect(statements), connect(statements)]);
			await refuseStatementMode(other);
			if (!hasSessions && (await shareServers(one, another))) throw failure(noSessions);
			if (prepares && !(await keepPrepared(one, another))) throw failure(noPreparedStatements);
		}
		const { isPooled: isSessionPooled } = await lookAt(session);
		if (!found.isStandby && !(await passNotifications(session, one))) {
			throw failure(!hasSessions ? noSessions : isSessionPooled ? noSessionsBeside : anotherDatabase);
		}
		return found;
	} catch (error) {
		throw isOver && !(error instanceof Failure) ? new Error(`it does not answer within ${maxLookTime / 1_000} seconds`) : error;
	} finally {
		clearTimeout(tooLong);
		for (const { cut } of open) cut();
	}
}

const failure = (message: string) => new Failure(message, exitCodes.databaseUnavailable);

const noTransactions =
	"The pooler of DATABASE_URL is in statement mode, which knows no transactions: set its pool_mode to transaction, with DATABASE_LISTEN_URL, or to session.";
const noSessions =
	"The pooler of DATABASE_URL is in transaction mode, in which nothing can be listened to: set DATABASE_LISTEN_URL to the address of the server itself, or its pool_mode to session.";
const noSessionsBeside =
	"The pooler of DATABASE_LISTEN_URL is in transaction mode, in which nothing can be listened to: set DATABASE_LISTEN_URL to the address of the server itself.";
const anotherDatabase = "DATABASE_LISTEN_URL is another database than DATABASE_URL: set both to the same database of the same server.";
const noPreparedStatements =
	"The pooler of DATABASE_URL does not keep prepared statements in transaction mode: set PREPARED_STATEMENTS=off, or max_prepared_statements of PgBouncer 1.21 or newer.";

/** A pooler gives its clients ids of its own. */
async function lookAt(client: pg.Client): Promise<Found & { readonly isStandby: boolean }> {
	const { rows } = await client.query<{ version: number; pid: number; isStandby: boolean }>(
		`select current_setting('server_version_num')::int as "version", pg_backend_pid() as "pid", pg_is_in_recovery() as "isStandby"`,
	);
	const [{ version, pid, isStandby } = { version: 0, pid: 0, isStandby: false }] = rows;
	return { version, isStandby, isPooled: (client as unknown as { processID: number }).processID !== pid };
}

async function refuseStatementMode(client: pg.Client): Promise<void> {
	try {
		await client.query("begin");
		await client.query("commit");
	} catch (error) {
		throw error instanceof Error && /statement pooling mode/.test(error.message) ? failure(noTransactions) : error;
	}
}

const pidOf = async (client: pg.Client): Promise<number | undefined> => (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid;

/** Whether two connections are seen to take turns at one of the server's, or one of them to move to another. */
async function shareServers(one: pg.Client, other: pg.Client): Promise<boolean> {
	const first = await pidOf(one);
	for (let round = 0; round < rounds; round++) {
		if ((await pidOf(other)) === first || (await pidOf(one)) !== first) return true;
	}
	return false;
}

/** Whether each of two connections keeps its own statement of a name that both use. */
async function keepPrepared(one: pg.Client, other: pg.Client): Promise<boolean> {
	const name = `usage_gateway_${randomBytes(8).toString("hex")}`;
	const isKept = async (client: pg.Client, own: string) => {
		const { rows } = await client.query<{ own: string }>({ name, text: `select '${own}' as own` });
		return rows[0]?.own === own;
	};
	try {
		for (let round = 0; round < rounds; round++) if (!(await isKept(one, "one")) || !(await isKept(other, "other"))) return false;
		return true;
	} catch (error) {
		if (error instanceof Error && "code" in error && /^(42P05|26000)$/.test(String(error.code))) return false; // it is there already, or is not there
		throw error;
	} finally {
		for (const client of [one, other]) await client.query(`deallocate "${name}"`).catch(() => {}); // where it is not kept, it may be elsewhere
	}
}

/** Whether what is notified by way of one is heard on the other. */
async function passNotifications(listening: pg.Client, notifying: pg.Client): Promise<boolean> {
	const channel = `usage_gateway_${randomBytes(8).toString("hex")}`;
	let waiting: NodeJS.Timeout | undefined;
	const heard = new Promise<boolean>((resolve) => {
		listening.on("notification", (notification) => {
			if (notification.channel === channel) resolve(true);
		});
		// What has come meanwhile is read before: the process may have been busy loading its code.
		waiting = setTimeout(() => setImmediate(resolve, false), maxNotification);
	});
	try {
		await listening.query(`listen "${channel}"`);
		await notifying.query(`notify "${channel}"`);
		return await heard;
	} finally {
		clearTimeout(waiting);
		await listening.query(`unlisten "${channel}"`).catch(() => {}); // it ends with the connection
	}
}
