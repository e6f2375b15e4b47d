import { amountOf, type Hundredths } from "./amounts.ts";
import { evaluate } from "./policies.ts";
import { turnMonth } from "./turns.ts";
import { componentOf, mergeCurrentUsages, resourceOf, usageOf, type World } from "./world.ts";

/** A usage record as Waldur writes it; the month and the moment in ISO 8601. */
export interface UsageRecord {
	readonly uuid: string;
	readonly resource_uuid: string;
	readonly type: string;
	readonly usage: string;
	readonly date: string;
	readonly billing_period: string;
	readonly recurring: boolean;
	readonly description: string;
}

export interface CustomerRecord {
	readonly uuid: string;
	readonly name: string;
	readonly abbreviation: string;
	readonly blocked: boolean;
	readonly archived: boolean;
	readonly organization_groups: readonly { readonly uuid: string }[];
}

type Outcome = "created" | "updated" | "unchanged" | { readonly uuid: string; readonly field: string };

/** What became of the records, in numbers, and which fields of which records were refused. */
export interface ImportSummary {
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly refusals: readonly { readonly uuid: string; readonly field: string }[];
}

/** Customers, then usages; policies once at the end, when anything has changed. */
export function importRecords(world: World, customers: readonly CustomerRecord[], usages: readonly UsageRecord[]): ImportSummary {
	const outcomes = [...customers.map((record) => importCustomer(world, record)), ...usages.map((record) => importUsage(world, record))];
	const count = (outcome: Outcome) => outcomes.filter((other) => other === outcome).length;
	const refusals = outcomes.filter((outcome) => typeof outcome === "object");
	const summary = { created: count("created"), updated: count("updated"), unchanged: count("unchanged"), refusals };
	if (summary.created + summary.updated > 0 && world.policies.length > 0) {
		if (world.turned.size > 0) turnMonth(world, evaluate);
		evaluate(world);
	}
	return summary;
}

function importCustomer(world: World, { uuid, blocked, archived, organization_groups }: CustomerRecord): Outcome {
	const customer = world.customers.find((candidate) => candidate.uuid === uuid);
	if (customer === undefined) throw new Error("Only customers that are there are imported.");
	const groups = new Set(organization_groups.map((group) => group.uuid));
	const isSame = customer.blocked === blocked && customer.archived === archived && sorted(customer.groups) === sorted(groups);
	Object.assign(customer, { blocked, archived, groups });
	return isSame ? "unchanged" : "updated";
}

const sorted = (groups: ReadonlySet<string>): string => [...groups].sort().join();

function importUsage(world: World, { uuid, resource_uuid, type, usage, date, billing_period: month, recurring, description }: UsageRecord): Outcome {
	const amount = amountOf(usage);
	if (typeof amount === "string") return { uuid, field: "usage" };
	const resource = resourceOf(world, resource_uuid);
	if (resource === undefined) return { uuid, field: "resource_uuid" };
	if (componentOf(world, type) === undefined) return { uuid, field: "type" };
	const fields: { amount: Hundredths; date: Date; recurring: boolean; description: string } = { amount, date: new Date(date), recurring, description };
	const present = usageOf(world, resource, type, month);
	if (present === undefined) {
		world.usages.push({ uuid, resource, type, month, ...fields, planPeriod: null, modifiedBy: null, writtenHere: false, parts: new Map() });
		mergeCurrentUsages(world, resource, [type]);
		return "created";
	}
	if (present.uuid !== uuid) {
		// The source has the stored uuid no more: the record was made anew there, or written here.
		for (const firing of world.firings) if (firing.cause === present.uuid) firing.cause = uuid;
		Object.assign(present, { ...fields, uuid, writtenHere: false, modifiedBy: present.amount === amount ? present.modifiedBy : null });
		mergeCurrentUsages(world, resource, [type]);
		return "updated";
	}
	const isSame =
		present.amount === amount && present.date.getTime() === fields.date.getTime() && present.recurring === recurring && present.description === description;
	if (isSame) return "unchanged";
	Object.assign(present, { ...fields, writtenHere: false, modifiedBy: present.amount === amount ? present.modifiedBy : null });
	mergeCurrentUsages(world, resource, [type]);
	return "updated";
}
