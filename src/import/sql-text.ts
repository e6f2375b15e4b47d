import type { Problem } from "./list.ts";

/** Columns that are stored as they come in. */
export const asGiven = (...columns: readonly string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `i."${column}"`]));

/** Creation and change of a new row: as in the record, or the moment of the import. */
export const created = `coalesce(i."created", now())`;

/** The row points at an object that does not exist: the join by `alias` found none. */
export const absent = (alias: string, field: string, what: string, column: string): Problem => ({
	when: `${alias}."uuid" is null`,
	field,
	reason: `'points at ${what} that does not exist: ' || i."${column}"`,
});

/** Another stored row already has what must be unique: the join by `alias` found it. */
export const taken = (alias: string, field: string, what: string): Problem => ({
	when: `${alias}."uuid" is not null`,
	field,
	reason: `'${what}: ' || ${alias}."uuid"`,
});
