import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Connection, type Connections, openConnections, type Waits } from "./connections.ts";
import type { Database, PrismaAdapterFactory, Queries } from "./database.ts";
import { exactTypes } from "./exact-types.ts";
import { createProbe } from "./probe.ts";
import type { Sql } from "./sql.ts";

/**
 * V8 takes it from a few rows that had to wait that the driver's rows live long, and allocates all later ones among old
 * objects, where they and their values are kept until the next large collection of garbage. They are gone within
 * milliseconds. A V8 without this setting goes on as it would.
 */
setFlagsFromString("--no-allocation-site-pretenuring");

const usualWaits: Waits = { connect: 2_000, freeConnection: 5_000, statement: 4_000, idleInTransaction: 8_000 };

/** For work that nobody waits for in front of a page: statements over much, between which a slow source is read. */
export const longWaits: Waits = { ...usualWaits, statement: 3_600_000, idleInTransaction: 3_600_000 };

export interface PostgresOptions {
	/** Connections at most. */
	readonly connections?: number;
	readonly waits?: Waits;
}

/** Statements prepared by name, at most: their texts are few, but a client chooses which filters meet. */
const preparedStatements = 1_000;

/** Opens a PostgreSQL server. Throws when it cannot be reached or is older than 15. */
export async function openPostgres(url: string, { connections: most = 10, waits = usualWaits }: PostgresOptions = {}): Promise<Database> {
	const connections = openConnections(url, { most, waits, types: exactTypes });
	const prepared = new Map<string, string>();
	const queries = onAny(connections, prepared);
	try {
		await refuseOldServer(queries);
	} catch (error) {
		await connections.end();
		throw error;
	}
	return {
		engine: "PostgreSQL",
		...queries,
		transaction: async (work) => {
			const connection = await connections.take();
			try {
				await connection.query({ text: "begin" });
				const result = await work(on(connection, prepared));
				const { command } = await connection.query({ text: "commit" });
				// After a statement that failed, PostgreSQL takes a commit and rolls back.
				if (command !== "COMMIT") throw new Error("The transaction was not committed: one of its statements failed.");
				return result;
			} catch (error) {
				if (!connection.isLost) await connection.query({ text: "rollback" }).catch(() => {}); // or the connection is lost now
				throw error;
			} finally {
				connection.release();
			}
		},
		listen: (channel, notified) => listen(connections, channel, notified),
		withAdapter: async (work) => {
			// The schema engine leaves its advisory lock on the connection, and a migration may take long.
			const own = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: usualWaits.connect, application_name: "usage-gateway migrations" });
			return work(runningWholeScripts(new PrismaPg(own))).finally(() => own.end());
		},
		probe: () => createProbe(connections),
		close: () => connections.end(),
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

/** Each statement on a connection that is free. */
function onAny(connections: Connections, prepared: Map<string, string>): Queries {
	const withFree = async <Result>(work: (queries: Queries) => Promise<Result>) => {
		const connection = await connections.take();
		return work(on(connection, prepared)).finally(() => connection.release());
	};
	return {
		rows: <Row extends object>(statement: Sql) => withFree((queries) => queries.rows<Row>(statement)),
		tuples: (statement) => withFree((queries) => queries.tuples(statement)),
	};
}

function on(connection: Connection, prepared: Map<string, string>): Queries {
	const query = ({ text, values }: Sql) => {
		const statementName = nameOf(text, prepared);
		return statementName === undefined ? { text, values } : { text, values, name: statementName };
	};
	return {
		rows: async <Row extends object>(statement: Sql) => (await connection.query<Row>(query(statement))).rows,
		tuples: async (statement) => (await connection.query<unknown[]>({ ...query(statement), rowMode: "array" })).rows,
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
async function listen(connections: Connections, channel: string, notified: () => void): Promise<() => Promise<void>> {
	let stopped = false;
	let cut = () => {};
	let retry: NodeJS.Timeout | undefined;

	const connect = async () => {
		const next = connections.unpooled("usage-gateway log");
		cut = next.cut;
		next.client.on("notification", notified);
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
		retry = setTimeout(() => connect().then(notified, () => reconnectIn(Math.min(wait * 2, longestPause))), wait);
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
const longestPause = 2_000;
