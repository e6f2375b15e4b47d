import type { ListName } from "../../src/import/source.ts";
import { type Entry, hex, type WaldurState } from "../waldur/state.ts";
import { type Change, removeUsage, uuidIn } from "./usage-changes.ts";
import { groups, isPassing } from "./world.ts";

const limits = "component-user-usage-limits";
const policies = "marketplace-offering-usage-policies";
const resources = "marketplace-resources";

const guests = (state: WaldurState) => state.entries("users").filter(({ item }) => isPassing(item["username"]));
/** Whether a link or uuid of the record's field is of that object. */
const isOf = ({ item }: Entry, field: string, uuid: string) => hex(item[field]) === uuid;

const rename =
	(list: ListName): Change =>
	(state, dice) => {
		const entry = dice.oneOf(state.entries(list));
		if (entry === undefined) return;
		const before = entry.item["name"];
		const name = `${String(before).split(" #")[0]} #${dice.below(10_000)}`;
		state.change(list, uuidIn(entry), { name });
		// Quotas name their customer.
		if (list === "customers")
			for (const quota of state.entries("customer-quotas")) if (quota.item["customer_name"] === before) setItem(state, quota, { customer_name: name });
	};

function setItem(state: WaldurState, entry: Entry, fields: object): void {
	entry.item = { ...entry.item, ...fields };
	entry.modified = state.now();
	state.version++;
}

const changeCustomer: Change = (state, dice) => {
	const customer = dice.oneOf(state.entries("customers").slice(1)); // the first one provides
	if (customer === undefined) return;
	const fields = [
		{ blocked: customer.item["blocked"] !== true },
		{ archived: customer.item["archived"] !== true },
		{ organization_groups: groups.filter(() => dice.chance(0.4)).map((uuid) => ({ uuid })) },
	];
	state.change("customers", uuidIn(customer), dice.oneOf(fields) ?? {});
};

const changeQuota: Change = (state, dice) => {
	const quota = dice.oneOf(state.entries("customer-quotas"));
	if (quota !== undefined) setItem(state, quota, { value: dice.chance(0.2) ? null : dice.below(1_000) });
};

const changeResource: Change = (state, dice) => {
	const resource = dice.oneOf(state.entries(resources));
	if (resource !== undefined)
		state.change(resources, uuidIn(resource), { state: dice.chance(0.8) ? "OK" : "Updating", limits: { component_1: dice.below(100) } });
};

const addResource: Change = (state, dice) => {
	const like = dice.oneOf(state.entries(resources));
	if (like === undefined) return;
	const uuid = dice.uuid();
	const now = state.now().toISOString();
	state.add(resources, { ...like.item, uuid, name: `Made ${uuid.slice(0, 6)}`, current_usages: {}, created: now, modified: now });
	state.add("resource-plan-periods", { uuid: dice.uuid(), resource_uuid: uuid, plan_uuid: like.item["plan_uuid"], start: now, end: null });
};

/** Deletes one that was made while this goes on, or one beyond the first sixty, with all that it has. */
const deleteResource: Change = (state, dice) => {
	const uuid = uuidIn(dice.oneOf(state.entries(resources).slice(60)));
	if (uuid === "") return;
	for (const usage of state.entries("marketplace-component-usages").filter((entry) => isOf(entry, "resource_uuid", uuid))) removeUsage(state, uuidIn(usage));
	for (const limit of state.entries(limits).filter((entry) => isOf(entry, "resource", uuid))) state.remove(limits, uuidIn(limit));
	for (const period of state.entries("resource-plan-periods").filter((entry) => isOf(entry, "resource_uuid", uuid)))
		state.remove("resource-plan-periods", uuidIn(period));
	state.remove(resources, uuid);
};

const removeProject: Change = (state, dice) => {
	const project = dice.oneOf(state.entries("projects").slice(20)); // those before have what is watched
	if (project !== undefined) state.change("projects", uuidIn(project), { is_removed: project.item["is_removed"] !== true });
};

const changeLimit: Change = (state, dice) => {
	const limit = dice.oneOf(state.entries(limits));
	if (limit !== undefined) state.change(limits, uuidIn(limit), { limit: (dice.below(100_000) / 100).toFixed(2) });
};

const deleteLimit: Change = (state, dice) => {
	const limit = dice.oneOf(state.entries(limits).slice(10));
	if (limit !== undefined) state.remove(limits, uuidIn(limit));
};

const makeLimitAnew: Change = (state, dice) => {
	const limit = dice.oneOf(state.entries(limits));
	if (limit === undefined) return;
	state.remove(limits, uuidIn(limit));
	state.add(limits, { ...limit.item, uuid: dice.uuid() });
};

const addLimit: Change = (state, dice) => {
	const resource = dice.oneOf(state.entries(resources));
	const offering = state.find("marketplace-provider-offerings", resource?.item["offering_uuid"])?.item;
	const components = Array.isArray(offering?.["components"]) ? offering["components"] : [];
	const component: unknown = dice.oneOf(components)?.uuid;
	const account = dice.oneOf(state.entries("marketplace-offering-users").filter((entry) => isOf(entry, "offering_uuid", hex(offering?.["uuid"]) ?? "")));
	const same = (entry: Entry) =>
		isOf(entry, "resource", uuidIn(resource)) && isOf(entry, "component", hex(component) ?? "") && isOf(entry, "user", uuidIn(account));
	if (resource === undefined || account === undefined || state.entries(limits).some(same)) return;
	state.add(limits, { uuid: dice.uuid(), resource: uuidIn(resource), component, user: uuidIn(account), limit: "50.00" });
};

const changePolicy: Change = (state, dice) => {
	const policy = dice.oneOf(state.entries(policies));
	if (policy === undefined) return;
	const period = dice.between(1, 4);
	state.change(policies, uuidIn(policy), { period, component_limits_set: [{ type: `component_${dice.between(1, 2)}`, limit: dice.between(500, 20_000) }] });
};

const addPolicy: Change = (state, dice) => {
	const like = dice.oneOf(state.entries(policies));
	if (like === undefined || state.entries(policies).length >= 20) return;
	const limit = [{ type: "component_2", limit: dice.between(500, 20_000) }];
	state.add(policies, { ...like.item, uuid: dice.uuid(), created: state.now().toISOString(), component_limits_set: limit });
};

const deletePolicy: Change = (state, dice) => {
	const policy = dice.oneOf(state.entries(policies).slice(4));
	if (policy !== undefined) state.remove(policies, uuidIn(policy));
};

const makePolicyAnew: Change = (state, dice) => {
	const policy = dice.oneOf(state.entries(policies));
	if (policy === undefined) return;
	state.remove(policies, uuidIn(policy));
	state.add(policies, { ...policy.item, uuid: dice.uuid() });
};

const roles = [
	["customer-permissions", "customers", ["CUSTOMER.OWNER", "CUSTOMER.MANAGER", "CUSTOMER.SUPPORT"]],
	["project-permissions", "projects", ["PROJECT.ADMIN", "PROJECT.MANAGER", "PROJECT.MEMBER"]],
	["offering-permissions", "marketplace-provider-offerings", ["OFFERING.MANAGER"]],
] as const;

/** Gives a guest a role, or takes it away. */
const changeRole: Change = (state, dice) => {
	const user = uuidIn(dice.oneOf(guests(state)));
	const [list, scopes, names] = dice.oneOf(roles) ?? roles[0];
	const scope = uuidIn(dice.oneOf(state.entries(scopes).slice(0, 6)));
	const role: string = dice.oneOf(names) ?? names[0];
	if (user === "") return;
	const isHeld = state
		.entries(list)
		.some((entry) => entry.isActive && isOf(entry, "user_uuid", user) && isOf(entry, "scope_uuid", scope) && entry.item["role_name"] === role);
	if (isHeld) state.withdraw(list, user, role, scope);
	else state.grant(list, user, role, scope);
};

const addUser: Change = (state, dice) => {
	const uuid = dice.uuid();
	const username = `guest-${uuid.slice(0, 8)}`;
	state.add("users", { uuid, username, full_name: username, email: "", is_active: true });
};

/** Deletes a user, whose roles end; half of them are made anew, by the same name. */
const deleteUser: Change = (state, dice) => {
	const user = dice.oneOf(guests(state));
	if (user === undefined) return;
	for (const [list] of roles)
		for (const { item, isActive } of state.entries(list).filter((entry) => isOf(entry, "user_uuid", uuidIn(user))))
			if (isActive) state.withdraw(list, uuidIn(user), String(item["role_name"]), String(item["scope_uuid"]));
	state.remove("users", uuidIn(user));
	if (dice.chance(0.5)) state.add("users", { ...user.item, uuid: dice.uuid() });
};

const renameUser: Change = (state, dice) => {
	const user = dice.oneOf(guests(state));
	if (user !== undefined)
		state.change("users", uuidIn(user), { username: `guest-${dice.uuid().slice(0, 10)}`, full_name: "Renamed", is_active: dice.chance(0.9) });
};

/** Two users exchange their names. */
const swapUsers: Change = (state, dice) => {
	const [one, other] = [dice.oneOf(guests(state)), dice.oneOf(guests(state))];
	if (one === undefined || other === undefined || one === other) return;
	const username = one.item["username"];
	state.change("users", uuidIn(one), { username: other.item["username"] });
	state.change("users", uuidIn(other), { username });
};

/** Changes of everything else and how often each is made. */
export const otherChanges: readonly (readonly [weight: number, Change])[] = [
	[20, rename("customers")],
	[10, rename("projects")],
	[10, rename("marketplace-provider-offerings")],
	[20, rename(resources)],
	[25, changeCustomer],
	[10, changeQuota],
	[20, changeResource],
	[8, addResource],
	[4, deleteResource],
	[6, removeProject],
	[15, changeLimit],
	[8, addLimit],
	[5, deleteLimit],
	[6, makeLimitAnew],
	[12, changePolicy],
	[5, addPolicy],
	[3, deletePolicy],
	[4, makePolicyAnew],
	[60, changeRole],
	[6, addUser],
	[4, deleteUser],
	[10, renameUser],
	[4, swapUsers],
];
