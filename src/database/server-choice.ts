import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { ServerHost, WantedServer } from "./database-url.ts";
import { stateOf } from "./states.ts";
import { reason } from "./unusable.ts";

/** Before the next server is asked beside one that has not answered yet, in milliseconds. */
const defaultTimeout = 250;

/**
 * Chooses among servers by asking them, each for so many milliseconds at most: the one that was chosen last goes first, then in
 * their order; one that is silent holds up the others for a moment only. Simultaneous callers share the choice, except one that
 * has more time. Throws when none is as wanted: an error that says why those that could not be asked could not, and has the
 * code of the first of them; or is coded ETIMEDOUT.
 */
export function createServerChoice<Server>(
	servers: readonly Server[],
	isAsWanted: (server: Server, milliseconds: number) => Promise<boolean>,
	timeout = defaultTimeout,
): (milliseconds: number) => Promise<Server> {
	let last: Server | undefined;
	let choosing: { readonly found: Promise<Server>; readonly milliseconds: number } | undefined;

	async function choose(milliseconds: number): Promise<Server> {
		const asWanted = async (server: Server): Promise<Server> => {
			if (await isAsWanted(server, milliseconds)) return server;
			throw new NotAsWanted();
		};
		const asked: Promise<Server>[] = [];
		for (const server of [...servers].sort((one, other) => Number(other === last) - Number(one === last))) {
			asked.push(asWanted(server));
			const found = await within(timeout, Promise.any(asked));
			if (found !== undefined) return found;
		}
		return Promise.any(asked).catch((error: AggregateError) => Promise.reject(noneAsWanted(error.errors)));
	}

	return (milliseconds) => {
		if (choosing !== undefined && choosing.milliseconds >= milliseconds) return choosing.found;
		const found = choose(milliseconds)
			.then((server) => {
				last = server;
				return server;
			})
			.finally(() => {
				if (choosing === own) choosing = undefined;
			});
		const own = { found, milliseconds };
		choosing = own;
		return found;
	};
}

/** A server responds, and is not what is wanted. */
class NotAsWanted extends Error {}

function noneAsWanted(errors: readonly unknown[]): Error {
	const others = errors.filter((error) => !(error instanceof NotAsWanted));
	const why = others.length === 0 ? "." : `: ${[...new Set(others.map(reason))].join("; ")}`;
	return Object.assign(new Error(`None of the servers takes changes${why}`), { code: stateOf(others[0]) || "ETIMEDOUT" });
}

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

/** Has a client that is not connected yet connect there, regardless of its configuration. */
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
