import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { ListName } from "../../src/import/source.ts";
import { type Abilities, type Listed, listAt, type Refused } from "./lists.ts";
import { answerReport } from "./reports.ts";
import { type Item, WaldurState } from "./state.ts";

/** Answers a request itself, and says so with true, before the lists are looked up. It may change the state first. */
export type Interception = (request: IncomingMessage, response: ServerResponse, state: WaldurState) => boolean | Promise<boolean>;

export interface WaldurOptions extends Partial<Abilities> {
	readonly now?: () => Date;
	/** The most records that it gives at once. */
	readonly largestPage?: number;
	/** How links to further pages begin, when not with the address that was asked: behind a proxy, for example. */
	readonly linkOrigin?: (origin: string) => string;
	/** False: it does not count the records of a list. */
	readonly counts?: boolean;
}

const token = "secret-of-the-test";

/** A Waldur on loopback that answers as the published pages of its API say, from lists in the form of a folder. */
export async function startWaldur(lists: Partial<Record<ListName, readonly object[]>>, intercept: Interception = () => false, options: WaldurOptions = {}) {
	const abilities = { userPermissions: true, ordering: true, ...options };
	const state = new WaldurState(lists, options.now);
	const requests: string[] = [];
	const traffic = { bytes: 0 };
	let cached: { key: string; listed: Listed | Refused } | undefined;
	const list = (url: URL, base: URL): Listed | Refused => {
		const query = new URLSearchParams(url.search);
		for (const name of ["page", "page_size", "field"]) query.delete(name);
		const key = `${state.version} ${url.pathname} ${query}`;
		if (cached?.key !== key) cached = { key, listed: listAt(url, base, state, abilities) };
		return cached.listed;
	};
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		requests.push(request.url ?? "");
		response.setHeader("date", state.now().toUTCString());
		if (await intercept(request, response, state)) return;
		if (request.headers.authorization !== `Token ${token}`) {
			response.writeHead(401).end('{"detail": "Authentication credentials were not provided."}');
			return;
		}
		const url = new URL(request.url ?? "", `http://${request.headers.host}`);
		const base = new URL("/api/", url);
		if (request.method === "POST") return answerReport(request, response, url, state);
		const listed = list(url, base);
		const page = typeof listed === "number" ? listed : pageOf(listed, url, options);
		if (typeof page === "number") response.writeHead(page).end(page === 404 ? '{"detail": "Invalid page."}' : '{"o": ["Select a valid choice."]}');
		else {
			if (options.counts !== false) response.setHeader("X-Result-Count", page.count);
			const text = JSON.stringify(page.records);
			traffic.bytes += Buffer.byteLength(text);
			response.writeHead(200, { "content-type": "application/json", link: page.link }).end(text);
		}
	};
	const server = createServer((request, response) => void answer(request, response));
	const listen = (port: number) => new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
	await listen(0);
	const { port } = server.address() as AddressInfo;
	const base = new URL(`http://127.0.0.1:${port}/api/`);
	const stop = () => {
		server.closeAllConnections();
		return new Promise((stopped) => server.close(stopped));
	};
	/** Closes its connections and its port, and is back at the same address after so many milliseconds. */
	const restart = async (milliseconds: number) => {
		await stop();
		await pause(milliseconds);
		await listen(port);
	};
	return { base, token, state, requests, traffic, restart, stop };
}

interface AnsweredPage {
	readonly records: readonly Item[];
	readonly count: number;
	readonly link: string;
}

/** One page; 404 for one beyond the end, as Django answers. */
function pageOf({ entries, publish }: Listed, url: URL, { largestPage = 300, linkOrigin = (origin) => origin }: WaldurOptions): AnsweredPage | 404 {
	const page = Number(url.searchParams.get("page") ?? 1);
	const size = Math.min(Number(url.searchParams.get("page_size") ?? 10), largestPage);
	const pages = Math.max(1, Math.ceil(entries.length / size));
	if (page < 1 || page > pages) return 404;
	const fields = new Set(url.searchParams.getAll("field"));
	const records = entries
		.slice((page - 1) * size, page * size)
		.map(publish)
		.map((record) => (fields.size === 0 ? record : Object.fromEntries(Object.entries(record).filter(([name]) => fields.has(name)))));
	const linkTo = (target: number, rel: string) => {
		const linked = new URL(url);
		linked.searchParams.set("page", String(target));
		return `<${linkOrigin(url.origin)}${linked.pathname}${linked.search}>; rel="${rel}"`;
	};
	const links = [
		linkTo(1, "first"),
		...(page > 1 ? [linkTo(page - 1, "prev")] : []),
		...(page < pages ? [linkTo(page + 1, "next")] : []),
		linkTo(pages, "last"),
	];
	return { records, count: entries.length, link: links.join(", ") };
}
