import { Readable } from "node:stream";
import { networkReason } from "../import/http.ts";
import { arrayPieces, JsonNumber, NotAnArray } from "../import/json-array.ts";
import { askedWait } from "../import/retry-after.ts";
import type { Clock } from "../shared/clock.ts";
import { oneLine } from "../shared/one-line.ts";

/** A request that changes something in Waldur. */
export interface WaldurRequest {
	readonly method: "POST" | "PUT" | "DELETE";
	/** Below the base address of the API. */
	readonly path: string;
	readonly body?: object;
}

/** What became of a request: done, with the object that Waldur returned, if any; refused for good, in Waldur's words; or not now. */
export type WaldurAnswer =
	| { readonly kind: "done"; readonly object: Readonly<Record<string, unknown>> | undefined }
	| { readonly kind: "refused"; readonly status: number; readonly reason: string }
	| { readonly kind: "unavailable"; readonly reason: string; readonly retryAfter: number | undefined };

export interface WaldurClient {
	/** The time by its clock, to a second; undefined when it cannot be asked. */
	time(): Promise<Date | undefined>;
	/** Sends a change, within that many milliseconds at most where they are given. Never throws. */
	send(request: WaldurRequest, within?: number): Promise<WaldurAnswer>;
	/** The first 300 records of a list, each number as the text that it was written in. */
	list(
		path: string,
		parameters: Readonly<Record<string, string>>,
	): Promise<WaldurAnswer | { readonly kind: "list"; readonly records: readonly Record<string, unknown>[] }>;
}

export interface WaldurClientOptions {
	/** Base address of the API, with a slash at its end, such as https://waldur.example.org/api/. */
	readonly base: URL;
	readonly token: string | undefined;
	readonly clock: Clock;
	/** Ends what is under way when it aborts, as if Waldur was away. */
	readonly stopping?: AbortSignal;
	/** Milliseconds that one request may take, its answer included. */
	readonly timeout?: number;
}

/** What of a refusal is kept. */
const maxReasonLength = 500;
/** What of an answer is read. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** Statuses that say no to what was asked; all others may be over at the next attempt. */
const isRefusal = (status: number) => [400, 403, 404, 405, 409, 410, 413, 415, 422].includes(status);

/** A running Waldur to write to. Redirects are not followed: one could carry the token to someone else. */
export function waldurClient({ base, token, clock, stopping, timeout = 30_000 }: WaldurClientOptions): WaldurClient {
	const inTime = (within = timeout) => {
		const late = AbortSignal.timeout(Math.min(timeout, within));
		return stopping === undefined ? late : AbortSignal.any([stopping, late]);
	};
	const headers = { accept: "application/json", "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Token ${token}` }) };
	const at = (path: string) => new URL(path, base);
	const ask = async (url: URL, method: string, body?: object, within?: number): Promise<WaldurAnswer & { readonly text?: string }> => {
		try {
			const response = await fetch(url, {
				method,
				headers,
				redirect: "manual",
				signal: inTime(within),
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const text = await boundedText(response);
			if (response.ok) return { kind: "done", object: objectIn(text), text };
			const reason = `Waldur answered with status ${response.status}: ${oneLine(text)}`.slice(0, maxReasonLength);
			if (isRefusal(response.status)) return { kind: "refused", status: response.status, reason };
			return { kind: "unavailable", reason, retryAfter: askedWait(response.headers, clock()) };
		} catch (error) {
			return { kind: "unavailable", reason: `Waldur cannot be reached: ${networkReason(error)}`.slice(0, maxReasonLength), retryAfter: undefined };
		}
	};
	return {
		time: async () => {
			const url = at("customers/");
			url.search = "page=1&page_size=1&field=uuid";
			const response = await fetch(url, { headers, redirect: "manual", signal: inTime() }).catch(() => undefined);
			await response?.body?.cancel().catch(() => {});
			const date = Date.parse(response?.headers.get("date") ?? "");
			return Number.isNaN(date) ? undefined : new Date(date);
		},
		send: ({ method, path, body }, within) => ask(at(path), method, body, within),
		list: async (path, parameters) => {
			const url = at(path);
			for (const [name, value] of Object.entries({ ...parameters, page: "1", page_size: "300" })) url.searchParams.set(name, value);
			const { text, ...answer } = await ask(url, "GET");
			if (answer.kind !== "done") return answer;
			const records = await recordsIn(text ?? "");
			return records === undefined ? { kind: "unavailable", reason: `Waldur's ${path} is not a list.`, retryAfter: undefined } : { kind: "list", records };
		},
	};
}

async function boundedText({ body }: Response): Promise<string> {
	if (body === null) return "";
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	for await (const piece of body) {
		bytes += piece.byteLength;
		if (bytes > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`);
		text += decoder.decode(piece, { stream: true });
	}
	return text + decoder.decode();
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined; // an empty answer, as to set_usage
	}
}

/** The records of a list, read as the import reads them; undefined when it is none. */
async function recordsIn(text: string): Promise<Record<string, unknown>[] | undefined> {
	const records: unknown[] = [];
	try {
		for await (const piece of arrayPieces(Readable.from([Buffer.from(text)]))) records.push(...piece.records);
	} catch (error) {
		if (error instanceof NotAnArray) return undefined;
		throw error;
	}
	return records.map(asWritten).filter(isObject);
}

/** The value with each number as the text that it was written in. */
function asWritten(value: unknown): unknown {
	if (value instanceof JsonNumber) return value.text;
	if (Array.isArray(value)) return value.map(asWritten);
	return isObject(value) ? Object.fromEntries(Object.entries(value).map(([field, item]) => [field, asWritten(item)])) : value;
}
