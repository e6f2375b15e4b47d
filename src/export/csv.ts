/** A value of a row as JSON has it. */
export type Cell = string | number | boolean | null | undefined | readonly Cell[] | { readonly [name: string]: Cell };

/**
 * A line of CSV as RFC 4180 has it, without its end. What is null is an empty cell, an empty text is "". A list is one cell, its
 * values between semicolons; an object is JSON.
 */
export const csvLine = (cells: readonly Cell[]): string => cells.map(csvCell).join(",");

export const csvLineEnd = "\r\n";

function csvCell(value: Cell): string {
	if (value === null || value === undefined) return "";
	if (typeof value !== "object") return quoted(typeof value === "string" ? harmless(value) : String(value));
	return quoted(harmless(isListOfValues(value) ? value.join(";") : JSON.stringify(value)));
}

const isListOfValues = (value: object): value is readonly Cell[] => Array.isArray(value) && value.every((item) => typeof item !== "object");

/** What spreadsheets take for the beginning of a formula, those that are as wide as a Chinese character too. */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

const plainNumber = /^-?\d+(\.\d+)?$/;

/** The text so that no spreadsheet calculates it: an apostrophe in front makes it text. A negative number stays one. */
const harmless = (text: string): string => (formula.test(text) && !plainNumber.test(text) ? `'${text}` : text);

/** What would end a cell, or hide where it ends; semicolons and tabs end one in some countries' spreadsheets. */
const special = /^$|[",;\t\r\n]|^\s|\s$/;

const quoted = (text: string): string => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
