import type { VisibleModel } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import type { ModelName } from "../database/model.ts";
import { mergedSelection, type RowSelection } from "../database/select.ts";
import { and, raw, type Sql, sql } from "../database/sql.ts";
import { InvalidInput } from "../shared/invalid-input.ts";
import type { PageRequest } from "./page.ts";

export type Direction = "ASC" | "DESC";

/** One column that a list is ordered by. It is never null, and unique together with those before it at the latest at the last one. */
export interface OrderColumn {
	/** A column of the model, or of a linked row as "link.column". */
	readonly column: string;
	/** Its SQL type, which the values in a cursor are read as. */
	readonly type: "uuid" | "text" | "timestamptz" | "date" | "numeric" | "bigint";
	readonly descending?: boolean;
	/** Whose uuid or number it is. */
	readonly model?: ModelName;
}

/**
 * The last column of an order: it orders rows that are equal in all others. It names the model, so that a cursor
 * of another model's list, in an order of the same columns, is distinguished from one of this list.
 */
export const thenUuid = (model: ModelName, descending = false): OrderColumn => ({ column: "uuid", type: "uuid", model, descending });

/** By name, the rows of a model that has one. */
export const byName = (model: ModelName): readonly OrderColumn[] => [{ column: "name", type: "text" }, thenUuid(model)];

/** The rows of one model that a field lists: which, in what order, and below which parent. */
export interface List {
	/** One of which src/access/visibility.ts says who sees its rows. */
	readonly model: VisibleModel;
	/** Distinguishes this list from others of the same request: the same key means the same rows below the same parent. */
	readonly key: string;
	/** Conditions beside visibility, on the alias "t" and on the aliases "t.<link>" of `links`. */
	readonly where: readonly Sql[];
	/** A condition that depends on what else is stored, and is looked up before the rows are. */
	readonly lookUp?: (queries: Queries) => Promise<Sql>;
	readonly order: readonly OrderColumn[];
	/** Links that conditions or order refer to: they are joined in. */
	readonly links?: readonly string[];
	/** One of the links: only rows whose linked row the viewer sees are in the list. For links to what their own rows' visibility does not cover. */
	readonly seenLink?: { readonly link: string; readonly model: VisibleModel };
	/** A row that the list is about: to a viewer who does not see it, the list is empty, as if it was not there. */
	readonly sees?: { readonly model: VisibleModel; readonly uuid: string };
	/** How a row finds its parent; without it the list has none. */
	readonly parent?: Parent;
}

/** A column of the model itself, of a row it links to (one of the list's `links`), or of a table between the model and its parent. */
export type Parent = { readonly column: string; readonly link?: string } | { readonly table: string; readonly parent: string; readonly child: string };

/** The expression that holds the parent's uuid, and the join it needs. */
export function parentOf(parent: Parent): { expression: Sql; join: Sql } {
	return "column" in parent
		? { expression: raw(`"${parent.link === undefined ? "t" : `t.${parent.link}`}"."${parent.column}"`), join: raw("") }
		: { expression: raw(`"between"."${parent.parent}"`), join: raw(`join "${parent.table}" "between" on "between"."${parent.child}" = "t"."uuid"`) };
}

/** The selection with the columns added that cursors are made of. */
export const selectionForCursors = (order: readonly OrderColumn[], selection: RowSelection): RowSelection =>
	order.map(({ column }) => selectionAtPath(column)).reduce(mergedSelection, selection);

function selectionAtPath(column: string): RowSelection {
	const path = column.split(".");
	return selectionAt(path.slice(0, -1), path.slice(-1));
}

function selectionAt([link, ...rest]: readonly string[], columns: readonly string[]): RowSelection {
	return link === undefined
		? { columns: new Set(columns), links: new Map() }
		: { columns: new Set(["uuid"]), links: new Map([[link, selectionAt(rest, columns)]]) };
}

const reference = ({ column }: OrderColumn): Sql => {
	const path = column.split(".");
	return raw(`"${["t", ...path.slice(0, -1)].join(".")}"."${path.at(-1)}"`);
};

export function orderBy(order: readonly OrderColumn[], reversed: boolean): Sql {
	return raw(order.map((column) => `${reference(column).text} ${(column.descending ?? false) !== reversed ? "desc" : "asc"}`).join(", "));
}

/** The rows behind the cursor in the list's order, or before it when reversed. The first column bounds the index range. */
function beyond(order: readonly OrderColumn[], values: readonly string[], reversed: boolean): Sql {
	const [first, ...rest] = order.map((column, index) => ({
		reference: reference(column),
		value: sql`${values[index]}::${raw(column.type)}`,
		comparison: (column.descending ?? false) !== reversed ? "<" : ">",
	}));
	if (first === undefined) throw new Error("A list must be ordered.");
	const tail = rest.length === 0 ? sql`false` : beyond(order.slice(1), values.slice(1), reversed);
	const strictly = sql`${first.reference} ${raw(first.comparison)} ${first.value}`;
	if (rest.length === 0) return strictly;
	return and([sql`${first.reference} ${raw(first.comparison)}= ${first.value}`, sql`(${strictly} or (${first.reference} = ${first.value} and ${tail}))`]);
}

/** The conditions that keep a page between its cursors. Throws InvalidInput when one of them is none of this order. */
export function betweenCursors(order: readonly OrderColumn[], { after, before }: Pick<PageRequest, "after" | "before">): Sql[] {
	return [
		...(after === undefined ? [] : [beyond(order, valuesOf(order, after, "after"), false)]),
		...(before === undefined ? [] : [beyond(order, valuesOf(order, before, "before"), true)]),
	];
}

/**
 * A row's position in its list: opaque to clients, and good for as long as the order is the same, even as rows come and go.
 * The row has the columns of the order (see selectionForCursors).
 */
export function cursorOf(order: readonly OrderColumn[], row: Record<string, unknown>): string {
	const values = order.map(({ column }) => {
		const value = column.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], row);
		if (value === undefined) throw new Error(`The column ${column} of the order has not been read.`);
		return text(value);
	});
	return Buffer.from(JSON.stringify([orderName(order), ...values])).toString("base64url");
}

/** The values in a cursor. Throws InvalidInput when it is none of this list and order. */
function valuesOf(order: readonly OrderColumn[], cursor: string, argument: string): string[] {
	const refusal = () => new InvalidInput(`${argument} is not a cursor of this list in this order: pass a cursor from the same list.`);
	let decoded: unknown;
	try {
		decoded = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
	} catch {
		throw refusal();
	}
	if (!Array.isArray(decoded) || decoded[0] !== orderName(order)) throw refusal();
	const values = decoded.slice(1);
	const fits = values.length === order.length && order.every(({ type }, index) => typeof values[index] === "string" && isOfForm[type](values[index]));
	if (!fits) throw refusal();
	return values;
}

const orderName = (order: readonly OrderColumn[]): string =>
	order.map(({ column, descending, model }) => `${descending ? "-" : ""}${model === undefined ? "" : `${model}.`}${column}`).join();

const text = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** Whether PostgreSQL reads the text as a value of the type: a cursor can be forged. */
const isOfForm: Record<OrderColumn["type"], (text: string) => boolean> = {
	uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
	text: (text) => !text.includes("\0"),
	timestamptz: isMoment,
	date: (text) => isMoment(`${text}T00:00:00.000Z`),
	bigint: (text) => /^\d{1,18}$/.test(text),
	numeric: (text) => /^-?\d{1,60}(\.\d{1,20})?$/.test(text),
};

/** A moment of the years 1 to 9999 as it is printed: no 30 February, no 25 o'clock. */
function isMoment(text: string): boolean {
	const moment = new Date(text);
	return !Number.isNaN(moment.getTime()) && moment.toISOString() === text && /^(?!0000)\d/.test(text);
}
