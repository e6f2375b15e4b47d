import { uuidOf } from "./fields.ts";
import { getPage, type HttpOptions } from "./http.ts";
import { storedQuotas } from "./lists/quotas.ts";
import { type ListName, type Piece, type Source, SourceError } from "./source.ts";

/** The most that Waldur gives at once. */
const pageSize = 300;

/** Requests under way at once where each object has a list of its own. */
const requestsAtOnce = 4;

const defaults = { timeout: 60_000, pauses: [500, 1_000, 2_000, 4_000] };

/** A running Waldur, by the base address of its API such as https://waldur.example.org/api/. */
export function urlSource(base: URL, token: string | undefined, options: Partial<HttpOptions> = {}): Source {
	const http: HttpOptions = { ...defaults, ...options, token };
	const address = (path: string, parameters: Readonly<Record<string, string>> = {}) => {
		const url = new URL(path, base.href.endsWith("/") ? base : `${base.href}/`);
		for (const [name, value] of Object.entries({ ...parameters, page: "1", page_size: String(pageSize) })) url.searchParams.set(name, value);
		return url;
	};
	const required = (path: string, parameters?: Readonly<Record<string, string>>) => pages(address(path, parameters), http, "required");

	/** The lists that each object of another list has of its own; their records do not name it. */
	async function* eachOf(owners: string, list: string, ownerField: string, parameters: Readonly<Record<string, string>> = {}): AsyncGenerator<Piece> {
		for await (const { records, ...done } of required(`${owners}/`, { ...parameters, field: "uuid" })) {
			const uuids = records.flatMap((record) => uuidOf(uuidField(record)) ?? []);
			for (let start = 0; start < uuids.length; start += requestsAtOnce) {
				const some = uuids.slice(start, start + requestsAtOnce);
				const lists = await Promise.all(
					some.map((uuid) => withOwner(pages(address(`${owners}/${uuid.replaceAll("-", "")}/${list}/`), http, "optional"), ownerField, uuid)),
				);
				yield { records: lists.flat(), ...done };
			}
		}
	}

	return {
		name: base.href,
		check: async () => {
			const first = address("customers/");
			first.searchParams.set("page_size", "1");
			if ((await getPage(first, http)) === undefined) throw new SourceError(`${base.href} is not the API of a Waldur: it has no customers/.`);
		},
		read: (list: ListName) => {
			switch (list) {
				case "projects":
					return required("projects/", removedToo);
				case "customer-permissions":
					return eachOf("customers", "list_users", "scope_uuid");
				case "project-permissions":
					return eachOf("projects", "list_users", "scope_uuid", removedToo);
				case "offering-permissions":
					return eachOf("marketplace-provider-offerings", "list_users", "scope_uuid");
				case "resource-plan-periods":
					return eachOf("marketplace-resources", "plan_periods", "resource_uuid");
				case "customer-quotas":
					return quotas((name) => required("customer-quotas/", { quota_name: name }));
				default:
					return required(`${list}/`);
			}
		},
	};
}

/** Without it Waldur leaves removed projects out, whose resources have been used. */
const removedToo = { include_terminated: "true" };

/** All pages of one list. */
async function* pages(first: URL, http: HttpOptions, presence: "required" | "optional"): AsyncGenerator<Piece> {
	let seen = 0;
	for (let url: URL | undefined = first; url !== undefined; ) {
		const page: Awaited<ReturnType<typeof getPage>> = await getPage(url, http);
		if (page === undefined) {
			if (presence === "optional") return;
			throw new SourceError(`${url.origin}${url.pathname} does not exist.`);
		}
		const { records, next, count } = page;
		if (seen === 0 && next === undefined && count !== undefined && records.length < count) {
			throw new SourceError(`${url.origin}${url.pathname} has ${count} records and does not tell where they continue.`);
		}
		seen += records.length;
		yield { records, ...(count === undefined || count === 0 ? {} : { done: Math.min(1, seen / count) }) };
		url = next;
	}
}

/** One list per quota; the records do not name their quota. */
async function* quotas(read: (name: string) => AsyncIterable<Piece>): AsyncGenerator<Piece> {
	const names = Object.keys(storedQuotas);
	for (const [index, name] of names.entries()) {
		for await (const { records, done = 1 } of read(name))
			yield { records: records.map((record) => tagged(record, "quota_name", name)), done: (index + done) / names.length };
	}
}

async function withOwner(list: AsyncIterable<Piece>, field: string, uuid: string): Promise<unknown[]> {
	const all: unknown[] = [];
	for await (const { records } of list) all.push(...records.map((record) => tagged(record, field, uuid)));
	return all;
}

/** The record with one more field; what is not an object stays as it is, to be refused. */
const tagged = (record: unknown, field: string, value: string): unknown =>
	typeof record === "object" && record !== null && !Array.isArray(record) ? { ...record, [field]: value } : record;

function uuidField(record: unknown): unknown {
	if (typeof record !== "object" || record === null) return undefined;
	return "uuid" in record ? record.uuid : "url" in record ? record.url : undefined;
}
