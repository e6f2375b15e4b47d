import { setTimeout as pause } from "node:timers/promises";
import { arrayPieces, NotAnArray } from "./json-array.ts";
import { SourceError } from "./source.ts";

export interface HttpOptions {
	/** Secret of Waldur's token authentication. */
	readonly token: string | undefined;
	/** Milliseconds that one request may take, its body included. */
	readonly timeout: number;
	/** Milliseconds to wait before each further attempt. */
	readonly pauses: readonly number[];
}

/** One page of a list. */
export interface Page {
	readonly records: readonly unknown[];
	/** Where the next page is. */
	readonly next: URL | undefined;
	/** Records of the whole list, when the server says so. */
	readonly count: number | undefined;
}

/**
 * Gets one page, trying again when the network or the server fails. Returns undefined when there is no such list (404).
 * Throws SourceError when all attempts failed, access is refused or the answer is not a page.
 */
export async function getPage(url: URL, options: HttpOptions): Promise<Page | undefined> {
	for (let attempt = 0; ; attempt++) {
		const answer = await tryPage(url, options);
		if (!(answer instanceof Passing)) return answer;
		const wait = options.pauses[attempt];
		if (wait === undefined) throw new SourceError(`${place(url)} ${answer.reason}.`);
		await pause(wait);
	}
}

/** A failure that may be over at the next attempt. */
class Passing {
	readonly reason: string;
	constructor(reason: string) {
		this.reason = reason;
	}
}

async function tryPage(url: URL, { token, timeout }: HttpOptions): Promise<Page | Passing | undefined> {
	try {
		const headers = { accept: "application/json", ...(token === undefined ? {} : { authorization: `Token ${token}` }) };
		// A redirect is not followed: it could carry the token to someone else.
		const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeout) });
		if (response.ok && response.body !== null) {
			const records: unknown[] = [];
			for await (const piece of arrayPieces(response.body)) records.push(...piece.records);
			return { records, next: nextPage(response.headers.get("link"), url), count: resultCount(response.headers.get("x-result-count")) };
		}
		await response.body?.cancel();
		return refusal(url, response, token !== undefined);
	} catch (error) {
		if (error instanceof SourceError) throw error;
		if (error instanceof NotAnArray) throw new SourceError(`${place(url)} does not answer with a JSON array: ${error.message}.`);
		return new Passing(`cannot be reached: ${networkReason(error)}`);
	}
}

function refusal(url: URL, { status, headers }: Response, withToken: boolean): Passing | undefined {
	if (status === 404) return undefined;
	if (status >= 500 || status === 429) return new Passing(`answers with status ${status}`);
	if (status === 401) {
		throw new SourceError(withToken ? `${place(url)} does not accept the token of WALDUR_TOKEN.` : `${place(url)} wants a token: set WALDUR_TOKEN.`);
	}
	if (status === 403) throw new SourceError(`${place(url)} may not be read with the token of WALDUR_TOKEN: it needs staff or support rights.`);
	if (status >= 300 && status < 400) throw new SourceError(`${place(url)} redirects to ${headers.get("location")}: give the address it redirects to.`);
	throw new SourceError(`${place(url)} answers with status ${status}.`);
}

/** The target of the link with rel="next". Throws SourceError when it is on another server: the token is not for that one. */
function nextPage(link: string | null, from: URL): URL | undefined {
	const found = /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(link ?? "")?.[1];
	if (found === undefined) return undefined;
	const next = URL.canParse(found, from) ? new URL(found, from) : undefined;
	if (next?.origin !== from.origin) throw new SourceError(`${place(from)} continues on another server, ${found}, which is not followed.`);
	if (next.href === from.href) throw new SourceError(`${place(from)} continues with itself.`);
	return next;
}

const resultCount = (header: string | null) => (header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined);

/** The address without its query, for messages. */
const place = ({ origin, pathname }: URL) => `${origin}${pathname}`;

/** fetch hides the reason in the cause, and several addresses' reasons in that one's parts. */
function networkReason(error: unknown): string {
	const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
	const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
	return first instanceof Error ? first.message : String(first);
}
