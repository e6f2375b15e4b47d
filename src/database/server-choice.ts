import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { ServerHost, WantedServer } from "../database-url.ts";

/** Before the next server is asked beside one that has not answered yet, in milliseconds. */
const usualPatience = 250;

/**
 * Chooses among servers by asking them: the one that was chosen last goes first, then in their order; one that is silent holds up
 * the others for a moment only. Several who want one at a time share the answer. Throws an error coded ETIMEDOUT when none is as
 * wanted.
 */
export function createServerChoice<Server>(
	servers: readonly Server[],
	isAsWanted: (server: Server) => Promise<boolean>,
	patience = usualPatience,
): () => Promise<Server> {
	let last: Server | undefined;
	let choosing: Promise<Server> | undefined;

	const asWanted = async (server: Server): Promise<Server> => {
		if (await isAsWanted(server)) return server;
		throw noneAsWanted();
	};

	async function choose(): Promise<Server> {
		const asked: Promise<Server>[] = [];
		for (const server of [...servers].sort((one, other) => Number(other === last) - Number(one === last))) {
			asked.push(asWanted(server));
			const found = await within(patience, Promise.any(asked));
			if (found !== undefined) return found;
		}
		return Promise.any(asked).catch(() => Promise.reject(noneAsWanted()));
	}

	return () => {
		choosing ??= choose()
			.then((found) => {
				last = found;
				return found;
			})
			.finally(() => {
				choosing = undefined;
			});
		return choosing;
	};
}

const noneAsWanted = () => Object.assign(new Error("None of the servers of DATABASE_URL takes changes."), { code: "ETIMEDOUT" });

/** What the promise resolves to; undefined when it rejects, or has not resolved by then. */
async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value | undefined> {
	const over = new AbortController();
	const tooLong = pause(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
	return Promise.race([promise.catch(() => undefined), tooLong]).finally(() => over.abort());
}

/** What the driver's types leave out of its clients. */
interface Aimed extends pg.Client {
	host: string;
	port: number;
}

/** Has a client that is not connected yet connect there, whatever its configuration says. */
export function aim(client: pg.Client, { name, port }: ServerHost): void {
	const aimed: Aimed = client;
	if (name !== undefined) aimed.host = name;
	aimed.port = port ?? 5432;
}

/** Whether the server that the client is connected to is as wanted. */
export async function serves(client: pg.Client, wanted: WantedServer): Promise<boolean> {
	const takesChanges = wanted === "primary" ? "true" : "not current_setting('transaction_read_only')::boolean";
	const { rows } = await client.query<{ is: boolean }>(`select not pg_is_in_recovery() and ${takesChanges} as "is"`);
	return rows[0]?.is === true;
}
