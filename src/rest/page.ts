import { absentHere } from "./problems.ts";
import type { Urls } from "./urls.ts";

/** A page by number, from 1 on. */
export interface NumberedPage {
	readonly number: number;
	readonly size: number;
}

const usualSize = 10;
const largestSize = 300;

/**
 * The last row of a list that can be on a page. The database reads all rows before a page, whose price grows with them; behind
 * this one, clients narrow the list by its filters.
 */
export const deepestRow = 50_000;

/** Rows that are left out before a page cost one for each so many. */
const skippedPerPoint = 500;

/** As many rows of a page cost one, as in GraphQL. */
const rowsPerPoint = 10;

/** The page that is asked for. As in Django a size that is none is the usual one, and a larger one than the largest that. Throws Not found for a number that no page has. */
export function pageAsked(query: URLSearchParams): NumberedPage {
	const [asked, size] = [query.get("page") ?? "1", query.get("page_size") ?? ""];
	const wanted = /^\d{1,9}$/.test(size) && Number(size) > 0 ? Math.min(Number(size), largestSize) : usualSize;
	if (!/^\d{1,9}$/.test(asked) || Number(asked) < 1) throw invalidPage();
	return { number: Number(asked), size: wanted };
}

/** What a page costs, without what counting its list does. */
export function priceOfPage(query: URLSearchParams): number {
	const { number, size } = pageAsked(query);
	if (number * size > deepestRow) return 1; // refused before anything is read
	return 1 + Math.ceil(size / rowsPerPoint) + Math.ceil(((number - 1) * size) / skippedPerPoint);
}

/** Throws Not found for a page that is too deep, or behind the end of its list; the first page is there even of an empty list. */
export function requirePage({ number, size }: NumberedPage, count: number): void {
	if (number * size > deepestRow) {
		throw absentHere(`Invalid page. Pages reach to the row ${deepestRow} of a list: narrow it by its filters.`);
	}
	if (number > 1 && (number - 1) * size >= count) throw invalidPage();
}

const invalidPage = () => absentHere("Invalid page.");

/** The headers of a page of a list that has so many rows: their number, and where the neighbouring pages are, with the parameters that the list knows. */
export function pageHeaders(
	{ number, size }: NumberedPage,
	count: number,
	{ urls, path, query, parameters }: { urls: Urls; path: string; query: URLSearchParams; parameters: readonly string[] },
): Record<string, string> {
	const last = Math.max(1, Math.ceil(count / size));
	const known = [...query].filter(([name]) => name !== "page" && parameters.includes(name));
	const to = (page: number, rel: string) => `<${urls.to(path)}?${new URLSearchParams([...known, ["page", String(page)]])}>; rel="${rel}"`;
	const links = [to(1, "first"), ...(number > 1 ? [to(number - 1, "prev")] : []), ...(number < last ? [to(number + 1, "next")] : []), to(last, "last")];
	return { "x-result-count": String(count), link: links.join(", ") };
}
