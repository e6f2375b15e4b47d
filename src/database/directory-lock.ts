import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, Failure } from "../shared/failure.ts";

/**
 * Takes the directory for this process alone, and answers how to give it back. The embedded database has no lock of its
 * own, and a second process on its files destroys what the first one wrote.
 *
 * A lock whose process has ended, by pid and start time, is taken over. Throws a Failure with the owner's pid otherwise.
 */
export function lockDirectory(directory: string): () => void {
	mkdirSync(directory, { recursive: true });
	const lock = join(directory, "lock");
	const own = join(directory, `lock.${process.pid}`);
	writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
	try {
		for (let attempt = 0; attempt < 10; attempt++) {
			if (linked(own, lock)) return () => rmSync(lock, { force: true });
			removeIfStale(lock, directory);
		}
		throw inUse(directory, "another process");
	} finally {
		rmSync(own, { force: true });
	}
}

/** Creates the lock with its content in one step, so that nobody ever reads half of it. */
function linked(own: string, lock: string): boolean {
	try {
		linkSync(own, lock);
		return true;
	} catch (error) {
		if (isCode(error, "EEXIST")) return false;
		throw error;
	}
}

function removeIfStale(lock: string, directory: string): void {
	const found = read(lock);
	if (found === undefined) return;
	const owner = parsed(found);
	if (owner !== undefined && isRunning(owner)) throw inUse(directory, `process ${owner.pid}`);
	// Somebody else may have taken over meanwhile: what was moved away must be what was found, or it is put back.
	const aside = `${lock}.stale.${process.pid}`;
	try {
		renameSync(lock, aside);
	} catch (error) {
		if (isCode(error, "ENOENT")) return;
		throw error;
	}
	if (read(aside) !== found) linked(aside, lock);
	rmSync(aside, { force: true });
}

interface Owner {
	pid: number;
	started: string | null;
}

function parsed(content: string): Owner | undefined {
	try {
		const owner: unknown = JSON.parse(content);
		const pid = typeof owner === "object" && owner !== null && "pid" in owner ? owner.pid : undefined;
		return Number.isSafeInteger(pid) && Number(pid) > 0 ? (owner as Owner) : undefined; // kill(0) and kill(-1) name whole groups
	} catch {
		return undefined;
	}
}

function isRunning({ pid, started }: Owner): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (!isCode(error, "EPERM")) return false;
	}
	return started === null || startOf(pid) === null || startOf(pid) === started;
}

/** When the process started, in the system's own count, where it tells: a later process with the same pid differs. */
function startOf(pid: number): string | null {
	const stat = read(`/proc/${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function read(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		if (isCode(error, "ENOENT")) return undefined;
		throw error;
	}
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;

const inUse = (directory: string, owner: string) =>
	new Failure(`The data directory ${directory} is in use by ${owner}. Stop it, or set DATA_DIR to another directory.`, exitCodes.directoryInUse);
