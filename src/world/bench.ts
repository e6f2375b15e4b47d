import type { Dataset, Period, Reporter } from "./dataset.ts";
import { momentIn, monthsAfter } from "./months.ts";
import { namedUuid } from "./random.ts";

/** How much of everything a world for measurements has. Every resource reports every component every month. */
export interface BenchSize {
	readonly customers: number;
	readonly projects: number;
	readonly offerings: number;
	/** Components of each offering. */
	readonly components: number;
	readonly resources: number;
	/** Users whose parts of each usage are reported. */
	readonly usersPerUsage: number;
}

const count = <Item>(many: number, make: (index: number) => Item): Item[] => Array.from({ length: many }, (_, index) => make(index));

/** A uniform world: everything is numbered and spread evenly. */
export function benchDataset(size: BenchSize, period: Period): Dataset {
	const created = momentIn(monthsAfter(period.until, -period.months), 2, 8);
	const customer = (index: number) => namedUuid("bench customer", index % size.customers);
	const project = (index: number) => namedUuid("bench project", index % size.projects);
	const offering = (index: number) => namedUuid("bench offering", index % size.offerings);
	const plan = (index: number) => namedUuid("bench plan", index % size.offerings);
	const resource = (index: number) => namedUuid("bench resource", index);
	const group = (index: number) => namedUuid("bench group", index % groups);
	const user = (index: number) => namedUuid("bench user", index);
	const account = (at: number, index: number) => namedUuid("bench account", at % size.offerings, index);
	const groups = 4;
	const roles = ["staff", "support", "provider", "owner", "manager", "member"];
	const people = Math.max(roles.length, size.usersPerUsage);
	const types = count(size.components, (index) => `component_${index + 1}`);
	const usual = 100_00;

	const reporters = count(size.resources, (index): Reporter => {
		const accounts = count(size.usersPerUsage, (number) => ({ username: `account-${number + 1}`, uuid: account(index, number) }));
		const components = types.map((type) => ({ type, usual, recurring: false }));
		return { resource: resource(index), offering: offering(index), components, first: 0, months: period.months, accounts };
	});
	return {
		reporters,
		lists: {
			"organization-groups": count(groups, (index) => ({ uuid: group(index), name: `Group ${index + 1}`, parent_uuid: null })),
			customers: count(size.customers, (index) => ({
				uuid: customer(index),
				name: `Customer ${index + 1}`,
				abbreviation: `C${index + 1}`,
				blocked: false,
				archived: false,
				organization_groups: [{ uuid: group(index) }],
				created,
			})),
			users: count(people, (index) => ({
				uuid: user(index),
				username: roles[index] ?? `user-${index + 1}`,
				full_name: `User ${index + 1}`,
				email: `user-${index + 1}@example.org`,
				is_staff: index === 0,
				is_support: index === 1,
				is_active: true,
			})),
			projects: count(size.projects, (index) => ({
				uuid: project(index),
				name: `Project ${index + 1}`,
				customer_uuid: customer(index),
				is_removed: false,
				created,
			})),
			"customer-permissions": [
				{ user_uuid: user(2), role_name: "CUSTOMER.OWNER", scope_uuid: customer(0), expiration_time: null },
				{ user_uuid: user(3), role_name: "CUSTOMER.OWNER", scope_uuid: customer(1), expiration_time: null },
			],
			"project-permissions": [
				{ user_uuid: user(4), role_name: "PROJECT.MANAGER", scope_uuid: project(1), expiration_time: null },
				{ user_uuid: user(5), role_name: "PROJECT.MEMBER", scope_uuid: project(1), expiration_time: null },
			],
			"marketplace-categories": [
				{ uuid: namedUuid("bench category"), title: "Measurements", components: [{ type: types[0], name: "Component 1", measured_unit: "unit" }] },
			],
			"marketplace-provider-offerings": count(size.offerings, (index) => ({
				uuid: offering(index),
				name: `Offering ${index + 1}`,
				state: "Active",
				customer_uuid: customer(0),
				category_uuid: namedUuid("bench category"),
				plugin_options: {},
				backend_id: `cluster-${index + 1}`,
				shared: true,
				organization_groups: [],
				components: types.map((type, number) => ({
					uuid: namedUuid("bench component", index, type),
					type,
					name: `Component ${number + 1}`,
					description: "",
					measured_unit: "unit",
					billing_type: "usage",
					limit_period: null,
					limit_amount: null,
				})),
				plans: [{ uuid: plan(index), name: "Standard", unit: "month", unit_price: "10.0000000000", archived: false, quotas: {}, prices: {} }],
			})),
			"marketplace-resources": count(size.resources, (index) => ({
				uuid: resource(index),
				name: `Resource ${index + 1}`,
				state: "OK",
				offering_uuid: offering(index),
				project_uuid: project(index),
				plan_uuid: plan(index),
				backend_id: `alloc-${index + 1}`,
				limits: {},
				created,
				modified: created,
			})),
			"resource-plan-periods": count(size.resources, (index) => ({
				uuid: namedUuid("bench plan period", index),
				resource_uuid: resource(index),
				plan_uuid: plan(index),
				start: created,
				end: null,
			})),
			"marketplace-offering-users": count(size.offerings, (at) =>
				count(size.usersPerUsage, (index) => ({
					uuid: account(at, index),
					offering_uuid: offering(at),
					user_uuid: user(index),
					username: `account-${index + 1}`,
					is_restricted: false,
				})),
			).flat(),
			"marketplace-offering-usage-policies": count(size.offerings, (index) => ({
				uuid: namedUuid("bench policy", index),
				scope_uuid: offering(index),
				actions: "notify_organization_owners",
				created,
				created_by_username: "provider",
				has_fired: false,
				fired_datetime: null,
				options: {},
				organization_groups: index % 2 === 0 ? [] : [{ uuid: group(index) }],
				apply_to_all: index % 2 === 0,
				component_limits_set: [{ type: types[0], limit: 1_000_000_000 }],
				period: (index % 4) + 1,
			})),
		},
	};
}
