import { raw, type Sql } from "../database/sql.ts";
import { InvalidInput } from "../shared/invalid-input.ts";

/** Relay's paging arguments. */
export interface PageArguments {
	first?: number | null | undefined;
	last?: number | null | undefined;
	after?: string | null | undefined;
	before?: string | null | undefined;
}

/** A page that was asked for: how many rows, from which end, and between which cursors or behind how many others. */
export interface PageRequest {
	readonly size: number;
	readonly fromEnd: boolean;
	readonly after: string | undefined;
	readonly before: string | undefined;
	/** Rows that are read and left out before it: pages by number. None when absent. */
	readonly skip?: number;
}

export const defaultPageSize = 25;
export const largestPageSize = 100;

/** Throws InvalidInput for both first and last, or a size outside 1..100, or up to another size that is the largest of the list. */
export function pageRequest({ first, last, after, before }: PageArguments, largest = largestPageSize): PageRequest {
	if (first != null && last != null) throw new InvalidInput("Give first or last, not both.");
	for (const [name, size] of Object.entries({ first, last })) {
		if (size != null && (size < 1 || size > largest)) throw new InvalidInput(`${name} must be from 1 to ${largest}, not ${size}.`);
	}
	return { size: first ?? last ?? defaultPageSize, fromEnd: last != null, after: after ?? undefined, before: before ?? undefined };
}

/** What a page by number, from 1 on, takes out of its list. Its depth is the caller's to bound: the database reads all that is skipped. */
export const numberedRequest = (number: number, size: number): PageRequest => ({
	size,
	fromEnd: false,
	after: undefined,
	before: undefined,
	skip: (number - 1) * size,
});

/** The end of a statement that reads a page: one row more than it holds, where there is one. */
export const limitOf = ({ size, skip = 0 }: PageRequest): Sql => raw(`limit ${size + 1}${skip === 0 ? "" : ` offset ${skip}`}`);

/** Rows of a list in its order, and whether there are more on either side. */
export interface Page {
	readonly rows: readonly Record<string, unknown>[];
	readonly hasNextPage: boolean;
	readonly hasPreviousPage: boolean;
	/** How many rows the whole list has, where that is known with the page. */
	readonly count?: number;
	/** Other fields of its connection, by name: they are there with the page. */
	readonly others?: Readonly<Record<string, unknown>>;
}

/** Cuts a page out of rows that were read from the asked-for end, one more than the page holds where there is one. */
export function pageOf(rows: readonly Record<string, unknown>[], { size, fromEnd, after, before }: PageRequest): Page {
	const more = rows.length > size;
	const kept = rows.slice(0, size);
	return fromEnd
		? { rows: kept.reverse(), hasNextPage: before !== undefined, hasPreviousPage: more }
		: { rows: kept, hasNextPage: more, hasPreviousPage: after !== undefined };
}
