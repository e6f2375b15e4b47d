import { PGlite } from "@electric-sql/pglite";
import type { Answer, Gateway } from "../support/gateway.ts";

/** An export as it came. */
export interface ExportAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The errors of one that was refused. */
	readonly errors: Answer;
}

export interface ExportRequest {
	readonly method?: string;
	/** The token of the demo or the fixture; nobody is signed in without one. */
	readonly token?: string | undefined;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as JSON. */
	readonly body?: unknown;
}

/** Sends a request for a path of the real server. Throws when the answer breaks off. */
export async function get(
	gateway: Pick<Gateway, "url">,
	path: string,
	{ method = "GET", token, headers = {}, body }: ExportRequest = {},
): Promise<ExportAnswer> {
	const response = await fetch(new URL(path, gateway.url), {
		method,
		headers: {
			connection: "close",
			...(token === undefined ? {} : { authorization: `Token ${token}` }),
			...(body === undefined ? {} : { "content-type": "application/json" }),
			...headers,
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	const isJson = text !== "" && response.headers.get("content-type")?.startsWith("application/json");
	return { status: response.status, headers: response.headers, text, errors: isJson ? JSON.parse(text).errors : undefined };
}

/** The rows of a file of JSON lines. */
export const jsonLines = (text: string): Answer[] =>
	text
		.split("\n")
		.slice(0, -1)
		.map((line) => JSON.parse(line));

/** Rows by the names of the columns; null for an empty cell, and an empty text for "". */
export type CsvRow = Readonly<Record<string, string | null>>;

/** Reads CSV as PostgreSQL's COPY does: strictly, and by another hand than it was written with. */
export function csvReader(): { read(text: string): Promise<CsvRow[]>; close(): Promise<void> } {
	const database = new PGlite();
	let tables = 0;
	return {
		read: async (text) => {
			const names = text.slice(0, text.indexOf("\r\n")).split(",");
			const table = `csv${tables++}`;
			await database.exec(`create table ${table} (place int generated always as identity, ${names.map((name) => `"${name}" text`).join(", ")})`);
			const columns = names.map((name) => `"${name}"`).join(", ");
			await database.query(`copy ${table} (${columns}) from '/dev/blob' with (format csv, header match)`, [], { blob: new Blob([text]) });
			return (await database.query<CsvRow>(`select ${columns} from ${table} order by place`)).rows;
		},
		close: () => database.close(),
	};
}

/** A row of CSV without its empty cells. */
export const filled = (row: CsvRow): CsvRow => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

/** A row of GraphQL as a row of CSV without empty cells: nested objects by dotted names, lists between semicolons. */
export function flat(row: Answer, prefix = ""): CsvRow {
	return Object.assign(
		{},
		...Object.entries(row).map(([name, value]) => {
			if (value === null) return {};
			if (Array.isArray(value)) return { [`${prefix}${name}`]: value.join(";") };
			return typeof value === "object" ? flat(value, `${prefix}${name}.`) : { [`${prefix}${name}`]: String(value) };
		}),
	);
}
