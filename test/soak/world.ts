import type { ListName } from "../../src/import/source.ts";
import { benchDataset } from "../../src/world/bench.ts";
import { namedUuid } from "../../src/world/random.ts";
import { usageRecords, usages, userUsageRecords } from "../../src/world/usages.ts";
import type { RoleList, WaldurState } from "../waldur/state.ts";

/** Someone with one role, given and taken away again and again, and a resource that only this role opens. */
export interface Watcher {
	readonly user: string;
	readonly username: string;
	readonly list: RoleList;
	readonly role: string;
	readonly scope: string;
	readonly resource: string;
}

type Records = Partial<Record<ListName, readonly object[]>>;
// biome-ignore lint/suspicious/noExplicitAny: a record of the generated world, by its published fields
type Made = any;

export const groups = [0, 1, 2, 3].map((index) => namedUuid("bench group", index));

/** Users who come and go; the others stay. */
export const isPassing = (username: unknown): boolean => String(username).startsWith("guest");

/** So many resources, some dozens at least, with three months of usage, whose sums are about the limits of policies. The current month is that of `now`. */
export function soakWorld(now: Date, seed: number, count: number) {
	const period = { until: now.toISOString().slice(0, 7), months: 3, now };
	const size = { customers: 12, projects: 24, offerings: 4, components: 2, resources: count, usersPerUsage: 3 };
	const { lists: made, reporters } = benchDataset(size, period);
	const recordsOf = (list: ListName): readonly Made[] => made[list] ?? [];
	const resources = recordsOf("marketplace-resources");
	const projects = recordsOf("projects");
	const watchers = [...Array(9).keys()].map((index): Watcher => {
		const resource: Made = resources[40 + index];
		const project: Made = projects.find(({ uuid }) => uuid === resource.project_uuid);
		const roles = [
			{ list: "customer-permissions", role: "CUSTOMER.OWNER", scope: project.customer_uuid },
			{ list: "project-permissions", role: "PROJECT.MEMBER", scope: project.uuid },
			{ list: "offering-permissions", role: "OFFERING.MANAGER", scope: resource.offering_uuid },
		] as const;
		const held = roles[index % 3] ?? roles[0];
		return { ...held, user: namedUuid("soak watcher", index), username: `watcher${"abcdefghi"[index]}`, resource: resource.uuid };
	});
	const person = (uuid: string, username: string) => ({ uuid, username, full_name: username, email: `${username}@example.org` });
	const guests = [...Array(30).keys()].map((index) => person(namedUuid("soak guest", index), `guest${index}`));
	const lists: Records = {
		...made,
		users: [...recordsOf("users"), ...guests, ...watchers.map(({ user, username }) => person(user, username))],
		"marketplace-provider-offerings": recordsOf("marketplace-provider-offerings").map((offering, index) => ({
			...offering,
			plans: [...offering.plans, { ...offering.plans[0], uuid: namedUuid("soak plan", index), name: "Other" }],
		})),
		"marketplace-offering-usage-policies": recordsOf("marketplace-offering-usage-policies").map((policy) => ({
			...policy,
			component_limits_set: [{ type: "component_1", limit: ((policy.period === 2 ? 25 : 75) * count) / (policy.apply_to_all ? 1 : 4) }],
		})),
		"component-user-usage-limits": [...Array(40).keys()].map((index) => {
			const resource: Made = resources[index];
			const account: Made = recordsOf("marketplace-offering-users").find(({ offering_uuid }) => offering_uuid === resource.offering_uuid);
			const component = namedUuid("bench component", index % size.offerings, "component_2");
			return { uuid: namedUuid("soak limit", index), resource: resource.uuid, component, user: account.uuid, limit: "1000.00" };
		}),
		"customer-quotas": recordsOf("customers").map(({ name, abbreviation }, index) => ({
			quota_name: "os_cpu_count",
			customer_name: name,
			customer_abbreviation: abbreviation,
			value: index,
		})),
	};
	/** Usages are of the plan period that each resource begins with. */
	const fill = (state: WaldurState) => {
		const periods = new Map(recordsOf("resource-plan-periods").map(({ uuid, resource_uuid }) => [resource_uuid, uuid]));
		for (const record of usageRecords(usages(reporters, period, seed)) as Iterable<Made>)
			state.add("marketplace-component-usages", record, periods.get(record.resource_uuid));
		for (const record of userUsageRecords(usages(reporters, period, seed), seed)) state.add("marketplace-component-user-usages", record);
	};
	return { lists, watchers, fill };
}
