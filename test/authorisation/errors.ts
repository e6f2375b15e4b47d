import type { GraphQLFormattedError } from "graphql";
import type { Operation } from "./generator.ts";

/** What no error may tell of, whoever asks. */
const secrets: readonly [what: string, pattern: RegExp][] = [
	["a statement", /\b(select|insert into|update|delete from|where|join)\b.*"\w+"|relation "|column "|constraint|syntax error at or near|\$\d+\b.*::/i],
	["a path", /(^|[\s"'(])\/(work|tmp|home|root|usr|app)\b|node_modules|\.(ts|js|mjs):\d/],
	["a stack", /\n\s+at |at \S+ \(.+:\d+:\d+\)/],
	["a token", /ugw_|demo_[a-z]/],
	["a mark", /canary-/],
];

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The text, and what the ids and cursors in it hold. */
const opened = (text: string): string =>
	[text, ...(text.match(/[A-Za-z0-9+/_-]{16,}=*/g) ?? []).map((id) => Buffer.from(id, "base64").toString("utf8"))].join(" ");

/** What errors tell besides their message; over a WebSocket the status that they would have over HTTP. */
const extensionsTold = ["code", "http"];

/** What is wrong with an error that an operation was answered. */
export function faultsOf({ message, extensions = {} }: GraphQLFormattedError, operation: Operation): string[] {
	const asked = opened(JSON.stringify(operation));
	const code = extensions["code"];
	const told = Object.keys(extensions).filter((name) => !extensionsTold.includes(name));
	return [
		...(typeof code !== "string" ? ["It has no code."] : code === "INTERNAL_SERVER_ERROR" ? ["Nobody named it."] : []),
		...told.map((name) => `It tells its ${name}.`),
		...faultsOfText(message, asked),
	];
}

function faultsOfText(message: string, asked: string): string[] {
	// A refusal repeats what was sent.
	const said = (text: string) => asked.includes(text);
	const foreign = (opened(message).match(uuid) ?? []).filter((id) => !said(id));
	return [
		...secrets.flatMap(([what, pattern]) => (pattern.test(message) && !said(pattern.exec(message)?.[0] ?? "") ? [`It tells ${what}.`] : [])),
		...foreign.map((id) => `It tells of ${id}.`),
	];
}

/** The messages of typed errors anywhere in an answer, with their problems. */
export function typedErrorsIn(data: unknown): string[] {
	if (typeof data !== "object" || data === null) return [];
	return Object.values(data).flatMap((value) => (typeof value === "string" && value.endsWith("was not found.") ? [value] : typedErrorsIn(value)));
}

/** What is wrong with the messages in an answer's data. */
export const faultsOfData = (data: unknown, operation: Operation): string[] =>
	typedErrorsIn(data).flatMap((message) => faultsOfText(message, opened(JSON.stringify(operation))));
