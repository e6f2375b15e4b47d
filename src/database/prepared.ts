import { createHash } from "node:crypto";
import type pg from "pg";

/** Statements that a connection keeps prepared, at most: each takes the server some 15 KB, and clients choose which columns and filters meet. */
const maxPerConnection = 200;

/** Texts whose names are kept in mind, at most: more than any connection keeps. */
const maxNames = 1_000;

/** The names under which statements are prepared: the same text always has the same. */
export function createNames(): (text: string) => string {
	const names = new Map<string, string>();
	return (text) => {
		const name = names.get(text) ?? createHash("sha1").update(text).digest("base64url");
		names.delete(text); // what was used last is last
		names.set(text, name);
		for (const [oldest] of names) {
			if (names.size <= maxNames) break;
			names.delete(oldest);
		}
		return name;
	};
}

/** What the driver keeps of a connection beyond its types: the texts that are prepared, by their names. */
interface Wire {
	readonly parsedStatements: Record<string, string>;
	readonly submittedNamedStatements: Record<string, string>;
	close(statement: { readonly type: "S"; readonly name: string }): void;
}

/**
 * Makes room for a statement on its connection: the one that was not used for longest is closed, by a message in front of
 * the statement's own, so that it takes no way to the server and back. One that is used again is prepared anew.
 *
 * A transaction never has as many statements under way as a connection keeps, so that none of these is closed.
 */
export function createRoom(client: Pick<pg.PoolClient, "connection">): (name: string) => void {
	const used = new Set<string>();
	const wire = client.connection as unknown as Wire;
	return (name) => {
		used.delete(name); // what was used last is last
		used.add(name);
		for (const oldest of used) {
			if (used.size <= maxPerConnection) break;
			used.delete(oldest);
			wire.close({ type: "S", name: oldest });
			delete wire.parsedStatements[oldest];
			delete wire.submittedNamedStatements[oldest];
		}
	};
}
