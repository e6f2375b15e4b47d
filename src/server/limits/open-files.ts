import { readFileSync } from "node:fs";

/**
 * Files and connections that are reserved for the database, for health and metrics, and for what is read and written. PostgreSQL
 * in this process keeps up to 1,000 files of its own open.
 */
const reserved = (database: OpenDatabase): number => (database.kind === "server" ? 90 + database.poolSize : 1_100);

type OpenDatabase = { readonly kind: "embedded" } | { readonly kind: "server"; readonly poolSize: number };

/** How many connections the process can hold beside what it needs itself, by the files that it may open; any number where that is not known. */
export function connectionsWithin(limits: string | undefined, database: OpenDatabase): number {
	const files = Number(/^Max open files\s+(\d+)/m.exec(limits ?? "")?.[1] ?? Number.POSITIVE_INFINITY);
	return Math.max(files - reserved(database), Math.floor(files / 2));
}

/** The limits of this process, as Linux writes them; undefined elsewhere. */
export function processLimits(): string | undefined {
	try {
		return readFileSync("/proc/self/limits", "utf8");
	} catch {
		return undefined;
	}
}
