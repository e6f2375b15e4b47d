import { mergedSelection, type RowSelection, selectionAtPath } from "../database/select.ts";
import type { AnyRow } from "../reading/statements.ts";
import { normalized } from "../shared/decimal.ts";
import { hex } from "../shared/waldur-words.ts";
import { Digits, type Json } from "./json.ts";
import type { Asked } from "./route.ts";

/** A field of what is answered: the columns that it is made of, those of linked rows as "link.column", and its value in each row. */
export interface Field {
	readonly columns: readonly string[];
	readonly values: (rows: readonly AnyRow[], asked: Asked) => readonly Json[] | Promise<readonly Json[]>;
}

/** The fields of a kind of object, by name and in the order in which they are written. */
export type Fields = Readonly<Record<string, Field>>;

/** The value of a column, or of a linked row's; null where a link leads nowhere. */
function valueAt(row: AnyRow, path: readonly string[]): unknown {
	let value: unknown = row;
	for (const name of path) value = typeof value === "object" && value !== null ? (value as AnyRow)[name] : null;
	return value ?? null;
}

/** A field that is written from one column, and is null where that is. */
function column<Value>(name: string, write: (value: Value, asked: Asked) => Json): Field {
	const path = name.split(".");
	return {
		columns: [name],
		values: (rows, asked) =>
			rows.map((row) => {
				const value = valueAt(row, path);
				return value === null ? null : write(value as Value, asked);
			}),
	};
}

/** As it is stored: a text, a flag, a small number, a calendar date, or JSON. */
export const plain = (name: string): Field => column<Json>(name, (value) => value);

/** A uuid as Waldur writes it. */
export const hexOf = (name: string): Field => column<string>(name, hex);

/** A moment in UTC. */
export const moment = (name: string): Field => column<Date>(name, (value) => value.toISOString());

/** A number with its exact digits. */
export const digits = (name: string): Field => column<string>(name, digitsOf);

export const digitsOf = (amount: string): Digits => new Digits(normalized(amount));

/** Amounts by type. */
export const amounts = (name: string): Field =>
	column<Record<string, string | number>>(name, (value) => Object.fromEntries(Object.entries(value).map(([type, amount]) => [type, digitsOf(String(amount))])));

/** The address of the object of the collection whose uuid the column has. */
export const link = (collection: string, name: string): Field => column<string>(name, (uuid, { urls }) => urls.of(collection, uuid));

/** A word of ours as Waldur calls it. */
export const word = <Word extends string>(name: string, words: Readonly<Record<Word, Json>>): Field => column<Word>(name, (value) => words[value]);

/** What Waldur has and is not kept here, in an API whose clients expect the field. */
export const unknown: Field = { columns: [], values: (rows) => rows.map(() => null) };

/** Those of the fields that are asked for by `field`, which may be there several times; all when it is not. Names that there are not are ignored. */
export function fieldsAsked(fields: Fields, query: URLSearchParams): Fields {
	const asked = new Set(query.getAll("field").filter((name) => name !== ""));
	return asked.size === 0 ? fields : Object.fromEntries(Object.entries(fields).filter(([name]) => asked.has(name)));
}

/** What rows have to be read with for these fields. */
export const shapeFor = (fields: Fields): RowSelection =>
	Object.values(fields)
		.flatMap(({ columns }) => columns)
		.map(selectionAtPath)
		.reduce(mergedSelection, { columns: new Set(["uuid"]), links: new Map() });

/** The rows as they are answered. */
export async function writtenRows(fields: Fields, rows: readonly AnyRow[], asked: Asked): Promise<{ readonly [name: string]: Json }[]> {
	const named = Object.entries(fields);
	const values = await Promise.all(named.map(([, field]) => field.values(rows, asked)));
	return rows.map((_row, place) => Object.fromEntries(named.map(([name], index) => [name, values[index]?.[place] ?? null])));
}
