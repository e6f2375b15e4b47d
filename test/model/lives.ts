import { evaluate, isBlocked } from "./policies.ts";
import { absent, notFound, problem, type Refused, refusedBy, ruleBroken } from "./refusals.ts";
import { turnMonth } from "./turns.ts";
import { type Customer, type Firing, mergeCurrentUsages, type Resource, resourceOf, type World } from "./world.ts";

/** A new resource in the project; `uuid` is the one that it is answered with. */
export function createResource(world: World, project: string, uuid: string): Refused | Resource {
	const customer = world.customers.find((candidate) => candidate.project === project);
	if (customer === undefined || customer.projectIsRemoved) return notFound(absent("Project", project, "project"));
	turnMonth(world, evaluate);
	const closed = refusedBy(ruleBroken, [
		...(customer.blocked ? [problem("CUSTOMER_BLOCKED", "Blocked organization is not available.", "project")] : []),
		...(customer.archived ? [problem("CUSTOMER_BLOCKED", "Archived organization is not available.", "project")] : []),
	]);
	if (closed !== undefined) return closed;
	if (isBlocked(world, customer)) {
		return ruleBroken(problem("BLOCKED_BY_POLICY", "Creation of new resources in this project is not available due to a policy.", "project"));
	}
	const resource: Resource = { uuid, customer, plan: world.plan, state: "CREATING", periods: [], currentUsages: new Map() };
	world.resources.push(resource);
	return resource;
}

/** `period` is the uuid of the plan period that is answered beyond those that were there. */
export function setResourceState(world: World, uuid: string, state: string, period: string): Refused | Resource {
	const resource = resourceOf(world, uuid);
	if (resource === undefined) return notFound(absent("Resource", uuid, "resource"));
	if (resource.state === "TERMINATED" && state !== "TERMINATED") {
		return ruleBroken(problem("INVALID_RESOURCE_STATE", "A terminated resource stays terminated.", "state"));
	}
	resource.state = state;
	if (state === "TERMINATED") endPeriods(world, resource);
	if (state === "OK" && resource.plan !== null && resource.periods.length === 0) {
		resource.periods.push({ uuid: period, plan: resource.plan, created: world.now, start: world.now, end: null });
	}
	return resource;
}

/** What applies, or was to apply for longer, ends now. */
function endPeriods({ now }: World, { periods }: Resource): void {
	for (const period of periods) if (period.end === null || period.end > now) period.end = now;
}

export function setResourcePlan(world: World, uuid: string, plan: string, period: string): Refused | Resource {
	const resource = resourceOf(world, uuid);
	if (resource === undefined) return notFound(absent("Resource", uuid, "resource"));
	if (plan !== world.plan && plan !== world.otherPlan) return notFound(absent("Plan", plan, "plan"));
	if (resource.state === "TERMINATED") {
		return ruleBroken(problem("INVALID_RESOURCE_STATE", "A terminated resource gets no other plan.", "resource"));
	}
	if (resource.plan === plan) return resource;
	resource.plan = plan;
	const runs = resource.periods.length > 0 || ["OK", "UPDATING", "TERMINATING"].includes(resource.state);
	endPeriods(world, resource);
	if (runs) resource.periods.push({ uuid: period, plan, created: world.now, start: world.now, end: null });
	return resource;
}

export interface CustomerChange {
	readonly blocked?: boolean;
	readonly archived?: boolean;
	readonly organizationGroups?: readonly string[];
}

/** Changes a customer; the policies of the offering are looked at when the customer has usage of it. */
export function updateCustomer(
	world: World,
	uuid: string,
	{ organizationGroups, ...flags }: CustomerChange,
): Refused | { customer: Customer; firings: Firing[] } {
	const customer = world.customers.find((candidate) => candidate.uuid === uuid);
	if (customer === undefined) return notFound(absent("Customer", uuid, "uuid"));
	const missing = (organizationGroups ?? []).filter((group) => !world.groups.includes(group));
	const refused = refusedBy(
		notFound,
		missing.map((group) => absent("Organization group", group, "organizationGroups")),
	);
	if (refused !== undefined) return refused;
	const hasUsage = world.usages.some(({ resource }) => resource.customer === customer);
	if (hasUsage) turnMonth(world, evaluate);
	Object.assign(customer, flags);
	if (organizationGroups !== undefined) customer.groups = new Set(organizationGroups);
	return { customer, firings: hasUsage ? evaluate(world) : [] };
}

/** Deletes a usage record with its parts; what it caused stays, without a cause. */
export function deleteUsage(world: World, uuid: string): Refused | { firings: Firing[] } {
	const usage = world.usages.find((candidate) => candidate.uuid === uuid);
	if (usage === undefined) return notFound(absent("Component usage", uuid, "uuid"));
	turnMonth(world, evaluate);
	world.usages = world.usages.filter((other) => other !== usage);
	for (const firing of world.firings) if (firing.cause === uuid) firing.cause = null;
	usage.resource.currentUsages.delete(usage.type);
	mergeCurrentUsages(world, usage.resource, [usage.type]);
	return { firings: evaluate(world) };
}
