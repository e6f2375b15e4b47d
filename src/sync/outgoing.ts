import { Decimal } from "../shared/decimal.ts";
import { hex, policyPeriodNumbers } from "../shared/waldur-words.ts";
import type { WaldurRequest } from "./waldur-client.ts";

/** A usage record as it is sent: its figure is Waldur's total of the month, over all plan periods. */
export interface OutgoingUsage {
	readonly kind: "USAGE";
	readonly resource: string;
	readonly type: string;
	readonly amount: string;
	readonly description: string;
	readonly recurring: boolean;
	/** First day of its billing month. */
	readonly month: string;
	/** The plan period that it is charged to, where Waldur knows it. */
	readonly planPeriod: string | null;
	/** When its plan period began and ended; null where that is not known, or open. */
	readonly periodStart: Date | null;
	readonly periodEnd: Date | null;
}

/** One username's part of a usage record. */
export interface OutgoingPart {
	readonly kind: "USER_USAGE";
	readonly resource: string;
	readonly type: string;
	readonly month: string;
	readonly username: string;
	readonly usage: string;
	/** The account, where Waldur knows it. */
	readonly account: string | null;
}

/** An account's limit on a component of a resource. */
export interface OutgoingLimit {
	readonly kind: "LIMIT";
	readonly uuid: string;
	/** Whether Waldur has it under this uuid. */
	readonly isKnown: boolean;
	readonly resource: string;
	readonly component: string;
	readonly account: string;
	readonly limit: string;
}

/** A usage policy of an offering. */
export interface OutgoingPolicy {
	readonly kind: "POLICY";
	readonly uuid: string;
	readonly isKnown: boolean;
	readonly offering: string;
	readonly actions: readonly string[];
	readonly emails: readonly string[];
	readonly applyToAll: boolean;
	readonly period: keyof typeof policyPeriodNumbers;
	readonly groups: readonly string[];
	readonly limits: readonly { readonly type: string; readonly limit: string }[];
}

/** What was deleted here, by its path below the API. */
export interface OutgoingDeletion {
	readonly kind: "DELETION";
	readonly path: string;
}

/** What Waldur gives a uuid of its own when it is created there. */
export type Made = OutgoingLimit | OutgoingPolicy;

export type Outgoing = OutgoingUsage | OutgoingPart | OutgoingLimit | OutgoingPolicy | OutgoingDeletion;

/** One of the records that Waldur holds of a resource, component and month: one for each plan period. */
export interface HeldUsage {
	readonly uuid: string;
	readonly usage: string;
	readonly created: Date;
}

/**
 * Those of Waldur's records that are of other plan periods than the usage: a report does not replace them, and its figure
 * includes them. Waldur does not say of which period a record is: one that was created while another ran is of that one.
 */
export const ofOtherPeriods = (held: readonly HeldUsage[], { periodStart, periodEnd }: OutgoingUsage): HeldUsage[] =>
	held.filter(({ created }) => (periodStart !== null && created < periodStart) || (periodEnd !== null && created >= periodEnd));

/** What is left of a figure for the plan period that it is sent for. Negative when the others alone are more. */
export const remainder = (amount: string, others: readonly HeldUsage[]): Decimal => others.reduce((left, { usage }) => left.minus(usage), new Decimal(amount));

/** The report of one figure, less what is of other plan periods. */
export const usageRequest = ({ resource, type, description, recurring, planPeriod }: OutgoingUsage, amount: Decimal): WaldurRequest => ({
	method: "POST",
	path: "marketplace-component-usages/set_usage/",
	body: {
		...(planPeriod === null ? { resource: hex(resource) } : { plan_period: hex(planPeriod) }),
		usages: [{ type, amount: amount.toFixed(), description, recurring }],
	},
});

/** A username's part of the record that Waldur holds. */
export const partRequest = ({ username, usage, account }: OutgoingPart, record: string, base: URL): WaldurRequest => ({
	method: "POST",
	path: `marketplace-component-usages/${hex(record)}/set_user_usage/`,
	body: { username, usage, ...(account === null ? {} : { user: link(base, "marketplace-offering-users", account) }) },
});

export const limitRequest = ({ uuid, isKnown, resource, component, account, limit }: OutgoingLimit, base: URL): WaldurRequest => ({
	...target("component-user-usage-limits", isKnown ? uuid : undefined),
	body: {
		resource: link(base, "marketplace-resources", resource),
		component: hex(component),
		user: link(base, "marketplace-offering-users", account),
		limit,
	},
});

export const policyRequest = (policy: OutgoingPolicy, base: URL): WaldurRequest => ({
	...target("marketplace-offering-usage-policies", policy.isKnown ? policy.uuid : undefined),
	body: {
		scope: link(base, "marketplace-provider-offerings", policy.offering),
		actions: policy.actions.map((action) => action.toLowerCase()).join(","),
		options: policy.emails.length === 0 ? {} : { notify_external_user: policy.emails.join(",") },
		apply_to_all: policy.applyToAll,
		organization_groups: policy.groups.map((group) => link(base, "organization-groups", group)),
		component_limits_set: policy.limits.map(({ type, limit }) => ({ type, limit: Number.isSafeInteger(Number(limit)) ? Number(limit) : limit })),
		period: policyPeriodNumbers[policy.period],
	},
});

/** Where such objects are listed in Waldur, by what they belong to; and the lane of their changes. */
export const listOf = (object: Made): { path: string; filter: Readonly<Record<string, string>>; lane: string } =>
	object.kind === "LIMIT"
		? { path: "component-user-usage-limits/", filter: { resource_uuid: hex(object.resource) }, lane: object.resource }
		: { path: "marketplace-offering-usage-policies/", filter: { scope_uuid: hex(object.offering) }, lane: object.offering };

/** Whether a record of Waldur is what would be created for the object. */
export function createdFor(record: Readonly<Record<string, unknown>>, object: Made): boolean {
	const linked = (field: string) => String(record[field] ?? "");
	if (object.kind === "LIMIT")
		return linked("resource").includes(hex(object.resource)) && linked("component") === hex(object.component) && linked("user").includes(hex(object.account));
	const groups = Array.isArray(record["organization_groups"]) ? record["organization_groups"].map(String) : [];
	return (
		linked("scope_uuid") === hex(object.offering) &&
		sameWords(linked("actions").split(","), object.actions) &&
		record["apply_to_all"] === object.applyToAll &&
		linked("period") === String(policyPeriodNumbers[object.period]) &&
		sameWords(emailsIn(record["options"]), object.emails) &&
		groups.length === object.groups.length &&
		object.groups.every((group) => groups.some((link) => link.includes(hex(group)))) &&
		sameWords(limitWords(record["component_limits_set"]), limitWords(object.limits))
	);
}

const sameWords = (some: readonly string[], others: readonly string[]): boolean => normal(some) === normal(others);
const normal = (words: readonly string[]): string =>
	words
		.map((word) => word.trim().toLowerCase())
		.sort()
		.join(",");

const limitWords = (limits: unknown): string[] =>
	Array.isArray(limits) ? limits.map((item: unknown) => (isRecord(item) ? `${String(item["type"])}=${numberWord(item["limit"])}` : "")) : [];

const numberWord = (value: unknown): string => (/^\d{1,20}(\.0+)?$/.test(String(value)) ? new Decimal(String(value)).toFixed() : "");

/** The addresses of NOTIFY_EXTERNAL_USER, a list or text with commas. */
function emailsIn(options: unknown): string[] {
	const given = isRecord(options) ? options["notify_external_user"] : undefined;
	return Array.isArray(given) ? given.map(String) : typeof given === "string" && given !== "" ? given.split(",") : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const target = (list: string, uuid: string | undefined): Pick<WaldurRequest, "method" | "path"> =>
	uuid === undefined ? { method: "POST", path: `${list}/` } : { method: "PUT", path: `${list}/${hex(uuid)}/` };

const link = (base: URL, list: string, uuid: string): string => new URL(`${list}/${hex(uuid)}/`, base).href;
