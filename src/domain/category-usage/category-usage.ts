import type { BillingPeriod } from "../../shared/billing-period.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";
import { parsedUuid } from "../../shared/uuid.ts";

/** Whose resources a total counts: a customer's, or those of one of its projects. */
export type ScopeKind = "Customer" | "Project";

export interface Scope {
	readonly kind: ScopeKind;
	readonly uuid: string;
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
	const [type, scopeKind = "", scope = "", component = "", date = ""] = Buffer.from(id, "base64").toString("utf8").split(":");
	const [scopeUuid, categoryComponentUuid] = [parsedUuid(scope), parsedUuid(component)];
	if (type !== typeName || !isScopeKind(scopeKind) || scopeUuid === undefined || categoryComponentUuid === undefined || !isMonth(date)) return undefined;
	const key = { scopeKind, scopeUuid, categoryComponentUuid, date };
	return printedId(key) === id ? key : undefined;
}

const isScopeKind = (text: string): text is ScopeKind => text === "Customer" || text === "Project";

/** The first day of a month of the years 1 to 9999. */
const isMonth = (text: string): boolean => /^(?!0000)\d{4}-(0[1-9]|1[0-2])-01$/.test(text);

/** The scope that a global id names. Throws InvalidInput when it is the id of something else, or of nothing at all. */
export function requiredScope({ typename, id }: { typename: string; id: string }): Scope {
	const uuid = parsedUuid(id);
	if (uuid === undefined || !isScopeKind(typename)) throw new InvalidInput("scope must be the id of a customer or a project, as it was answered.");
	return { kind: typename, uuid };
}
