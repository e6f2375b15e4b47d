import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Database, PrismaAdapterFactory, Queries } from "./database.ts";
import type { Sql } from "./sql.ts";

/** The longest waits, in milliseconds: a frozen or vanished server must not hold a call for ever. */
const usualWaits = {
	/** For the server to take a new connection. */
	connect: 2_000,
	/** For a connection of the pool to be free. */
	freeConnection: 5_000,
	/** For a statement, by the server's clock, and a second more by this process's. */
	statement: 4_000,
	/** Within a transaction, for its next statement. */
	idleInTransaction: 8_000,
};

export interface PostgresOptions {
	/** Connections at most. */
	readonly connections?: number;
	readonly waits?: typeof usualWaits;
}

/** Statements prepared by name, at most: their texts are few, but a client chooses which filters meet. */
const preparedStatements = 1_000;

/** Opens a pool on a PostgreSQL server. Throws when the server cannot be reached or is older than 15. */
export async function openPostgres(url: string, { connections = 10, waits = usualWaits }: PostgresOptions = {}): Promise<Database> {
	const pool = new pg.Pool({
		connectionString: url,
		max: connections,
		// The pool has one wait for two things: a connection may take longer to be free than to be made.
		Client: connectingWithin(waits.connect),
		connectionTimeoutMillis: waits.freeConnection,
		statement_timeout: waits.statement,
		query_timeout: waits.statement + 1_000,
		idle_in_transaction_session_timeout: waits.idleInTransaction,
		application_name: "usage-gateway",
		types: exactTypes,
	});
	pool.on("error", () => {}); // an idle connection was lost: the pool opens another one
	const prepared = new Map<string, string>();
	const queries = over(pool, prepared);
	try {
		await refuseOldServer(queries);
	} catch (error) {
		await pool.end();
		throw error;
	}
	return {
		engine: "PostgreSQL",
		...queries,
		transaction: async (work) => {
			const client = await pool.connect().catch(namedIfUnavailable);
			let broken: Error | undefined;
			try {
				await client.query("begin");
				const result = await work(over(client, prepared));
				await client.query("commit");
				return result;
			} catch (error) {
				await client.query("rollback").catch((failure: Error) => {
					broken = failure;
				});
				throw error;
			} finally {
				client.release(broken);
			}
		},
		listen: (channel, notified) => listen(url, channel, notified),
		withAdapter: async (work) => {
			// The schema engine leaves its advisory lock on the connection, and a migration may take long.
			const own = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: usualWaits.connect, application_name: "usage-gateway migrations" });
			return work(runningWholeScripts(new PrismaPg(own))).finally(() => own.end());
		},
		close: () => pool.end(),
	};
}

/** The adapter cuts a script at every semicolon, within the body of a function too: this one sends it as it is, in one transaction. */
function runningWholeScripts(factory: PrismaPg): PrismaAdapterFactory {
	const connect = async () => {
		const adapter = await factory.connect();
		adapter.executeScript = async (script) => void (await adapter.executeRaw({ sql: script, args: [], argTypes: [] }));
		return adapter;
	};
	return { provider: factory.provider, adapterName: factory.adapterName, connect, connectToShadowDb: () => factory.connectToShadowDb() };
}

/** numeric and bigint are strings by default; dates would become midnights of the process's zone. */
const exactTypes: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format: "text" | "binary") =>
		oid === pg.types.builtins.DATE ? (text: string) => text : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

function connectingWithin(connectionTimeoutMillis: number): new () => pg.Client {
	const Connecting = class extends pg.Client {
		constructor(config?: pg.ClientConfig) {
			super({ ...config, connectionTimeoutMillis });
		}
	};
	return Connecting; // typed without the configuration that the pool passes
}

/** The driver does not say by a code that it waited too long, or that there is no connection any more. */
function namedIfUnavailable(error: Error): never {
	throw /^timeout e|^Query read timeout$|^Connection terminated|^Cannot use a pool after calling end/.test(error.message)
		? Object.assign(error, { code: "ETIMEDOUT" })
		: error;
}

function over(client: pg.Pool | pg.PoolClient, prepared: Map<string, string>): Queries {
	const query = ({ text, values }: Sql) => {
		const statementName = nameOf(text, prepared);
		return statementName === undefined ? { text, values } : { text, values, name: statementName };
	};
	return {
		rows: async (statement) => (await client.query(query(statement)).catch(namedIfUnavailable)).rows,
		tuples: async (statement) => (await client.query<unknown[]>({ ...query(statement), rowMode: "array" }).catch(namedIfUnavailable)).rows,
	};
}

function nameOf(text: string, prepared: Map<string, string>): string | undefined {
	const known = prepared.get(text);
	if (known !== undefined || prepared.size >= preparedStatements) return known;
	const fresh = createHash("sha1").update(text).digest("base64url");
	prepared.set(text, fresh);
	return fresh;
}

async function refuseOldServer(queries: Queries): Promise<void> {
	const { Prisma } = await import("../generated/prisma/client.ts");
	const [row] = await queries.rows<{ version: number }>(Prisma.sql`select current_setting('server_version_num')::int as version`);
	if (row === undefined || row.version < 150_000) throw new Error("PostgreSQL 15 or newer is needed.");
}

/** One connection of its own that listens, and is opened again with a growing pause when it is lost. */
async function listen(url: string, channel: string, notified: () => void): Promise<() => Promise<void>> {
	let stopped = false;
	let client: pg.Client | undefined;
	let retry: NodeJS.Timeout | undefined;

	const connect = async () => {
		const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: usualWaits.connect, application_name: "usage-gateway log" });
		next.on("notification", notified);
		next.on("error", () => reconnect(next, 100));
		next.on("end", () => reconnect(next, 100));
		await next.connect();
		client = next;
		await next.query(`listen "${channel}"`);
	};
	const reconnect = (lost: pg.Client, pause: number) => {
		if (stopped || client !== lost) return;
		client = undefined;
		const attempt = (wait: number) => {
			if (stopped) return;
			retry = setTimeout(() => connect().then(notified, () => attempt(Math.min(wait * 2, 2_000))), wait);
		};
		attempt(pause);
	};

	await connect();
	return async () => {
		stopped = true;
		clearTimeout(retry);
		await client?.end();
	};
}
