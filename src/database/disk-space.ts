import { statfsSync } from "node:fs";

/** The embedded database takes changes while its disk has that many bytes left: what happens on a full one cannot be mended. */
export const reservedBytes = 64 * 1024 * 1024;

/** Between two looks, in milliseconds. */
const betweenLooks = 1_000;

/** How many bytes the disk of the directory has left for this process. */
export function bytesLeft(directory: string): number {
	const { bavail, bsize } = statfsSync(directory);
	return bavail * bsize;
}

/** Returns a question: whether the directory's disk has less left than is reserved. `tell` takes a line when that begins and ends. */
export function watchDiskSpace(directory: string, tell: (line: string) => void): () => boolean {
	let looked = -Infinity;
	let isShort = false;
	return () => {
		if (performance.now() - looked < betweenLooks) return isShort;
		looked = performance.now();
		const wasShort = isShort;
		isShort = bytesLeft(directory) < reservedBytes;
		if (isShort !== wasShort)
			tell(isShort ? `${spaceLacking(directory)} It takes no changes until then.` : `The disk of ${directory} has room again: changes are taken.`);
		return isShort;
	};
}

export const spaceLacking = (directory: string): string =>
	`The disk of ${directory} has less than the ${reservedBytes / 1024 / 1024} MB left that the embedded database needs: make room.`;
