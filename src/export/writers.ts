import { type Cell, csvLine, csvLineEnd } from "./csv.ts";
import type { AskedExport } from "./export-address.ts";
import type { ExportPlan } from "./export-plan.ts";
import { type FocusRecord, focusColumns } from "./focus.ts";

/** How rows become the text of a file. */
export interface RowWriter {
	readonly contentType: string;
	/** What the file begins with. */
	readonly head: string;
	/** The rows, which come as JSON. */
	readonly rows: (rows: readonly string[]) => string;
	/** The last line of a file that breaks off; empty where a format has no room for one. */
	readonly trailer: (message: string, code: string) => string;
}

/** A writer of the plan's columns, or of those of FOCUS. `timeZone` is the calendar of billing months. */
export function rowWriter(plan: ExportPlan, { format, isFocus }: Pick<AskedExport, "format" | "isFocus">, timeZone: string): RowWriter {
	const focus: FocusValues = (text) => {
		const record = JSON.parse(text) as FocusRecord;
		return focusColumns.map(({ value }) => value(record, timeZone));
	};
	return format === "csv" ? csv(plan, isFocus ? focus : undefined) : ndjson(isFocus ? focus : undefined);
}

const names = focusColumns.map(({ name }) => name);

type FocusValues = (row: string) => readonly (string | null)[];

function csv({ columns }: ExportPlan, focus: FocusValues | undefined): RowWriter {
	const cellsOf = (text: string): readonly Cell[] => {
		if (focus !== undefined) return focus(text);
		const row = JSON.parse(text) as Cell;
		return columns.map((path) => valueAt(row, path));
	};
	return {
		contentType: "text/csv; charset=utf-8; header=present",
		head: csvLine(focus === undefined ? columns.map((path) => path.join(".")) : names) + csvLineEnd,
		rows: (rows) => rows.map((text) => csvLine(cellsOf(text)) + csvLineEnd).join(""),
		trailer: () => "",
	};
}

function ndjson(focus: FocusValues | undefined): RowWriter {
	const written = (text: string): string => {
		if (focus === undefined) return text;
		const values = focus(text);
		return JSON.stringify(Object.fromEntries(names.map((name, index) => [name, values[index]])));
	};
	return {
		contentType: "application/x-ndjson; charset=utf-8",
		head: "",
		rows: (rows) => rows.map((text) => `${written(text)}\n`).join(""),
		trailer: (message, code) => `${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`,
	};
}

function valueAt(row: Cell, path: readonly string[]): Cell {
	let value: Cell = row;
	for (const name of path) value = typeof value === "object" && value !== null ? (value as { readonly [name: string]: Cell })[name] : null;
	return value;
}
