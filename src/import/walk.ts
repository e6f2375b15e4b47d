import { Differences, keysOf } from "./differences.ts";
import { BadRequest, type GetPage, type Page, place } from "./http.ts";
import { inOrder } from "./in-order.ts";
import { type Piece, SourceError } from "./source.ts";
import { nextWindow, type Window } from "./windows.ts";

/** The most that Waldur gives at once. */
const pageSize = 300;

/** Pages that are fetched before the first of them is taken; how many requests are under way in all is bounded elsewhere. */
const pagesAtOnce = 4;

/** How often a list is read again when it changes while it is read. */
const rereadings = 3;

export type Parameter = readonly [name: string, value: string];

/** A list and how it is asked for. */
export interface Walk {
	/** Without parameters. */
	readonly address: URL;
	/** What must be asked for. */
	readonly parameters?: readonly Parameter[];
	/** What a Waldur that does not take it (400) is not asked for. */
	readonly wishes?: readonly Parameter[];
}

/** How a list ended: read and counted, read without a count to compare with, or not there at all. */
export type Ending = "counted" | "uncounted" | "absent";

/** The list changed between two requests, or seems to have. */
class Moved {
	readonly reason: string;
	constructor(reason: string) {
		this.reason = reason;
	}
}

/**
 * Reads a list page by page until what was read agrees with the count of its records (X-Result-Count), and nothing moved meanwhile:
 * each page repeats the last records of the one before, so that neither a deletion nor an order that varies can hide a record.
 * What is added at the end is read, too. Otherwise the list is read again, and what differs comes. Throws SourceError when it
 * moved each time.
 */
export async function* walk(list: Walk, getPage: GetPage, differences = new Differences()): AsyncGenerator<Piece, Ending> {
	const ask = asking(list, getPage);
	for (let reading = 0; ; reading++) {
		differences.begin();
		const ending = yield* readOnce(ask, getPage, differences);
		if (!(ending instanceof Moved)) return ending;
		if (reading < rereadings) continue;
		const readings = `${rereadings + 1} readings, at last because ${ending.reason}`;
		throw new SourceError(`${place(list.address)} could not be read whole in ${readings}. Import again when less changes there.`);
	}
}

type Ask = (window: Window) => Promise<Page | undefined>;

async function* readOnce(ask: Ask, getPage: GetPage, differences: Differences): AsyncGenerator<Piece, Ending | Moved> {
	const first = await ask({ page: 1, size: pageSize, start: 0 });
	if (first === undefined) return "absent";
	if (first.count === undefined) return yield* followLinks(first, getPage, differences);
	let total = first.count;
	let end = first.records.length;
	let keys = keysOf(first.records);
	if (end === 0 && total > 0) return new Moved(`it has ${total} records and none came`);
	// Another Waldur may give less at once than it is asked for.
	const largest = end < total ? end : pageSize;
	yield { records: differences.of(first.records) ?? [], ...part(end, total) };
	while (end < total) {
		let planned = end;
		const windows = function* () {
			for (; planned < total; ) {
				const window = nextWindow(planned, largest);
				planned = window.start + window.size;
				yield window;
			}
		};
		for await (const { window, page } of inOrder(windows(), pagesAtOnce, async (window) => ({ window, page: await ask(window) }))) {
			if (page === undefined) return new Moved("a page after the first does not exist any more");
			const repeated = end - window.start;
			const pageKeys = keysOf(page.records);
			if (pageKeys.length <= repeated || !continues(keys, pageKeys, repeated)) return new Moved("a page does not continue the one before");
			const fresh = differences.of(page.records.slice(repeated));
			if (fresh === undefined) return new Moved("a record came twice");
			total = page.count ?? total;
			end = window.start + pageKeys.length;
			keys = pageKeys;
			yield { records: fresh, ...part(end, total) };
			// The end of the list as it was: what has come since is asked for anew.
			if (pageKeys.length < window.size) break;
		}
	}
	return end === total ? "counted" : new Moved(`it has ${total} records and ${end} came`);
}

const part = (end: number, total: number) => (total === 0 ? {} : { done: Math.min(1, end / total) });

/** The page begins with the last records of the page before. */
function continues(before: readonly string[], keys: readonly string[], repeated: number): boolean {
	const compared = Math.min(repeated, before.length);
	return before.slice(before.length - compared).every((key, index) => key === keys[repeated - compared + index]);
}

/** The pages of a server that does not count its records. */
async function* followLinks(first: Page, getPage: GetPage, differences: Differences): AsyncGenerator<Piece, Ending | Moved> {
	for (let page: Page | undefined = first; ; ) {
		if (page === undefined) return new Moved("a page after the first does not exist any more");
		const records = differences.of(page.records);
		if (records === undefined) return new Moved("a record came twice");
		yield { records };
		if (page.next === undefined) return "uncounted";
		page = await getPage(page.next);
	}
}

function asking({ address, parameters = [], wishes = [] }: Walk, getPage: GetPage): Ask {
	let wished = wishes;
	const urlOf = ({ page, size }: Window) => {
		const url = new URL(address);
		for (const [name, value] of [...parameters, ...wished]) url.searchParams.append(name, value);
		url.searchParams.set("page", String(page));
		url.searchParams.set("page_size", String(size));
		return url;
	};
	return async (window) => {
		try {
			return await getPage(urlOf(window));
		} catch (error) {
			if (!(error instanceof BadRequest) || wished.length === 0) throw error;
			wished = [];
			return getPage(urlOf(window));
		}
	};
}
