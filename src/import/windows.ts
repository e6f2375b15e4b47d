/** A page of a list: its number, counted from 1 by pages of this size. */
export interface Window {
	readonly page: number;
	readonly size: number;
	/** Place of its first record in the list, counted from 0. */
	readonly start: number;
}

/**
 * The page of at most `largest` records that begins before `end`, with at least one record before it, and reaches furthest. Pages
 * that overlap show whether the list has moved between two requests: the records that both hold must be the same. A plain next
 * page would not: when a record before it is deleted, its first record moves to the page before, and is lost.
 * Where no size allows it, which happens with pages of few records, the page that begins at `end`.
 */
export function nextWindow(end: number, largest: number): Window {
	let furthest: Window | undefined;
	for (let size = largest; size >= 2; size--) {
		const start = Math.floor((end - 1) / size) * size;
		if (start + size > Math.max(end, reach(furthest))) furthest = windowAt(start, size);
		// Smaller ones cannot reach further.
		if (end - 1 + size <= reach(furthest)) break;
	}
	return furthest ?? windowAt(end, largestDivisor(end, largest));
}

const windowAt = (start: number, size: number): Window => ({ page: start / size + 1, size, start });

const reach = (window: Window | undefined) => (window === undefined ? 0 : window.start + window.size);

function largestDivisor(of: number, largest: number): number {
	let divisor = Math.max(1, largest);
	while (of % divisor !== 0) divisor--;
	return divisor;
}
