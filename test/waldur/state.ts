import { createHash } from "node:crypto";
import { uuidOf } from "../../src/import/fields.ts";
import { type ListName, listNames } from "../../src/import/source.ts";

export type Item = Readonly<Record<string, unknown>>;

/** A record with what Waldur knows of it and does not publish. */
export interface Entry {
	item: Item;
	readonly created: Date;
	modified: Date;
	/** False for a role that was withdrawn. */
	isActive: boolean;
	/** Of a usage: the plan period that it was reported in. */
	readonly planPeriod: string | undefined;
}

export const roleLists = ["customer-permissions", "project-permissions", "offering-permissions"] as const satisfies readonly ListName[];
export type RoleList = (typeof roleLists)[number];

const known = new Map<unknown, string | undefined>();

/** 32 hex digits, as Waldur writes a uuid; undefined when the value holds none. */
export function hex(value: unknown): string | undefined {
	// The same few are looked for in every record of long lists.
	if (known.has(value)) return known.get(value);
	const digits = uuidOf(value)?.replaceAll("-", "");
	if (known.size < 100_000) known.set(value, digits);
	return digits;
}

/** The same uuid for the same names, of 32 hex digits. */
export function namedHex(...names: readonly string[]): string {
	const digits = createHash("sha1").update(names.join("\0")).digest("hex").slice(0, 32);
	return `${digits.slice(0, 12)}4${digits.slice(13, 16)}8${digits.slice(17)}`;
}

/** What a Waldur stores. It may be changed at any time, between two pages of a list too. */
export class WaldurState {
	/** Grows with every change. */
	version = 0;
	readonly now: () => Date;
	readonly #lists = new Map<ListName, Entry[]>();
	readonly #byUuid = new Map<string, Entry>();

	/** The lists in the form of a folder that is imported. */
	constructor(lists: Partial<Record<ListName, readonly object[]>>, now: () => Date = () => new Date()) {
		this.now = now;
		for (const list of listNames) for (const item of lists[list] ?? []) this.add(list, item);
	}

	entries(list: ListName): readonly Entry[] {
		return this.#lists.get(list) ?? [];
	}

	find(list: ListName, uuid: unknown): Entry | undefined {
		return this.#byUuid.get(`${list} ${hex(uuid)}`);
	}

	add(list: ListName, item: object, planPeriod?: string): Entry {
		const now = this.now();
		const entry: Entry = { item: { ...item }, created: now, modified: now, isActive: true, planPeriod };
		this.#lists
			.set(list, this.#lists.get(list) ?? [])
			.get(list)
			?.push(entry);
		const uuid = hex(entry.item["uuid"]);
		if (uuid !== undefined) this.#byUuid.set(`${list} ${uuid}`, entry);
		this.version++;
		return entry;
	}

	/** Throws when there is no such record. */
	change(list: ListName, uuid: string, fields: object): void {
		const entry = this.find(list, uuid);
		if (entry === undefined) throw new Error(`${list} has no ${uuid}.`);
		this.#set(entry, fields);
	}

	/** Throws when there is no such record. */
	remove(list: ListName, uuid: string): void {
		const entry = this.find(list, uuid);
		const entries = this.#lists.get(list);
		if (entry === undefined || entries === undefined) throw new Error(`${list} has no ${uuid}.`);
		entries.splice(entries.indexOf(entry), 1);
		this.#byUuid.delete(`${list} ${hex(uuid)}`);
		this.version++;
	}

	/** Gives a user a role on an object, by uuid. */
	grant(list: RoleList, user: string, role: string, scope: string): void {
		this.add(list, { user_uuid: user, role_name: role, scope_uuid: scope, expiration_time: null });
	}

	/** Takes the role away: it is listed no more, except by `show_inactive` of /user-permissions/. */
	withdraw(list: RoleList, user: string, role: string, scope: string): void {
		for (const entry of this.entries(list)) {
			const { item } = entry;
			if (hex(item["user_uuid"]) !== hex(user) || item["role_name"] !== role || hex(item["scope_uuid"]) !== hex(scope)) continue;
			entry.isActive = false;
			this.#set(entry, {});
		}
	}

	/** Ends the resource's plan period and begins one of another plan: what is reported from now on is another usage record. */
	switchPlan(resource: string, plan: string): void {
		const start = this.now().toISOString();
		const open = this.#openPeriod(resource);
		if (open !== undefined) this.#set(open, { end: start });
		this.add("resource-plan-periods", {
			uuid: namedHex("plan period", resource, plan, start),
			resource_uuid: hex(resource),
			plan_uuid: hex(plan),
			start,
			end: null,
		});
		this.change("marketplace-resources", resource, { plan_uuid: hex(plan) });
	}

	/** Stores a figure as set_usage does: one record for each resource, component, plan period and billing month. */
	setUsage(resource: Entry, period: Entry | undefined, { type, amount, description = "", recurring = false }: ReportedUsage): void {
		const uuid = hex(resource.item["uuid"]) ?? "";
		const planPeriod = hex((period ?? this.#openPeriod(uuid))?.item["uuid"]) ?? "";
		const date = this.now().toISOString();
		const billing_period = `${date.slice(0, 7)}-01`;
		const figures = { usage: Number(amount), date, description, recurring };
		const stored = this.entries("marketplace-component-usages").find(
			(entry) =>
				hex(entry.item["resource_uuid"]) === uuid &&
				entry.item["type"] === type &&
				entry.item["billing_period"] === billing_period &&
				(entry.planPeriod ?? planPeriod) === planPeriod,
		);
		if (stored !== undefined) this.#set(stored, figures);
		else {
			const identity = { uuid: namedHex("usage", uuid, type, planPeriod, billing_period), created: date, type, billing_period };
			this.add("marketplace-component-usages", { ...identity, resource_uuid: uuid, offering_uuid: resource.item["offering_uuid"], ...figures }, planPeriod);
		}
		const current = resource.item["current_usages"];
		this.#set(resource, { current_usages: { ...(typeof current === "object" ? current : {}), [type]: figures.usage }, modified: date });
	}

	/** Stores a part as set_user_usage does: one for each usage record and username. */
	setUserUsage(usage: Entry, { username, usage: amount = "0", user }: ReportedPart): void {
		const component_usage = hex(usage.item["uuid"]) ?? "";
		const now = this.now().toISOString();
		const figures = { usage: Number(amount), modified: now, ...(user === undefined ? {} : { user }) };
		const stored = this.entries("marketplace-component-user-usages").find(
			({ item }) => hex(item["component_usage"]) === component_usage && item["username"] === username,
		);
		if (stored !== undefined) this.#set(stored, figures);
		else
			this.add("marketplace-component-user-usages", {
				uuid: namedHex("part", component_usage, username),
				component_usage,
				username,
				created: now,
				user: null,
				...figures,
			});
	}

	#openPeriod(resource: string): Entry | undefined {
		return this.entries("resource-plan-periods").findLast(({ item }) => hex(item["resource_uuid"]) === hex(resource) && (item["end"] ?? null) === null);
	}

	#set(entry: Entry, fields: object): void {
		entry.item = { ...entry.item, ...fields };
		entry.modified = this.now();
		this.version++;
	}
}

export interface ReportedUsage {
	readonly type: string;
	readonly amount: string | number;
	readonly description?: string;
	readonly recurring?: boolean;
}

export interface ReportedPart {
	readonly username: string;
	readonly usage?: string | number;
	readonly user?: string;
}
