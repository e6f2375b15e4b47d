import type { ListName } from "../../src/import/source.ts";

/** A uuid of 32 hex digits, told apart by its last digits. */
export const id = (number: number): string => `00000000000040008000${String(number).padStart(12, "0")}`;

/** The dashed form, as it is stored. */
export const stored = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** One of everything: a resource of an offering with two components, and one month's usage of one of them. */
export function smallWorld() {
	return {
		"organization-groups": [{ uuid: id(1), name: "Universities", parent_uuid: null }],
		customers: [
			{ uuid: id(10), name: "Provider", abbreviation: "P", organization_groups: [] },
			{ uuid: id(11), name: "University", abbreviation: "U", organization_groups: [{ uuid: id(1) }] },
		],
		users: [{ uuid: id(20), username: "ann", full_name: "Ann", email: "ann@example.org" }],
		projects: [{ uuid: id(30), name: "Project", customer_uuid: id(11) }],
		"customer-permissions": [{ user_uuid: id(20), role_name: "CUSTOMER.OWNER", scope_uuid: id(11), expiration_time: null }],
		"marketplace-categories": [{ uuid: id(40), title: "Computing", components: [{ type: "cpu", name: "CPU hours", measured_unit: "h" }] }],
		"marketplace-provider-offerings": [
			{
				uuid: id(50),
				name: "Cluster",
				state: "Active",
				customer_uuid: id(10),
				category_uuid: id(40),
				plugin_options: {},
				components: [
					{ uuid: id(51), type: "cpu", name: "CPU", measured_unit: "h", billing_type: "usage", limit_period: null, limit_amount: null },
					{ uuid: id(52), type: "ram", name: "RAM", measured_unit: "GB", billing_type: "limit", limit_period: "month", limit_amount: 5 },
				],
				plans: [{ uuid: id(55), name: "Standard", unit: "month", unit_price: "1.5", archived: false, quotas: { cpu: 10 }, prices: { cpu: "0.01", ram: "2" } }],
			},
		],
		"marketplace-resources": [
			{
				uuid: id(60),
				name: "Node",
				state: "OK",
				offering_uuid: id(50),
				project_uuid: id(30),
				plan_uuid: id(55),
				limits: { ram: 4 },
				current_usages: { cpu: "7.5" },
			},
		],
		"resource-plan-periods": [{ uuid: id(65), resource_uuid: id(60), plan_uuid: id(55), start: "2024-01-01T00:00:00Z", end: null }],
		"marketplace-offering-users": [{ uuid: id(70), offering_uuid: id(50), user_uuid: id(20), username: "ann-hpc" }],
		"marketplace-component-usages": [
			{
				uuid: id(80),
				resource_uuid: id(60),
				offering_uuid: id(50),
				type: "cpu",
				usage: 7.5,
				date: "2024-03-05T10:00:00Z",
				billing_period: "2024-03-01",
				recurring: false,
			},
		],
		"marketplace-component-user-usages": [{ uuid: id(90), component_usage: id(80), username: "ann-hpc", usage: "2.5", user: id(70) }],
		"component-user-usage-limits": [{ uuid: id(95), resource: id(60), component: id(51), user: id(70), limit: "100.00" }],
		"marketplace-offering-usage-policies": [
			{
				uuid: id(99),
				scope_uuid: id(50),
				actions: "notify_organization_owners,notify_external_user",
				created: "2024-01-01T00:00:00Z",
				created_by_username: "ann",
				has_fired: false,
				fired_datetime: null,
				options: { notify_external_user: "a@example.org, b@example.org" },
				organization_groups: [{ uuid: id(1) }],
				apply_to_all: false,
				component_limits_set: [{ type: "cpu", limit: 100 }],
				period: 2,
			},
		],
		"customer-quotas": [{ quota_name: "os_cpu_count", customer_name: "University", customer_abbreviation: "U", value: 12 }],
	} satisfies Partial<Record<ListName, readonly object[]>>;
}

type World = ReturnType<typeof smallWorld>;

/** The small world with other records in some lists. */
export const worldWith = (lists: Partial<Record<ListName, readonly object[] | string>>) => ({ ...smallWorld(), ...lists });

/** One record of the small world with other fields. */
export const changed = <List extends keyof World>(list: List, fields: object): object[] => {
	const [first, ...rest] = smallWorld()[list];
	return [{ ...first, ...fields }, ...rest];
};
