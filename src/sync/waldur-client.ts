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
	/** The first 300 records of a list, numbers as floats but for `usage`, which is text as it was written. */
	list(
		path: string,
		parameters: Readonly<Record<string, string>>,
	): Promise<WaldurAnswer | { readonly kind: "list"; readonly records: readonly Record<string, unknown>[] }>;
}

export interface WaldurClientOptions {
	/** Base address of the API, such as https://waldur.example.org/api/. */
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
	const at = (path: string) => new URL(path, base.href.endsWith("/") ? base : `${base.href}/`);
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
			return { kind: "unavailable", reason, retryAfter: retryAfter(response.headers.get("retry-after"), clock()) };
		} catch (error) {
			return { kind: "unavailable", reason: `Waldur cannot be reached: ${networkReason(error)}`.slice(0, maxReasonLength), retryAfter: undefined };
		}
	};
	return {
		time: async () => {
			const url = at("customers/");
			url.search = "page=1&page_size=1&field=uuid";
			const response = await fetch(url, { headers, redirect: "manual", signal: inTime() }).catch(() => undefined);
			await response?.body?.cancel();
			const date = Date.parse(response?.headers.get("date") ?? "");
			return Number.isNaN(date) ? undefined : new Date(date);
		},
		send: ({ method, path, body }, within) => ask(at(path), method, body, within),
		list: async (path, parameters) => {
			const url = at(path);
			for (const [name, value] of Object.entries({ ...parameters, page: "1", page_size: "300" })) url.searchParams.set(name, value);
			const { text, ...answer } = await ask(url, "GET");
			if (answer.kind !== "done") return answer;
			const records = recordsIn(text ?? "");
			return records === undefined ? { kind: "unavailable", reason: `Waldur's ${path} is not a list.`, retryAfter: undefined } : { kind: "list", records };
		},
	};
}

/** Seconds to wait, by a Retry-After in seconds or as a date, in milliseconds. */
function retryAfter(header: string | null, now: Date): number | undefined {
	if (header === null) return undefined;
	if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000;
	const moment = Date.parse(header);
	return Number.isNaN(moment) ? undefined : Math.max(0, moment - now.getTime());
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

/** Figures stay as they were written: as text, whatever floats can hold. */
const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text.replaceAll(/(?<!\\)"usage"\s*:\s*(-?[\d.eE+-]+)/g, `"usage":"$1"`));
	} catch {
		return undefined;
	}
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
	const value = parsed(text);
	return isObject(value) ? value : undefined;
}

function recordsIn(text: string): readonly Record<string, unknown>[] | undefined {
	const value = parsed(text);
	return Array.isArray(value) ? value.filter(isObject) : undefined;
}

/** fetch hides the reason in the cause. */
function networkReason(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}
