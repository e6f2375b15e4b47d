import { type Hundredths, printed, sum } from "./amounts.ts";
import type { Amount, PartCommand, Pick, PolicyLimit, ReportCommand } from "./commands.ts";
import { type PartReport, usedOfLimit } from "./limits.ts";
import { affects, totalOf } from "./policies.ts";
import { type Report, type ReportedUsage, usedOfCap } from "./reports.ts";
import { componentOf, type PlanPeriod, type PolicyRequest, type Resource, thisMonth, type Usage, usageOf, type World } from "./world.ts";

/** The uuid of nothing. */
export const nobody = "00000000-0000-4000-8000-000000000000";

export const picked = <Item>(items: readonly Item[], pick: Pick): Item | undefined => (pick < 0 ? undefined : items[pick % items.length]);
export const uuidOf = (items: readonly { readonly uuid: string }[], pick: Pick): string => picked(items, pick)?.uuid ?? nobody;

/** What is sent for a report. */
export function reportInput(world: World, { resource: pick, by, period, usages }: ReportCommand): Report {
	const resource = picked(world.resources, pick);
	const own = picked(resource?.periods ?? [], period);
	const any = picked(
		world.resources.flatMap(({ periods }) => periods),
		period,
	);
	const named = { resource: resource?.uuid ?? nobody };
	const charged = (to: PlanPeriod | undefined) => (to === undefined ? {} : { planPeriod: to.uuid });
	const subject = {
		resource: named,
		period: own === undefined ? named : charged(own),
		both: { ...named, ...charged(own) },
		anyPeriod: { ...named, ...charged(any) },
		nothing: {},
	}[by];
	const reported = usages.map(({ type, amount, recurring, described }): ReportedUsage => {
		const text = resource === undefined ? "1" : usageText(world, resource, type, amount);
		return { type, amount: text, recurring, ...(described ? { description: `${type} ${text}` } : {}) };
	});
	return { ...subject, usages: reported };
}

/** What is sent for a part. */
export function partInput(world: World, { usage: pick, limited, again, username: fresh, amount, user }: PartCommand): PartReport {
	const limit = limited ? picked(world.limits, pick) : undefined;
	const isLimited = ({ resource, type }: Usage) => resource === limit?.resource && componentOf(world, type)?.uuid === limit.component;
	const limitedUsage = world.usages.find(isLimited);
	const usage = limitedUsage ?? picked(world.usages, pick);
	const named = user === null ? undefined : accountUuid(world, user);
	const account = limitedUsage === undefined ? named : limit?.user;
	const counted = [...(usage?.parts.values() ?? [])].filter((part) => part.user === (account ?? null));
	const username = (again ? picked(counted, pick)?.username : undefined) ?? fresh;
	const text = partText(world, usage, username, account, amount);
	return { componentUsage: usage?.uuid ?? nobody, username, usage: text, ...(account === undefined ? {} : { user: account }) };
}

export const accountUuid = (world: World, user: number | "elsewhere"): string =>
	user === "elsewhere" ? world.elsewhere.account : uuidOf(world.accounts, user);
export const componentUuid = (world: World, type: string): string =>
	type === "elsewhere" ? world.elsewhere.component : (componentOf(world, type)?.uuid ?? nobody);

export function audienceOf(world: World, audience: string): { applyToAll: boolean; organizationGroups: string[] } {
	const [first = "", second = ""] = world.groups;
	const groups: Record<string, string[]> = { first: [first], second: [second], both: [first, second], allAndBoth: [first, second], nowhere: [nobody] };
	return { applyToAll: audience === "all" || audience === "allAndBoth", organizationGroups: groups[audience] ?? [] };
}

/** The amount of a report: `step` beyond what would just not turn a policy, or what the cap just allows. */
export function usageText(world: World, resource: Resource, type: string, amount: Amount, month = thisMonth(world)): string {
	if ("text" in amount) return amount.text;
	const present = usageOf(world, resource, type, month);
	const cap = usedOfCap(world, resource, type);
	const policies = world.policies.filter((policy) => affects(policy, resource.customer));
	const limits = policies.flatMap((policy) => policy.request.componentLimits.filter((limit) => limit.type === type).map(({ limit }) => ({ policy, limit })));
	const aim = picked(limits, amount.pick);
	if (amount.near === "cap" && cap !== undefined) return stepped(BigInt(cap.cap) * 100n - cap.others, amount.step);
	return aim === undefined ? "10" : stepped(BigInt(aim.limit) * 100n - totalOf(world, aim.policy, type, present), amount.step);
}

/** The amount of a part: `step` beyond what the account's limit just allows. */
function partText(world: World, usage: Usage | undefined, username: string, account: string | undefined, amount: Amount): string {
	if ("text" in amount) return amount.text;
	const user = account ?? world.accounts.find((candidate) => candidate.username === username)?.uuid;
	const used = usage === undefined || user === undefined ? undefined : usedOfLimit(world, usage, user, [username]);
	return used === undefined ? "3" : stepped(used.limit - used.others, amount.step);
}

const stepped = (most: Hundredths, step: number): string => printed(sum([most, BigInt(step)]) < 0n ? 0n : most + BigInt(step));

/** A policy's limit: as it is told, or `step` beyond what its customers use now, rounded down. */
export function limitText(world: World, aim: Aim, { type, limit }: { type: string; limit: PolicyLimit }): { type: string; limit: string } {
	if ("text" in limit) return { type, limit: limit.text };
	const used = totalOf(world, { request: { actions: [], emails: [], componentLimits: [], ...aim } }, type) / 100n + BigInt(limit.step);
	return { type, limit: String(used < 0n ? 0n : used) };
}

type Aim = Omit<PolicyRequest, "actions" | "emails" | "componentLimits">;
