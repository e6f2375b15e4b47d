import { type ListName, listNames } from "../../src/import/source.ts";
import { published } from "./published.ts";
import { type Entry, hex, type Item, namedHex, roleLists, type WaldurState } from "./state.ts";

/** A list at an address: its records, and how they are published. */
export interface Listed {
	readonly entries: readonly Entry[];
	publish(entry: Entry): Item;
}

/** Why a request has no list: 404, or parameters that Waldur does not take (400). */
export type Refused = 404 | 400;

/** What this Waldur can do; older ones can do less. */
export interface Abilities {
	/** Has /user-permissions/. */
	readonly userPermissions: boolean;
	/** Orders lists by `o`; answers 400 to it otherwise. */
	readonly ordering: boolean;
}

/** Where a list with records of its own stands at each object: nothing in a record says whose it is. */
const ofObjects = {
	"customers/list_users": { list: "customer-permissions", owner: "scope_uuid" },
	"projects/list_users": { list: "project-permissions", owner: "scope_uuid" },
	"marketplace-provider-offerings/list_users": { list: "offering-permissions", owner: "scope_uuid" },
	"marketplace-resources/plan_periods": { list: "resource-plan-periods", owner: "resource_uuid" },
} as const;

type PartList = (typeof ofObjects)[keyof typeof ofObjects]["list"];

/** What each list can be ordered by, of what the import asks for. */
const orders: Readonly<Partial<Record<ListName, string>>> = {
	customers: "created",
	users: "username",
	projects: "created",
	"marketplace-provider-offerings": "created",
	"marketplace-resources": "created",
	"marketplace-offering-users": "created",
	"marketplace-component-usages": "created",
	"marketplace-component-user-usages": "created",
};

/** The list at an address under the base, filtered and ordered as its parameters say. */
export function listAt(url: URL, base: URL, state: WaldurState, abilities: Abilities): Listed | Refused {
	const steps = url.pathname.slice(base.pathname.length).split("/");
	const [name = "", uuid = "", action = ""] = steps;
	const { searchParams: query } = url;
	if (action !== "") {
		const part = Object.entries(ofObjects).find(([path]) => path === `${name}/${action}`)?.[1];
		if (part === undefined || state.find(name as ListName, uuid) === undefined) return 404;
		const entries = state.entries(part.list).filter(({ item, isActive }) => isActive && hex(item[part.owner]) === uuid);
		return { entries, publish: (entry) => without(published(part.list === "resource-plan-periods" ? "plan-period" : "role", entry, base), part.owner) };
	}
	if (name === "user-permissions") return abilities.userPermissions ? allRoles(query, base, state) : 404;
	const list = listNames.find((known): known is Exclude<ListName, PartList> => known === name && !isPartList(known));
	if (list === undefined || uuid !== "") return 404;
	const order = query.get("o");
	if (order !== null && (!abilities.ordering || orders[list] !== order)) return 400;
	const entries = state.entries(list).filter((entry) => isAsked(list, entry, query, state));
	const hidden = list === "customer-quotas" ? ["quota_name", "customer_uuid"] : [];
	return { entries: ordered(entries, order), publish: (entry) => without(published(list, entry, base), ...hidden) };
}

const isPartList = (list: ListName): list is PartList => Object.values(ofObjects).some((part) => part.list === list);

function isAsked(list: ListName, { item, modified }: Entry, query: URLSearchParams, state: WaldurState): boolean {
	if (list === "customer-quotas") return item["quota_name"] === query.get("quota_name");
	// A removed project is listed on demand only.
	if (list === "projects" && query.get("include_terminated") !== "true" && item["is_removed"] === true) return false;
	const since = query.get("modified");
	if (since !== null && modified < new Date(since)) return false;
	for (const [filter, field] of [
		["resource_uuid", "resource_uuid"],
		["resource_uuid", "resource"],
		["scope_uuid", "scope_uuid"],
		["type", "type"],
	] as const) {
		const asked = query.get(filter);
		if (asked !== null && item[field] !== undefined && (hex(item[field]) ?? item[field]) !== asked) return false;
	}
	const usage = list === "marketplace-component-user-usages" ? state.find("marketplace-component-usages", item["component_usage"])?.item : item;
	const after = query.get("date_after");
	const period = query.get("billing_period");
	return (after === null || String(usage?.["date"]).slice(0, 10) >= after) && (period === null || usage?.["billing_period"] === period);
}

function ordered(entries: readonly Entry[], by: string | null): readonly Entry[] {
	if (by === null) return entries;
	const key = ({ item, created }: Entry) => String(item[by] ?? created.toISOString());
	const keyed = entries.map((entry) => [key(entry), entry] as const);
	return keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)).map(([, entry]) => entry);
}

function allRoles(query: URLSearchParams, base: URL, state: WaldurState): Listed {
	const since = query.get("modified");
	const types = new Map<Entry, string>();
	for (const list of roleLists) for (const entry of state.entries(list)) types.set(entry, list.replace("-permissions", ""));
	const isListed = ({ isActive, modified }: Entry) => (isActive || query.get("show_inactive") === "true") && (since === null || modified >= new Date(since));
	return {
		entries: [...types.keys()].filter(isListed),
		publish: (entry) => {
			const { user_uuid, role_name, scope_uuid } = entry.item;
			const uuid = namedHex("role", ...[user_uuid, role_name, scope_uuid].map(String));
			const item = { uuid, ...entry.item, scope_type: types.get(entry), is_active: entry.isActive };
			return published("user-permissions", { ...entry, item }, base);
		},
	};
}

const without = (item: Item, ...fields: readonly string[]): Item => Object.fromEntries(Object.entries(item).filter(([name]) => !fields.includes(name)));
