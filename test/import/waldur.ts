import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ListName, listNames } from "../../src/import/source.ts";

/** Answers a request itself, and says so with true, before the lists are looked up. */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean;

type Item = Record<string, unknown>;

const token = "secret-of-the-test";

/** A server that pages like Waldur over the records of a folder's lists. */
export async function startWaldur(lists: Partial<Record<ListName, readonly object[]>>, intercept: Interception = () => false) {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(request.url ?? "");
		if (intercept(request, response)) return;
		if (request.headers.authorization !== `Token ${token}`) {
			response.writeHead(401).end('{"detail": "Authentication credentials were not provided."}');
			return;
		}
		const url = new URL(request.url ?? "", `http://${request.headers.host}`);
		const items = itemsAt(url, lists);
		if (items === undefined) {
			response.writeHead(404).end();
			return;
		}
		const page = Number(url.searchParams.get("page") ?? 1);
		const size = Math.min(Number(url.searchParams.get("page_size") ?? 10), 300);
		const next = new URL(url);
		next.searchParams.set("page", String(page + 1));
		const more = page * size < items.length;
		response.setHeader("X-Result-Count", items.length);
		response.setHeader("Link", `<${url.href}>; rel="first"${more ? `, <${next.href}>; rel="next"` : ""}`);
		response.end(JSON.stringify(items.slice((page - 1) * size, page * size)));
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
	return { base, token, requests, stop: () => new Promise((stopped) => server.close(stopped)) };
}

/** Where a list with records of its own stands at each object: nothing in a record tells whose it is. */
const ofObjects: Record<string, { list: ListName; owner: string }> = {
	"customers/list_users": { list: "customer-permissions", owner: "scope_uuid" },
	"projects/list_users": { list: "project-permissions", owner: "scope_uuid" },
	"marketplace-provider-offerings/list_users": { list: "offering-permissions", owner: "scope_uuid" },
	"marketplace-resources/plan_periods": { list: "resource-plan-periods", owner: "resource_uuid" },
};

function itemsAt(url: URL, lists: Partial<Record<ListName, readonly object[]>>): Item[] | undefined {
	const [list = "", uuid, action] = url.pathname.split("/").filter((step) => step !== "" && step !== "api");
	const items = (name: ListName) => (lists[name] ?? []) as readonly Item[];
	if (action !== undefined) {
		const part = ofObjects[`${list}/${action}`];
		return part === undefined
			? undefined
			: items(part.list)
					.filter((item) => item[part.owner] === uuid)
					.map((item) => without(item, part.owner));
	}
	if (list === "customer-quotas") {
		const wanted = url.searchParams.get("quota_name");
		return items("customer-quotas")
			.filter(({ quota_name }) => quota_name === wanted)
			.map((item) => without(without(item, "quota_name"), "customer_uuid"));
	}
	// A removed project is listed on demand only.
	if (list === "projects" && url.searchParams.get("include_terminated") !== "true") return items("projects").filter(({ is_removed }) => is_removed !== true);
	const known = listNames.find((name) => name === list && !Object.values(ofObjects).some((part) => part.list === name));
	return known === undefined ? undefined : [...items(known)];
}

const without = (item: Item, field: string): Item => Object.fromEntries(Object.entries(item).filter(([name]) => name !== field));
