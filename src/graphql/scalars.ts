import { GraphQLError, Kind, type ValueNode } from "graphql";
import { exactDecimal, isPlainDecimal, normalized } from "../shared/decimal.ts";
import { identifierIn } from "../shared/identifier.ts";
import { builder } from "./builder.ts";
import { identifierForms, writtenIdentifier } from "./identifiers.ts";

const refused = (message: string) => new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });

/** Refuses a literal where it stands in the query text. */
const literal =
	<Value>(read: (node: ValueNode) => Value) =>
	(node: ValueNode): Value => {
		try {
			return read(node);
		} catch (error) {
			throw error instanceof GraphQLError ? new GraphQLError(error.message, { nodes: node, extensions: error.extensions }) : error;
		}
	};

/** What a literal in the query text says: its text, for strings and numbers alike. */
function textOf(node: ValueNode, kinds: readonly Kind[], message: string): string {
	if (!kinds.includes(node.kind) || !("value" in node)) throw refused(message);
	return String(node.value);
}

const uuidForm = `An object is named by ${identifierForms}.`;

function uuid(text: unknown): string {
	const identifier = typeof text === "string" ? identifierIn(text) : undefined;
	if (identifier === undefined) throw refused(`${quoted(text)} is not a UUID. ${uuidForm}`);
	return writtenIdentifier(identifier);
}

builder.scalarType("UUID", {
	specifiedByURL: "https://datatracker.ietf.org/doc/html/rfc9562",
	description: `Identifies an object. Answered with dashes and in small letters. As input, an object is named by any identifier of it: ${identifierForms}.`,
	serialize: (value) => value,
	parseValue: uuid,
	parseLiteral: literal((node) => uuid(textOf(node, [Kind.STRING], uuidForm))),
});

const decimalForm = 'a number in plain notation such as "12.50"';

function decimal(text: string): string {
	if (!isPlainDecimal(text)) throw refused(`${quoted(text)} is not ${decimalForm}.`);
	return normalized(text);
}

function decimalValue(value: unknown): string {
	if (typeof value === "string") return decimal(value);
	const exact = exactDecimal(value);
	if (exact !== undefined) return exact;
	throw refused(`${quoted(value)} is not ${decimalForm}, or has lost digits on its way: send it as a string.`);
}

builder.scalarType("Decimal", {
	description: `An exact decimal number, answered as a string. As input: ${decimalForm} as a string, a number literal in the query, or a JSON number of at most 15 significant digits.`,
	serialize: withoutTrailingZeros,
	parseValue: decimalValue,
	parseLiteral: literal((node) => decimal(textOf(node, [Kind.STRING, Kind.INT, Kind.FLOAT], `A Decimal is ${decimalForm}: send it as a string.`))),
});

/** "12.50" is "12.5" and "3.00" is "3": PostgreSQL pads to the column's scale. */
function withoutTrailingZeros(amount: string): string {
	if (!amount.includes(".")) return amount;
	let end = amount.length;
	while (amount.charCodeAt(end - 1) === 48) end--;
	return amount.slice(0, amount.charCodeAt(end - 1) === 46 ? end - 1 : end);
}

const dateForm = 'a calendar date such as "2017-01-31"';

function date(text: unknown): string {
	const moment = new Date(typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : Number.NaN);
	if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() === 0 || moment.toISOString().slice(0, 10) !== text)
		throw refused(`${quoted(text)} is not ${dateForm}.`);
	return text;
}

builder.scalarType("Date", {
	specifiedByURL: "https://scalars.graphql.org/andimarek/local-date.html",
	description: `${dateForm.replace(/^a/, "A")}.`,
	serialize: (value) => value,
	parseValue: date,
	parseLiteral: literal((node) => date(textOf(node, [Kind.STRING], `A Date is ${dateForm}.`))),
});

const dateTimeForm = 'a moment with its offset from UTC such as "2017-01-31T21:25:00Z"';

function dateTime(text: unknown): Date {
	const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
	const moment = new Date(typeof text === "string" && form.test(text) ? text : Number.NaN);
	if (Number.isNaN(moment.getTime())) throw refused(`${quoted(text)} is not ${dateTimeForm}.`);
	return moment;
}

builder.scalarType("DateTime", {
	specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
	description: `A moment in UTC, to the millisecond. As input: ${dateTimeForm}.`,
	serialize: (value) => value.toISOString(),
	parseValue: dateTime,
	parseLiteral: literal((node) => dateTime(textOf(node, [Kind.STRING], `A DateTime is ${dateTimeForm}.`))),
});

builder.scalarType("JSON", {
	specifiedByURL: "https://datatracker.ietf.org/doc/html/rfc8259",
	description: "Any JSON value, as it is stored.",
	serialize: (value) => value,
	parseValue: (value) => value,
});

/** Input as it is repeated in a message: short, and on one line. */
function quoted(value: unknown): string {
	if (typeof value === "object" && value !== null) return Array.isArray(value) ? "A list" : "An object"; // however deep it may be
	const text = typeof value === "string" ? JSON.stringify(value) : String(JSON.stringify(value) ?? value);
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
