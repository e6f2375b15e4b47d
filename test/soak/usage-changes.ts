import { type Entry, hex, type WaldurState } from "../waldur/state.ts";
import type { Dice } from "./dice.ts";

/** One change of what a Waldur stores. Nothing when it does not have what would be changed. */
export type Change = (state: WaldurState, dice: Dice) => void;

export const uuidIn = (entry: Entry | undefined): string => hex(entry?.item["uuid"]) ?? "";
const usages = "marketplace-component-usages";
const parts = "marketplace-component-user-usages";

const partsOf = (state: WaldurState, usage: string) => state.entries(parts).filter(({ item }) => hex(item["component_usage"]) === usage);
const monthOf = (state: WaldurState) => `${state.now().toISOString().slice(0, 7)}-01`;
const amountOf = (dice: Dice) => (dice.chance(0.03) ? dice.between(100_000, 400_000) : dice.below(20_000)) / 100;

const report: Change = (state, dice) => {
	const resource = dice.oneOf(state.entries("marketplace-resources"));
	if (resource === undefined) return;
	const type = `component_${dice.between(1, 2)}`;
	state.setUsage(resource, undefined, { type, amount: amountOf(dice), description: dice.chance(0.5) ? "metered" : "" });
};

const reportPart: Change = (state, dice) => {
	const month = monthOf(state);
	const usage = dice.oneOf(state.entries(usages).filter(({ item }) => item["billing_period"] === month));
	if (usage === undefined) return;
	const account = dice.oneOf(state.entries("marketplace-offering-users").filter(({ item }) => item["offering_uuid"] === usage.item["offering_uuid"]));
	const username = dice.chance(0.2) ? "nobody" : String(account?.item["username"]);
	state.setUserUsage(usage, { username, usage: dice.below(5_000) / 100, ...(account !== undefined && username !== "nobody" ? { user: uuidIn(account) } : {}) });
};

/** A figure of a month that is over is corrected: the day of the figure is today's. */
const correct: Change = (state, dice) => {
	const month = monthOf(state);
	const usage = dice.oneOf(state.entries(usages).filter(({ item }) => item["billing_period"] !== month));
	if (usage !== undefined) state.change(usages, uuidIn(usage), { usage: amountOf(dice), date: state.now().toISOString() });
};

export function removeUsage(state: WaldurState, usage: string): void {
	for (const part of partsOf(state, usage)) state.remove(parts, uuidIn(part));
	state.remove(usages, usage);
}

const deleteUsage: Change = (state, dice) => {
	const usage = dice.oneOf(state.entries(usages));
	if (usage !== undefined) removeUsage(state, uuidIn(usage));
};

const deletePart: Change = (state, dice) => {
	const part = dice.oneOf(state.entries(parts));
	if (part !== undefined) state.remove(parts, uuidIn(part));
};

/** The same under another uuid, its parts as well. */
const makeUsageAnew: Change = (state, dice) => {
	const usage = dice.oneOf(state.entries(usages));
	if (usage === undefined) return;
	const held = partsOf(state, uuidIn(usage)).map(({ item }) => item);
	removeUsage(state, uuidIn(usage));
	const now = state.now().toISOString();
	const uuid = dice.uuid();
	state.add(usages, { ...usage.item, uuid, created: now, date: now }, usage.planPeriod);
	for (const item of held) state.add(parts, { ...item, uuid: dice.uuid(), component_usage: uuid, created: now, modified: now });
};

const makePartAnew: Change = (state, dice) => {
	const part = dice.oneOf(state.entries(parts));
	if (part === undefined) return;
	state.remove(parts, uuidIn(part));
	const now = state.now().toISOString();
	state.add(parts, { ...part.item, uuid: dice.uuid(), created: now, modified: now });
};

const switchPlan: Change = (state, dice) => {
	const resource = dice.oneOf(state.entries("marketplace-resources"));
	if (resource === undefined) return;
	const offering = state.find("marketplace-provider-offerings", resource.item["offering_uuid"])?.item;
	const plans = Array.isArray(offering?.["plans"]) ? offering["plans"] : [];
	const plan = plans.map(({ uuid }: { uuid: string }) => uuid).find((uuid) => uuid !== resource.item["plan_uuid"]);
	if (plan === undefined) return;
	state.switchPlan(uuidIn(resource), plan);
	// What is reported from now on is another record of the month: here it is summed.
	if (dice.chance(0.8)) state.setUsage(resource, undefined, { type: `component_${dice.between(1, 2)}`, amount: amountOf(dice) });
};

/** Changes of usage and how often each is made, beside the others. */
export const usageChanges: readonly (readonly [weight: number, Change])[] = [
	[400, report],
	[200, reportPart],
	[20, correct],
	[4, deleteUsage],
	[4, deletePart],
	[6, makeUsageAnew],
	[4, makePartAnew],
	[40, switchPlan],
];
