import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Database, Queries } from "./database.ts";
import type { Sql } from "./sql.ts";

/** Waits in milliseconds: a frozen or vanished server must not hold a call for ever. */
const timeouts = { connect: 2_000, statement: 4_000, query: 5_000, idleInTransaction: 8_000 };

/** Statements prepared by name, at most: their texts are few, but a client chooses which filters meet. */
const preparedStatements = 1_000;

/** Opens a pool on a PostgreSQL server. Throws when the server cannot be reached or is older than 15. */
export async function openPostgres(url: string, { connections = 10 } = {}): Promise<Database> {
	const pool = new pg.Pool({
		connectionString: url,
		max: connections,
		connectionTimeoutMillis: timeouts.connect,
		statement_timeout: timeouts.statement,
		query_timeout: timeouts.query,
		idle_in_transaction_session_timeout: timeouts.idleInTransaction,
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
			const client = await pool.connect();
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
			const own = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: timeouts.connect, application_name: "usage-gateway migrations" });
			return work(new PrismaPg(own)).finally(() => own.end());
		},
		close: () => pool.end(),
	};
}

/** numeric and bigint are strings by default; dates would become midnights of the process's zone. */
const exactTypes: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format: "text" | "binary") =>
		oid === pg.types.builtins.DATE ? (text: string) => text : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

function over(client: pg.Pool | pg.PoolClient, prepared: Map<string, string>): Queries {
	const query = ({ text, values }: Sql) => {
		const statementName = nameOf(text, prepared);
		return statementName === undefined ? { text, values } : { text, values, name: statementName };
	};
	return {
		rows: async (statement) => (await client.query(query(statement))).rows,
		tuples: async (statement) => (await client.query<unknown[]>({ ...query(statement), rowMode: "array" })).rows,
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
		const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeouts.connect, application_name: "usage-gateway log" });
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
