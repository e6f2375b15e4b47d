import type { Context } from "../graphql/context.ts";
import { longestList } from "../shared/longest-list.ts";
import type { Json } from "./json.ts";
import type { Urls } from "./urls.ts";

/** What an operation is asked with. */
export interface Asked {
	/** Of whoever is signed in. */
	readonly context: Context;
	readonly urls: Urls;
	/** The service's own. */
	readonly version: string;
	/** What stands in the path in place of {uuid} or {id}; empty in a path without. */
	readonly key: string;
	readonly query: URLSearchParams;
	/** The body's JSON; undefined without a body. */
	readonly body: unknown;
}

export interface Answer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** Nothing is sent when absent. */
	readonly body?: Json;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One operation of the REST API. */
export interface Route {
	readonly method: Method;
	/** Below /api/, with {uuid} or {id} where a key stands. */
	readonly path: string;
	/** Parameters that it knows: others are ignored. */
	readonly parameters: readonly string[];
	/** What it may take, in the measure of src/server/limits/cost.ts; known before anything is read. */
	readonly price: (asked: Pick<Asked, "query" | "body">) => number;
	readonly answer: (asked: Asked) => Promise<Answer>;
}

/** What a change costs, as in GraphQL: 1, 10 more, and 1 for each item of the longest list in its body. */
export const priceOfChange: Route["price"] = ({ body }) => 11 + (longestList(body) ?? 1);

/** The name that it has in logs and metrics. */
export const nameOf = ({ method, path }: Pick<Route, "method" | "path">): string => `${method} /api/${path}`;

export const typeOf = ({ method }: Pick<Route, "method">): "query" | "mutation" => (method === "GET" ? "query" : "mutation");

/** What a path below /api/ leads to: its operations by method, and the key in it. */
export interface Found {
	readonly routes: ReadonlyMap<string, Route>;
	readonly key: string;
}

/** Finds operations by their paths; a path that is written out is found before one with a key. */
export function createFinder(routes: readonly Route[]): (path: string) => Found | undefined {
	const paths = new Map<string, Map<string, Route>>();
	for (const route of routes) {
		const pattern = route.path.replace(/\{\w+\}/, "*");
		const methods = paths.get(pattern) ?? new Map<string, Route>();
		if (methods.has(route.method)) throw new Error(`${nameOf(route)} is there twice.`);
		paths.set(pattern, methods.set(route.method, route));
	}
	return (path) => {
		const written = paths.get(path);
		if (written !== undefined && !path.includes("*")) return { routes: written, key: "" };
		const [collection = "", key = "", ...rest] = path.split("/");
		const keyed = key === "" ? undefined : paths.get([collection, "*", ...rest].join("/"));
		return keyed === undefined ? undefined : { routes: keyed, key };
	};
}
