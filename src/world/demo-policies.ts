import type { Period } from "./dataset.ts";
import { groupLinks, offeringUuid } from "./demo-people.ts";
import { momentIn, monthsAfter } from "./months.ts";
import { namedUuid } from "./random.ts";

interface DemoPolicy {
	readonly name: string;
	readonly offering: string;
	readonly actions: string;
	readonly by: string;
	/** Empty: the policy applies to all. */
	readonly groups: readonly string[];
	readonly limits: Readonly<Record<string, number>>;
	/** Waldur's numbers: total, one month, three months, twelve months. */
	readonly period: 1 | 2 | 3 | 4;
	readonly emails?: string;
	/** It had fired in Waldur already; others that are exceeded fire when they are imported. */
	readonly fired?: boolean;
}

/** A month's limit far above what others report, so that one report decides. */
export const monthlyHours = 50_000;

export const monthlyPolicy = "monthly hours of universities";

const policies: readonly DemoPolicy[] = [
	{
		name: monthlyPolicy,
		offering: "Larch supercomputer",
		actions: "notify_organization_owners,block_creation_of_new_resources",
		by: "provider",
		groups: ["Higher education", "Universities of technology"],
		limits: { cpu_hours: monthlyHours },
		period: 2,
	},
	{
		name: "yearly hours",
		offering: "Larch supercomputer",
		actions: "notify_external_user",
		by: "provider",
		groups: [],
		limits: { cpu_hours: 60_000 },
		period: 4,
		emails: "capacity@example.org,planning@example.org",
		fired: true,
	},
	{
		name: "quarterly GPU hours of health and research",
		offering: "Birch GPU cluster",
		actions: "notify_organization_owners",
		by: "operator",
		groups: ["Health care", "Higher education"],
		limits: { gpu_hours: 1000, cpu_hours: 1_000_000 },
		period: 3,
	},
	{
		name: "traffic ever",
		offering: "Object storage",
		actions: "block_creation_of_new_resources",
		by: "skerry",
		groups: [],
		limits: { egress_gb: 10_000 },
		period: 1,
	},
	{
		name: "addresses of the industry",
		offering: "Virtual machines",
		actions: "notify_organization_owners,notify_external_user,block_creation_of_new_resources",
		by: "skerry",
		groups: ["Industry"],
		limits: { "network/floating-ip": 200 },
		period: 2,
		emails: "network@example.org",
	},
	{
		name: "sessions of a quarter",
		offering: "Research notebooks",
		actions: "notify_organization_owners",
		by: "provider",
		groups: [],
		limits: { session_hours: 100_000 },
		period: 3,
	},
	{
		name: "restored data of health care",
		offering: "Backup vault",
		actions: "notify_external_user",
		by: "archive",
		groups: ["Health care"],
		limits: { restored_gb: 1_000_000 },
		period: 1,
		emails: "vault@example.org",
	},
];

export const policyUuid = (name: string) => namedUuid("policy", name);

/** Policies of every period and action, aimed at groups and at all. */
export function demoPolicies(period: Period) {
	const created = momentIn(monthsAfter(period.until, -period.months + 2), 5, 10);
	const fired = momentIn(monthsAfter(period.until, -3), 26, 14);
	return {
		"marketplace-offering-usage-policies": policies.map((policy) => ({
			uuid: policyUuid(policy.name),
			scope_uuid: offeringUuid(policy.offering),
			scope_name: policy.offering,
			actions: policy.actions,
			created,
			created_by_username: policy.by,
			has_fired: policy.fired === true,
			fired_datetime: policy.fired === true ? fired : null,
			options: policy.emails === undefined ? {} : { notify_external_user: policy.emails },
			organization_groups: groupLinks(...policy.groups),
			apply_to_all: policy.groups.length === 0,
			component_limits_set: Object.entries(policy.limits).map(([type, limit]) => ({ type, limit })),
			period: policy.period,
		})),
	};
}
