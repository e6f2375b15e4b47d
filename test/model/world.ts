import type { Hundredths } from "./amounts.ts";
import { type Month, monthOf } from "./months.ts";

/** What there is in the domain, in memory: one offering, and all who have to do with it. */
export interface World {
	now: Date;
	/** The username of who reports. */
	readonly reporter: string;
	readonly offering: string;
	readonly plan: string;
	/** Another plan of the offering. */
	readonly otherPlan: string;
	readonly supportsLimits: boolean;
	readonly components: readonly Component[];
	readonly groups: readonly string[];
	readonly customers: readonly Customer[];
	readonly accounts: readonly Account[];
	/** What another offering has, and this one must refuse. */
	readonly elsewhere: { readonly component: string; readonly account: string };
	readonly resources: Resource[];
	usages: Usage[];
	limits: Limit[];
	policies: Policy[];
	/** In the order of the log. */
	readonly firings: Firing[];
	/** Whose each firing is, also after the policy was deleted: the policy as it is, or was last. */
	readonly policyOf: Map<Firing, Policy>;
	/** Months that have begun. */
	readonly turned: Set<Month>;
}

export interface Component {
	readonly uuid: string;
	readonly type: string;
	readonly billingType: "USAGE" | "LIMIT" | "FIXED";
	readonly limitPeriod: "MONTH" | "QUARTERLY" | "ANNUAL" | "TOTAL" | null;
	readonly limitAmount: number | null;
}

export interface Customer {
	readonly uuid: string;
	readonly project: string;
	projectIsRemoved: boolean;
	blocked: boolean;
	archived: boolean;
	groups: Set<string>;
}

export interface Account {
	readonly uuid: string;
	readonly username: string | null;
}

export interface Resource {
	readonly uuid: string;
	readonly customer: Customer;
	plan: string | null;
	state: string;
	readonly periods: PlanPeriod[];
	readonly currentUsages: Map<string, Hundredths>;
}

export interface PlanPeriod {
	readonly uuid: string;
	readonly plan: string;
	/** By which they are listed. */
	readonly created: Date;
	readonly start: Date | null;
	end: Date | null;
}

export interface Usage {
	uuid: string;
	readonly resource: Resource;
	readonly type: string;
	readonly month: Month;
	amount: Hundredths;
	date: Date;
	description: string;
	recurring: boolean;
	planPeriod: string | null;
	modifiedBy: string | null;
	/** Reported or carried over, and not imported since: an import may give it another uuid. */
	writtenHere: boolean;
	readonly parts: Map<string, Part>;
}

export interface Part {
	uuid: string;
	readonly username: string;
	amount: Hundredths;
	user: string | null;
}

export interface Limit {
	readonly uuid: string;
	readonly resource: Resource;
	component: string;
	user: string;
	amount: Hundredths;
}

export type PolicyPeriod = "TOTAL" | "ONE_MONTH" | "THREE_MONTHS" | "TWELVE_MONTHS";

/** What is asked of a policy; limits are whole numbers in plain notation. */
export interface PolicyRequest {
	readonly actions: readonly string[];
	readonly emails: readonly string[];
	readonly applyToAll: boolean;
	readonly organizationGroups: readonly string[];
	readonly period: PolicyPeriod;
	readonly componentLimits: readonly { readonly type: string; readonly limit: string }[];
}

export interface Policy {
	readonly uuid: string;
	request: PolicyRequest;
	hasFired: boolean;
	firedDatetime: Date | null;
}

export interface Firing {
	/** Null when the policy was deleted since. */
	policy: string | null;
	readonly kind: "FIRED" | "RESET" | "WITHDRAWN";
	readonly created: Date;
	readonly windowStart: Month | null;
	readonly windowEnd: Month;
	/** Null when nothing was reported, or the record was deleted since. */
	cause: string | null;
	readonly breaches: readonly { readonly type: string; readonly used: string; readonly limit: string }[];
}

export const thisMonth = (world: World): Month => monthOf(world.now);

export const resourceOf = (world: World, uuid: string): Resource | undefined => world.resources.find((resource) => resource.uuid === uuid);

export const componentOf = (world: World, type: string): Component | undefined => world.components.find((component) => component.type === type);

export const usageOf = (world: World, resource: Resource, type: string, month: Month): Usage | undefined =>
	world.usages.find((usage) => usage.resource === resource && usage.type === type && usage.month === month);

export const byUuid = <Item extends { readonly uuid: string }>(items: readonly Item[]): Item[] =>
	[...items].sort((one, other) => (one.uuid < other.uuid ? -1 : 1));

/** The current usage of a type is what the latest month says. */
export function mergeCurrentUsages(world: World, resource: Resource, types: readonly string[]): void {
	for (const type of types) {
		const records = world.usages.filter((usage) => usage.resource === resource && usage.type === type);
		const latest = records.sort((one, other) => (one.month < other.month ? 1 : -1))[0];
		if (latest !== undefined) resource.currentUsages.set(type, latest.amount);
	}
}
