import type { Data } from "../support/gateway.ts";
import { printed } from "./amounts.ts";
import { limitsOf } from "./policies.ts";
import type { Refused } from "./refusals.ts";
import type { Reported } from "./reports.ts";
import { byUuid, type Firing, type Part, type Policy, type Resource, type Usage, type World } from "./world.ts";

/** One thing that was asked of both, and what each answered. */
export interface Turn {
	readonly asked: unknown;
	readonly answered: unknown;
	readonly expected: unknown;
}

/** What the model makes of a command, told as the API tells it; or why it is refused. */
export function reportAnswer(world: World, result: Refused | Reported): Refused | Data {
	if ("code" in result) return result;
	const componentUsages = result.usages.map(({ uuid, type, month, amount, date, recurring, description, planPeriod, modifiedBy }) => ({
		...{ uuid, type, usage: printed(amount), billingPeriod: month, date, recurring, description },
		planPeriod: planPeriod === null ? null : { uuid: planPeriod },
		modifiedBy: modifiedBy === null ? null : { username: modifiedBy },
	}));
	return { componentUsages, firings: firingsOf(world, result.firings) };
}

export function partAnswer({ usage, part }: { usage: Usage; part: Part }): Data {
	const { uuid, username, amount, user } = part;
	const componentUsage = { uuid: usage.uuid, usage: printed(usage.amount) };
	return { uuid, username, usage: printed(amount), user: user === null ? null : { uuid: user }, componentUsage };
}

/** The firings of an answer, each with its policy as it is after all of them. */
export const firingsOf = (world: World, firings: readonly Firing[]): Data[] =>
	firings.map(({ policy: uuid, cause, breaches, ...firing }) => {
		const policy = world.policies.find((candidate) => candidate.uuid === uuid);
		return {
			...firing,
			cause: cause === null ? null : { uuid: cause },
			policy: policy === undefined ? null : { uuid, hasFired: policy.hasFired, firedDatetime: policy.firedDatetime },
			breaches: breaches.map(({ type, used, limit }) => ({ component: { type }, used, limit })),
		};
	});

export function policyAnswer(world: World, expected: Refused | { policy: Policy; firings: Firing[] }): Refused | Data {
	return "code" in expected ? expected : { offeringUsagePolicy: policyFields(world, expected.policy), firings: firingsOf(world, expected.firings) };
}

/** A policy as the API tells it; its groups have the names First and Second. */
export const policyFields = (world: World, policy: Policy): Data => ({
	uuid: policy.uuid,
	actions: policy.request.actions,
	applyToAll: policy.request.applyToAll,
	period: policy.request.period,
	hasFired: policy.hasFired,
	firedDatetime: policy.firedDatetime,
	organizationGroups: world.groups.filter((group) => policy.request.organizationGroups.includes(group)).map((uuid) => ({ uuid })),
	componentLimits: limitsOf(world, policy),
});

export function limitAnswer(expected: Refused | World["limits"][number]): Refused | Data {
	if ("code" in expected) return expected;
	const { uuid, amount, component, user, resource } = expected;
	return { componentUserUsageLimit: { uuid, limit: printed(amount), component: { uuid: component }, user: { uuid: user }, resource: { uuid: resource.uuid } } };
}

export function resourceAnswer(expected: Refused | Resource): Refused | Data {
	if ("code" in expected) return expected;
	const { uuid, state, plan: planUuid, periods } = expected;
	const listed = byUuid(periods).sort((one, other) => one.created.getTime() - other.created.getTime());
	const named = (of: string | null) => (of === null ? null : { uuid: of });
	return {
		resource: {
			uuid,
			state,
			plan: named(planUuid),
			planPeriods: { nodes: listed.map(({ plan, created: _by, ...period }) => ({ ...period, plan: named(plan) })) },
		},
	};
}
