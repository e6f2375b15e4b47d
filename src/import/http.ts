import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../shared/clock.ts";
import { atMost } from "./in-order.ts";
import { arrayPieces, NotAnArray } from "./json-array.ts";
import { askedWait } from "./retry-after.ts";
import { SourceError } from "./source.ts";

export interface HttpOptions {
	/** Secret of Waldur's token authentication. */
	readonly token: string | undefined;
	/** Milliseconds that one request may take, its body included. */
	readonly timeout: number;
	/** Milliseconds to wait before each further attempt, where the server does not ask for a time. */
	readonly pauses: readonly number[];
	/** Milliseconds for which one request waits at most when the server asks for it (Retry-After): IMPORT_MAX_WAIT. */
	readonly maxWait: number;
	/** Requests that are under way at once. */
	readonly atOnce: number;
	/** Takes a line about a long wait. */
	readonly tell: (line: string) => void;
	readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export const httpDefaults = {
	timeout: 60_000,
	pauses: [500, 1_000, 2_000, 4_000],
	maxWait: 300_000,
	atOnce: 4,
	tell: () => {},
	sleep: (milliseconds: number) => pause(milliseconds),
} satisfies Partial<HttpOptions>;

/** One page of a list. */
export interface Page {
	readonly records: readonly unknown[];
	/** Where the next page is, by the server's link. */
	readonly next: URL | undefined;
	/** Records of the whole list, when the server says so. */
	readonly count: number | undefined;
}

/**
 * Gets one page, trying again when the network or the server fails. Returns undefined when there is no such page (404).
 * Throws BadRequest when the server does not take the parameters, and SourceError when all attempts failed, access is refused or
 * the answer is not a page.
 */
export type GetPage = (url: URL) => Promise<Page | undefined>;

/** The server does not take a parameter (400). */
export class BadRequest extends SourceError {}

/** Waits that are longer are announced, in milliseconds. */
const announced = 5_000;

/** Gets pages from one server: as many at once as it may be asked, and none while the server wants to be left alone. */
export function pagesOf(options: HttpOptions): GetPage {
	const { pauses, maxWait, tell, sleep } = options;
	const inTurn = atMost(options.atOnce);
	// What one request is told holds for all.
	let leftAlone: Promise<unknown> = Promise.resolve();
	let announcedUntil = 0;
	const leaveAlone = (url: URL, wait: number) => {
		const until = performance.now() + wait;
		if (wait > announced && until > announcedUntil + announced) {
			tell(`${place(url)} asks to be left alone for ${seconds(wait)} seconds: waiting.`);
			announcedUntil = until;
		}
		leftAlone = Promise.all([leftAlone, sleep(wait)]).then(() => {});
	};
	return (url) =>
		inTurn(async () => {
			for (let attempt = 0, waited = 0; ; ) {
				await leftAlone;
				const answer = await tryPage(url, options);
				if (!(answer instanceof Passing)) return answer;
				if (answer.asked === undefined) {
					const wait = pauses[attempt++];
					if (wait === undefined) throw new SourceError(`${place(url)} ${answer.reason}.`);
					await sleep(wait);
				} else {
					if (waited + answer.asked > maxWait) throw new SourceError(tooLong(url, answer.asked, waited, maxWait));
					waited += answer.asked;
					leaveAlone(url, answer.asked);
				}
			}
		});
}

const tooLong = (url: URL, asked: number, waited: number, maxWait: number) =>
	`${place(url)} asks to be left alone for ${seconds(asked)} seconds${waited === 0 ? "" : `, after ${seconds(waited)}`}: IMPORT_MAX_WAIT is ${seconds(maxWait)}.`;

const seconds = (milliseconds: number) => Math.ceil(milliseconds / 1_000);

/** A failure that may be over at the next attempt. */
class Passing {
	readonly reason: string;
	/** Milliseconds that the server asks to wait for. */
	readonly asked: number | undefined;
	constructor(reason: string, asked?: number) {
		this.reason = reason;
		this.asked = asked;
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
	const reason = `answers with status ${status}`;
	if (status === 429 || status === 503) return new Passing(reason, askedWait(headers, systemClock()));
	if (status >= 500) return new Passing(reason);
	if (status === 400) throw new BadRequest(`${place(url)} ${reason}.`);
	if (status === 401) {
		throw new SourceError(withToken ? `${place(url)} does not accept the token of WALDUR_TOKEN.` : `${place(url)} wants a token: set WALDUR_TOKEN.`);
	}
	if (status === 403) throw new SourceError(`${place(url)} may not be read with the token of WALDUR_TOKEN: it needs staff or support rights.`);
	if (status >= 300 && status < 400) throw new SourceError(`${place(url)} redirects to ${headers.get("location")}: give the address it redirects to.`);
	throw new SourceError(`${place(url)} ${reason}.`);
}

/**
 * The target of the link with rel="next", on the server that was asked: behind a proxy that ends TLS, Waldur may write http for
 * https. Throws SourceError when it is on another server: the token is not for that one.
 */
function nextPage(link: string | null, from: URL): URL | undefined {
	const found = /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(link ?? "")?.[1];
	if (found === undefined) return undefined;
	const target = URL.canParse(found, from) ? new URL(found, from) : undefined;
	if (target === undefined || !isSameServer(target, from)) {
		throw new SourceError(`${place(from)} continues on another server, ${found}, which is not followed.`);
	}
	const next = new URL(from);
	next.pathname = target.pathname; // not resolved against the base: a path may begin with two slashes
	next.search = target.search;
	if (next.href === from.href) throw new SourceError(`${place(from)} continues with itself.`);
	return next;
}

/** The port is empty where it is the scheme's own: so the default ports of http and https are the same one here. */
const isSameServer = (one: URL, other: URL) => /^https?:$/.test(one.protocol) && one.hostname === other.hostname && one.port === other.port;

const resultCount = (header: string | null) => (header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined);

/** The address without its query, for messages. */
export const place = ({ origin, pathname }: URL) => `${origin}${pathname}`;

/** fetch hides the reason in the cause, and several addresses' reasons in that one's parts. */
export function networkReason(error: unknown): string {
	const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
	const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
	return first instanceof Error ? first.message : String(first);
}
