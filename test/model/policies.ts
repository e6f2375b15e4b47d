import { type Hundredths, printed, sum } from "./amounts.ts";
import { isIn, later, type Month, type Window } from "./months.ts";
import { absent, invalidInput, notFound, type Problem, problem, type Refused, refusedBy, ruleBroken } from "./refusals.ts";
import { turnMonth } from "./turns.ts";
import { type Customer, type Firing, type Policy, type PolicyPeriod, type PolicyRequest, thisMonth, type Usage, type World } from "./world.ts";

const months: Record<Exclude<PolicyPeriod, "TOTAL">, number> = { ONE_MONTH: 1, THREE_MONTHS: 3, TWELVE_MONTHS: 12 };

function windowOf(period: PolicyPeriod, month: Month): Window {
	return period === "TOTAL" ? { first: null, last: null } : { first: later(month, 1 - months[period]), last: month };
}

/** Whether the customer counts for the policy, and is bound by it. */
export const affects = ({ request }: { request: PolicyRequest }, customer: Customer): boolean =>
	!customer.blocked && !customer.archived && (request.applyToAll || request.organizationGroups.some((group) => customer.groups.has(group)));

/** What the affected customers together used of the component in the policy's window. */
export function totalOf(world: World, policy: { request: PolicyRequest }, type: string, without?: Usage): Hundredths {
	const window = windowOf(policy.request.period, thisMonth(world));
	const counted = (usage: Usage) => usage !== without && usage.type === type && isIn(usage.month, window) && affects(policy, usage.resource.customer);
	return sum(world.usages.filter(counted).map(({ amount }) => amount));
}

/** A policy's limits by type of component, with what is used of them. */
export const limitsOf = (world: World, policy: Policy) =>
	[...policy.request.componentLimits]
		.sort((one, other) => (one.type < other.type ? -1 : 1))
		.map(({ type, limit }) => {
			const used = totalOf(world, policy, type);
			return { component: { type }, limit: String(BigInt(limit)), used: printed(used), exceeded: used > BigInt(limit) * 100n };
		});

/** A record that was reported, and its usage before. */
export interface Change {
	readonly usage: Usage;
	readonly before: Hundredths;
}

/** Turns every policy that is to be turned; what a report changed is what may have caused it. */
export function evaluate(world: World, changes: readonly Change[] = []): Firing[] {
	const firings: Firing[] = [];
	for (const policy of [...world.policies].sort((one, other) => (one.uuid < other.uuid ? -1 : 1))) {
		if (policy.hasFired === limitsOf(world, policy).some((limit) => limit.exceeded)) continue;
		policy.hasFired = !policy.hasFired;
		if (policy.hasFired) policy.firedDatetime = world.now;
		firings.push(record(world, policy, policy.hasFired ? "FIRED" : "RESET", causeOf(world, policy, changes)));
	}
	return firings;
}

/** Records a firing, with the limits that are exceeded now. */
function record(world: World, policy: Policy, kind: Firing["kind"], cause: string | null): Firing {
	const month = thisMonth(world);
	const exceeded = limitsOf(world, policy).filter((limit) => limit.exceeded);
	const firing: Firing = {
		policy: policy.uuid,
		kind,
		created: world.now,
		windowStart: windowOf(policy.request.period, month).first,
		windowEnd: month,
		cause,
		breaches: exceeded.map(({ component, used, limit }) => ({ type: component.type, used, limit })),
	};
	world.firings.push(firing);
	world.policyOf.set(firing, policy);
	return firing;
}

/** The firings of policies whose audience includes the customer, newest first. */
export const firingsAimedAt = (world: World, { groups }: Customer): Firing[] =>
	world.firings
		.filter((firing) => {
			const request = world.policyOf.get(firing)?.request;
			return request?.applyToAll === true || request?.organizationGroups.some((group) => groups.has(group)) === true;
		})
		.reverse();

/** The record that raised an exceeded total most, or, of a policy that is not fired any more, lowered one that was exceeded most. */
function causeOf(world: World, policy: Policy, changes: readonly Change[]): string | null {
	const window = windowOf(policy.request.period, thisMonth(world));
	const counted = changes.filter(({ usage }) => isIn(usage.month, window) && affects(policy, usage.resource.customer));
	const share = ({ usage, before }: Change) => (policy.hasFired ? usage.amount - before : before - usage.amount);
	const isCrossed = ({ type, limit }: { type: string; limit: string }): boolean => {
		const undone = policy.hasFired ? 0n : sum(counted.filter(({ usage }) => usage.type === type).map(share));
		return totalOf(world, policy, type) + undone > BigInt(limit) * 100n;
	};
	const crossed = policy.request.componentLimits.filter(isCrossed).map(({ type }) => type);
	const owed = counted.filter((change) => crossed.includes(change.usage.type) && share(change) > 0n);
	const [most] = owed.sort((one, other) => Number(share(other) - share(one)));
	return most?.usage.uuid ?? null;
}

/** Whether a fired policy keeps the customer from getting more resources. */
export const isBlocked = (world: World, customer: Customer): boolean =>
	world.policies.some((policy) => policy.hasFired && policy.request.actions.includes("BLOCK_CREATION_OF_NEW_RESOURCES") && affects(policy, customer));

export function createPolicy(world: World, scope: string, request: PolicyRequest, uuid: string): Refused | { policy: Policy; firings: Firing[] } {
	const refused = refusedBy(invalidInput, shapeProblems(request)) ?? (scope === world.offering ? undefined : notFound(absent("Offering", scope, "scope")));
	if (refused !== undefined) return refused;
	const unfit = unfitness(world, request);
	if (unfit !== undefined) return unfit;
	turnMonth(world, evaluate);
	const policy: Policy = { uuid, request, hasFired: false, firedDatetime: null };
	world.policies.push(policy);
	return { policy, firings: evaluate(world) };
}

export function updatePolicy(world: World, uuid: string, change: Partial<PolicyRequest>): Refused | { policy: Policy; firings: Firing[] } {
	const policy = world.policies.find((candidate) => candidate.uuid === uuid);
	if (policy === undefined) return notFound(absent("Policy", uuid, "uuid"));
	turnMonth(world, evaluate);
	const request = { ...policy.request, ...change };
	const refused = refusedBy(invalidInput, shapeProblems(request)) ?? unfitness(world, request);
	if (refused !== undefined) return refused;
	policy.request = request;
	return { policy, firings: evaluate(world) };
}

export function deletePolicy(world: World, uuid: string): Refused | { firings: Firing[] } {
	const policy = world.policies.find((candidate) => candidate.uuid === uuid);
	if (policy === undefined) return notFound(absent("Policy", uuid, "uuid"));
	const firings = policy.hasFired ? [record(world, policy, "WITHDRAWN", null)] : [];
	world.policies = world.policies.filter((other) => other !== policy);
	for (const firing of world.firings) if (firing.policy === uuid) firing.policy = null;
	return { firings };
}

function shapeProblems({ actions, emails, applyToAll, organizationGroups, componentLimits }: PolicyRequest): Problem[] {
	const problems: Problem[] = [];
	const invalid = (message: string, ...path: string[]) => problems.push(problem("INVALID_INPUT", message, ...path));
	if (actions.length === 0) invalid("At least one action should be given.", "actions");
	if (applyToAll && organizationGroups.length > 0) {
		invalid("Cannot set apply_to_all=True when organization_groups are specified. Use one of the two.", "applyToAll");
	}
	if (!applyToAll && organizationGroups.length === 0) invalid("Must either set apply_to_all=True or specify organization_groups.", "organizationGroups");
	if (actions.includes("NOTIFY_EXTERNAL_USER") && emails.length === 0) {
		invalid("NOTIFY_EXTERNAL_USER needs at least one e-mail address.", "options", "externalUserEmails");
	}
	if (componentLimits.length === 0) invalid("At least one component limit should be given.", "componentLimits");
	for (const [index, { type, limit }] of componentLimits.entries()) {
		if (!/^\d+$/.test(limit)) invalid("A limit must be a whole number, 0 or more.", "componentLimits", String(index), "limit");
		const isRepeated = componentLimits.slice(0, index).some((before) => before.type === type);
		if (isRepeated) invalid(`The type ${type} is limited twice.`, "componentLimits", String(index), "type");
	}
	return problems;
}

/** What the request names is not there, or not of the offering. */
function unfitness(world: World, { organizationGroups, componentLimits }: PolicyRequest): Refused | undefined {
	const missing = organizationGroups.filter((group) => !world.groups.includes(group));
	const unknown = componentLimits.map(({ type }) => type).filter((type) => !world.components.some((component) => component.type === type));
	const message = `These components are invalid: ${unknown.sort().join(", ")}.`;
	return (
		refusedBy(
			notFound,
			missing.map((group) => absent("Organization group", group, "organizationGroups")),
		) ?? (unknown.length === 0 ? undefined : ruleBroken(problem("INVALID_COMPONENTS", message, "componentLimits")))
	);
}
