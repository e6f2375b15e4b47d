import type { BillingPeriod } from "../../shared/billing-period.ts";
import { parsedUuid } from "../../shared/uuid.ts";

/** Whose resources a total counts: a customer's, or those of one of its projects. */
export type ScopeKind = "Customer" | "Project";

export interface Scope {
	readonly kind: ScopeKind;
	readonly uuid: string;
}

/** What a client names the scope of a list by. A uuid alone does not say of which kind it is. */
export interface NamedScope {
	readonly uuid: string;
	/** The kinds that it can be of. */
	readonly kinds: readonly ScopeKind[];
}

/** What the text names: a uuid, with the type and a colon before it where that is known. */
export function scopeNamed(text: string): NamedScope {
	const [uuid = "", type] = text.split(":").reverse();
	return { uuid, kinds: scopeKinds.filter((kind) => type === undefined || type === kind) };
}

/** What distinguishes one total from all others. */
export interface CategoryUsageKey {
	readonly scopeKind: ScopeKind;
	readonly scopeUuid: string;
	readonly categoryComponentUuid: string;
	/** First day of the month. */
	readonly date: BillingPeriod;
}

/** A month's total of a category component for one customer or one project. A side with nothing is null; never both are. */
export interface CategoryUsage extends CategoryUsageKey {
	readonly categoryUuid: string;
	readonly type: string;
	readonly name: string;
	readonly measuredUnit: string;
	/** What was reported, an exact decimal in the measured unit. */
	readonly reportedUsage: string | null;
	/** What plans included, an exact decimal in the measured unit. */
	readonly fixedUsage: string | null;
}

export const typeName = "CategoryComponentUsage";

/** The id of the total with the key: written like any other object's, though nothing is stored under it. */
export const printedId = ({ scopeKind, scopeUuid, categoryComponentUuid, date }: CategoryUsageKey): string =>
	Buffer.from([typeName, scopeKind, scopeUuid, categoryComponentUuid, date].join(":")).toString("base64");

/** The key in an id that printedId made; undefined for any other text. */
export function parsedId(id: string): CategoryUsageKey | undefined {
	const [type, ...parts] = Buffer.from(id, "base64").toString("utf8").split(":");
	const key = type === typeName ? keyIn(parts.join(":")) : undefined;
	return key !== undefined && printedId(key) === id ? key : undefined;
}

/** The key in what an id holds behind its type; undefined for any other text. */
export function keyIn(text: string): CategoryUsageKey | undefined {
	const [scopeKind = "", scopeUuid = "", categoryComponentUuid = "", date = "", ...more] = text.split(":");
	const isWritten = [scopeUuid, categoryComponentUuid].every((uuid) => parsedUuid(uuid) === uuid);
	return isScopeKind(scopeKind) && isWritten && isMonth(date) && more.length === 0 ? { scopeKind, scopeUuid, categoryComponentUuid, date } : undefined;
}

const scopeKinds: readonly ScopeKind[] = ["Customer", "Project"];

const isScopeKind = (text: string): text is ScopeKind => text === "Customer" || text === "Project";

/** The first day of a month of the years 1 to 9999. */
const isMonth = (text: string): boolean => /^(?!0000)\d{4}-(0[1-9]|1[0-2])-01$/.test(text);
