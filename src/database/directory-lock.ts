import { randomUUID } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { exitCodes, Failure } from "../shared/failure.ts";
import { startHeartbeat } from "./lock-heartbeat.ts";

/** A directory that this process has for itself. */
export interface DirectoryLock {
	/** Ends the process when another one has taken the directory over meanwhile. Cheap: called before each statement. */
	check(): void;
	release(): Promise<void>;
}

export interface DirectoryLockOptions {
	/** Takes a line about what is waited for. */
	readonly tell?: (line: string) => void;
	/** A lock that shows no sign of life for as long is taken over, in milliseconds: many beats of the heart. */
	readonly timeout?: number;
}

/** What a lock says of its owner. */
interface Owner {
	/** Another one each time that a lock is taken. */
	readonly id: string;
	readonly pid: number;
	/** When the process started, in the system's own count, where it says so: a later process with the same pid differs. */
	readonly started: string | null;
	/** Where the pid names this process: the computer, since it started, and its namespace of processes. */
	readonly place: string;
}

const defaultTimeout = 15_000;
const betweenLooks = 100;

/**
 * Takes the directory for this process alone. The embedded database has no lock of its own, and a second process on its
 * files destroys what the first one wrote.
 *
 * The lock is a file that its owner touches every second. One whose process has ended is taken over: by its pid, where
 * that names the same process for both; otherwise, in another container or on another computer, when no process has touched
 * it for a while, by this process's own clock. Throws a Failure that names the owner while there is one.
 */
export async function lockDirectory(directory: string, { tell = () => {}, timeout = defaultTimeout }: DirectoryLockOptions = {}): Promise<DirectoryLock> {
	mkdirSync(directory, { recursive: true });
	const lock = join(directory, "lock");
	const owner: Owner = { id: randomUUID(), pid: process.pid, started: startOf(process.pid), place: placeOfPids() };
	const own = join(directory, `lock.${owner.id}`);
	writeFileSync(own, JSON.stringify(owner));
	try {
		for (let attempt = 0; attempt < 10; attempt++) {
			if (linked(own, lock)) return held(directory, lock, owner.id);
			const found = read(lock);
			if (found === undefined) continue;
			await refuseWhileOwned(directory, lock, found, tell, timeout);
			remove(lock, found, owner.id);
		}
		throw inUse(directory, "another process");
	} finally {
		rmSync(own, { force: true });
	}
}

function held(directory: string, lock: string, id: string): DirectoryLock {
	const file = openSync(lock, "r+");
	const heart = startHeartbeat({ directory, lock, id, file });
	return {
		check: heart.check,
		release: async () => {
			await heart.stop();
			closeSync(file);
			if (read(lock)?.includes(id)) rmSync(lock, { force: true });
		},
	};
}

/** Creates the lock with its content in one step, so that no process ever reads half of it. */
function linked(own: string, lock: string): boolean {
	try {
		linkSync(own, lock);
		return true;
	} catch (error) {
		if (isCode(error, "EEXIST")) return false;
		throw error;
	}
}

/** Returns when no process owns the lock any more. Throws a Failure while one does. */
async function refuseWhileOwned(directory: string, lock: string, found: string, tell: (line: string) => void, timeout: number): Promise<void> {
	const owner = parsed(found);
	if (owner === undefined) return; // left by a crash of the computer: an owner that lives has written all of it
	// A lock of the version before names no place and is never touched: its pid is asked, as that version did.
	if (owner.place === undefined && isThere(owner.pid) && hasStart(owner)) throw inUse(directory, `process ${owner.pid}`);
	const isHere = owner.place === placeOfPids();
	if (isHere && !isThere(owner.pid)) return;
	if (isHere && hasStart(owner)) throw inUse(directory, `process ${owner.pid}`);
	// The pid says nothing: it is of another place, or has become another process's.
	tell(`Looking for ${timeout / 1_000} s whether the data directory ${directory} is in use by process ${owner.pid} of another place.`);
	const first = touched(lock);
	for (const since = performance.now(); performance.now() - since < timeout; await pause(betweenLooks)) {
		const last = touched(lock);
		if (last === undefined || read(lock) !== found) return; // it is another one by now, or none
		if (last !== first) throw inUse(directory, `process ${owner.pid} of another container or computer`);
	}
}

/** Removes the lock that was found. Another process may have taken over meanwhile: then its lock is put back. */
function remove(lock: string, found: string, id: string): void {
	const aside = `${lock}.stale.${id}`;
	try {
		renameSync(lock, aside);
	} catch (error) {
		if (isCode(error, "ENOENT")) return;
		throw error;
	}
	if (read(aside) !== found) linked(aside, lock);
	rmSync(aside, { force: true });
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

function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return isCode(error, "EPERM");
	}
}

const hasStart = ({ pid, started }: Owner): boolean => started === null || startOf(pid) === null || startOf(pid) === started;

const startOf = (pid: number): string | null => {
	const stat = read(`/proc/${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
};

function placeOfPids(): string {
	const boot = read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
	return [hostname(), boot, namespace()].join(" ");
}

/** Linux's name of the namespace that this process's pid is of. */
function namespace(): string {
	try {
		return readlinkSync("/proc/self/ns/pid");
	} catch {
		return ""; // another system, which has none
	}
}

/** When the lock was touched last; undefined when there is none. */
const touched = (lock: string): number | undefined => statSync(lock, { throwIfNoEntry: false })?.mtimeMs;

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
