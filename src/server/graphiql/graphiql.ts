import type { IncomingMessage, ServerResponse } from "node:http";
import { loadFiles, type PageFiles } from "./files.ts";
import { type Packed, pack, send } from "./packed.ts";
import { type PageOptions, pageOf } from "./page.ts";

/** What a page at this address may load: its own files and this service's answers. Its editors write styles into the page. */
const policy = [
	"default-src 'none'",
	"script-src 'self'",
	"worker-src 'self'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' data:",
	"font-src 'self' data:",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join("; ");

/** Asked again each time: it has the months of today. */
const ofPage = { "cache-control": "no-cache", vary: "Accept, Accept-Encoding", "content-security-policy": policy, "referrer-policy": "no-referrer" };

const fileName = /^[\w-]+\.(?:js|css|ico)$/;

/** Kept by browsers and proxies for good: what has other content has another name. */
const ofFile = { "cache-control": "public, max-age=31536000, immutable", vary: "Accept-Encoding" };

export interface GraphiqlOptions {
	/** The path of GraphQL, where the page is; its files are in the folder of that name. */
	readonly endpoint: string;
	/** What the page opens with when it is asked for now. */
	readonly opensWith: () => PageOptions;
	/** Called when the page cannot be made: our bug. */
	readonly onBug: (error: unknown) => void;
}

export interface Graphiql {
	/** Whether a browser asks for the page, or the page for one of its files. */
	isFor(request: IncomingMessage): boolean;
	/** Answers such a request. */
	answer(request: IncomingMessage, response: ServerResponse): void;
}

/** GraphiQL, served by this process alone, opening with queries to try. It is made when a browser first opens it. */
export function createGraphiql({ endpoint, opensWith, onBug }: GraphiqlOptions): Graphiql {
	const folder = endpoint.slice(endpoint.lastIndexOf("/") + 1);
	let files: Promise<PageFiles> | undefined;
	let page: { readonly text: string; readonly packed: Packed } | undefined;

	const load = (): Promise<PageFiles> => {
		files ??= loadFiles().catch((error) => {
			files = undefined;
			throw error;
		});
		return files;
	};
	const pageNow = async (): Promise<Packed> => {
		const text = pageOf(await load(), folder, opensWith());
		if (page?.text !== text) page = { text, packed: pack("text/html; charset=utf-8", text) };
		return page.packed;
	};
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const path = pathOf(request);
		if (path === endpoint) return send(request, response, await pageNow(), ofPage);
		if (path === `${endpoint}/`) return void response.writeHead(302, { location: `../${folder}` }).end();
		const file = (await load()).byName.get(path.slice(endpoint.length + 1));
		if (file === undefined) response.writeHead(404, { "cache-control": "no-store" }).end();
		else await send(request, response, file, ofFile);
	};
	return {
		isFor: (request) => {
			if (request.method !== "GET" && request.method !== "HEAD") return false;
			const path = pathOf(request);
			if (path === endpoint || path === `${endpoint}/`) return request.headers.accept?.includes("text/html") === true;
			return path.startsWith(`${endpoint}/`) && fileName.test(path.slice(endpoint.length + 1));
		},
		answer: (request, response) => {
			answer(request, response).catch((error) => {
				onBug(error);
				if (response.headersSent) response.destroy();
				else response.writeHead(500, { "cache-control": "no-store" }).end();
			});
		},
	};
}

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";
