import { amountOf, type Hundredths, printed, sum } from "./amounts.ts";
import { capWindow, isIn, monthOf } from "./months.ts";
import { type Change, evaluate } from "./policies.ts";
import { absent, invalidInput, notFound, type Problem, problem, type Refused, refusedBy, ruleBroken } from "./refusals.ts";
import { turnMonth } from "./turns.ts";
import {
	type Component,
	componentOf,
	type Firing,
	mergeCurrentUsages,
	type PlanPeriod,
	type Resource,
	resourceOf,
	thisMonth,
	type Usage,
	usageOf,
	type World,
} from "./world.ts";

export interface ReportedUsage {
	readonly type: string;
	readonly amount: string;
	readonly description?: string;
	readonly recurring?: boolean;
}

export interface Report {
	readonly resource?: string;
	readonly planPeriod?: string;
	readonly usages: readonly ReportedUsage[];
}

/** What one report left behind: its records, and the firings that these caused; all firings when it is no report of a call with many. */
export interface Reported {
	readonly usages: readonly Usage[];
	readonly firings: readonly Firing[];
}

export interface Call {
	/** Reports that are not refused are stored when others are. */
	readonly partial: boolean;
	/** Problems name their report by its index. */
	readonly indexed: boolean;
}

/** Reports of this month's usage; `uuids` are those that each report's stored records are answered with. */
export function setUsages(
	world: World,
	reports: readonly Report[],
	call: Call,
	uuids: readonly (readonly string[])[],
): Refused | { results: (Refused | Reported)[]; firings: Firing[] } {
	const refusals = judged([...early, ...(call.partial ? [...late, repetition] : [repetition, ...late])], world, reports, call);
	if ("code" in refusals) return refusals;
	const stored = reports.map((report, index) => (refusals.has(index) ? [] : store(world, report, uuids[index] ?? [])));
	// What stores nothing turns nothing, not even a policy that the new month would reset.
	const firings = refusals.size === reports.length ? [] : evaluate(world, stored.flat());
	const results = stored.map((changes, index) => {
		const usages = changes.map(({ usage }) => usage);
		const own = firings.filter(({ cause }) => !call.indexed || usages.some(({ uuid }) => uuid === cause));
		return refusals.get(index) ?? { usages, firings: own };
	});
	return { results, firings };
}

function store(world: World, report: Report, uuids: readonly string[]): Change[] {
	const month = thisMonth(world);
	const { resource, period } = subjectOf(world, report);
	const stored = report.usages.map(({ type, amount, description = "", recurring = false }, index) => {
		const fields = {
			amount: amountOf(amount) as Hundredths,
			date: world.now,
			description,
			recurring,
			planPeriod: (period ?? openPeriod(resource, world.now))?.uuid ?? null,
			modifiedBy: world.reporter,
			writtenHere: true,
		};
		const present = usageOf(world, resource, type, month);
		// What has just been carried over has no uuid yet: the answer tells it.
		if (present !== undefined) return { before: present.amount, usage: Object.assign(present, fields, { uuid: present.uuid || (uuids[index] ?? "") }) };
		const usage: Usage = { uuid: uuids[index] ?? "", resource, type, month, ...fields, parts: new Map() };
		world.usages.push(usage);
		return { before: 0n, usage };
	});
	mergeCurrentUsages(world, resource, typesOf(report));
	return stored;
}

/** A stage of checks: finds what is wrong with an item, among those before it that are not refused on their own and all those that came as far. */
export type Stage<Item> = readonly [
	stage: typeof invalidInput,
	problemsOf: (world: World, item: Item, before: readonly Item[], all: readonly Item[]) => readonly Problem[],
];

/** Takes the items of a call through the stages together: which are refused by index; or, all or nothing, why the call is. */
export function judged<Item>(
	stagesOf: readonly Stage<Item>[],
	world: World,
	items: readonly Item[],
	{ partial, indexed }: Call,
): Refused | Map<number, Refused> {
	const refusals = new Map<number, Refused>();
	let passing = items.map((item, index) => ({ item, index }));
	for (const [stage, problemsOf] of stagesOf) {
		const all = passing.map(({ item }) => item);
		const found: { item: Item; index: number; problems: Problem[] }[] = [];
		for (const { item, index } of passing) {
			const at = ([input = "", ...path]: readonly string[]) => (indexed ? [input, String(index), ...path] : [input, ...path]);
			const before = found.filter(({ problems }) => !partial || problems.length === 0).map((other) => other.item);
			found.push({ item, index, problems: problemsOf(world, item, before, all).map((one) => ({ ...one, path: at(one.path) })) });
		}
		const refused = partial ? undefined : refusedBy(stage, found.flatMap(({ problems }) => problems)); // biome-ignore format: one question
		if (refused !== undefined) return refused;
		for (const { index, problems } of found) {
			const refusal = refusedBy(stage, problems);
			if (refusal !== undefined) refusals.set(index, refusal);
		}
		passing = found.filter(({ problems }) => problems.length === 0);
	}
	return refusals;
}

const early: readonly Stage<Report>[] = [
	[invalidInput, (_world, report) => shapeProblems(report)],
	[notFound, absentProblems],
	[invalidInput, pairProblems],
];

const late: readonly Stage<Report>[] = [
	[ruleBroken, closedProblems],
	[ruleBroken, (world, report) => (subjectOf(world, report).resource.plan === null ? [planless] : [])],
	[ruleBroken, stateProblems],
	[ruleBroken, componentProblems],
	[ruleBroken, monthProblems],
	[ruleBroken, capProblems],
];

/** Among reports that are answered alone it comes last: only what is stored is not stored again. */
const repetition: Stage<Report> = [invalidInput, repeatProblems];

/** Nothing is wrong with the month: whatever is refused after this has turned it. */
function monthProblems(world: World): [] {
	turnMonth(world, evaluate);
	return [];
}

const reportable: readonly string[] = ["OK", "UPDATING", "TERMINATING"];
const planless = problem("PLAN_REQUIRED", "Resource must have a plan to report usage.", "resource");
const wrongState = problem("INVALID_RESOURCE_STATE", "Resource is not in valid state.", "resource");

function stateProblems(world: World, report: Report): Problem[] {
	const { state, customer } = subjectOf(world, report).resource;
	if (!reportable.includes(state)) return [wrongState];
	return customer.projectIsRemoved ? [removedProblem("resource")] : [];
}

export const removedProblem = (field: string): Problem => problem("INVALID_RESOURCE_STATE", "Resource is not in valid state: its project was removed.", field);

const typesOf = ({ usages }: Report): string[] => usages.map(({ type }) => type);

/** What a report names: the resource, and the plan period and its resource. */
function named(world: World, { resource, planPeriod }: Report) {
	const owner = world.resources.find(({ periods }) => periods.some(({ uuid }) => uuid === planPeriod));
	const period = owner?.periods.find(({ uuid }) => uuid === planPeriod);
	return { owner, period, resource: resource === undefined ? undefined : resourceOf(world, resource) };
}

/** The resource that a report is about. */
function subjectOf(world: World, report: Report): { resource: Resource; period: PlanPeriod | undefined } {
	const { owner, period, resource } = named(world, report);
	const subject = resource ?? owner;
	if (subject === undefined) throw new Error("A report that names nothing was let through.");
	return { resource: subject, period };
}

function absentProblems(world: World, report: Report): Problem[] {
	const { period, resource } = named(world, report);
	return [
		...(report.planPeriod !== undefined && period === undefined ? [absent("Plan period", report.planPeriod, "planPeriod")] : []),
		...(report.resource !== undefined && resource === undefined ? [absent("Resource", report.resource, "resource")] : []),
	];
}

function pairProblems(world: World, report: Report): Problem[] {
	const { owner, resource } = named(world, report);
	if (owner === undefined || resource === undefined || owner === resource) return [];
	return [problem("INVALID_INPUT", "The plan period belongs to another resource: give one of the two, or a matching pair.", "planPeriod")];
}

function repeatProblems(world: World, report: Report, before: readonly Report[]): Problem[] {
	const { resource } = subjectOf(world, report);
	const reported = before.filter((other) => subjectOf(world, other).resource === resource).flatMap(typesOf);
	return report.usages.flatMap(({ type }, index) =>
		reported.includes(type) ? [problem("INVALID_INPUT", `The type ${type} of this resource is reported twice.`, "usages", String(index), "type")] : [],
	);
}

function closedProblems(world: World, report: Report): Problem[] {
	const { period } = subjectOf(world, report);
	const isClosed = period?.end != null && monthOf(period.end) < thisMonth(world);
	return isClosed ? [problem("BILLING_PERIOD_CLOSED", "Billing period is closed.", "planPeriod")] : [];
}

function componentProblems(world: World, report: Report): Problem[] {
	const wrong = typesOf(report).filter((type) => !["USAGE", "LIMIT"].includes(componentOf(world, type)?.billingType ?? ""));
	return wrong.length === 0 ? [] : [problem("INVALID_COMPONENTS", `These components are invalid: ${wrong.sort().join(", ")}.`, "usages")];
}

function shapeProblems({ resource, planPeriod, usages }: Report): Problem[] {
	const problems: Problem[] = [];
	if (resource === undefined && planPeriod === undefined) problems.push(problem("INVALID_INPUT", "Either plan_period or resource should be provided."));
	if (usages.length === 0) problems.push(problem("INVALID_INPUT", "At least one usage should be provided.", "usages"));
	for (const [index, { type, amount }] of usages.entries()) {
		problems.push(...amountProblems(amount, "usages", String(index), "amount"));
		const isRepeated = usages.slice(0, index).some((before) => before.type === type);
		if (isRepeated) problems.push(problem("INVALID_INPUT", `The type ${type} is reported twice.`, "usages", String(index), "type"));
	}
	return problems;
}

export function amountProblems(text: string, ...path: string[]): Problem[] {
	const amount = amountOf(text);
	if (amount === "negative") return [problem("INVALID_INPUT", "An amount must not be negative.", ...path)];
	if (amount === "too long") return [problem("INVALID_INPUT", "An amount must have at most 20 digits, 2 of them decimal places.", ...path)];
	return [];
}

const isCapped = (component: Component | undefined): component is Component & { limitPeriod: string; limitAmount: number } =>
	component?.billingType === "USAGE" && component.limitPeriod !== null && component.limitAmount !== null && component.limitAmount > 0;

/** What the resource used in the window of the component's cap, the record of this month left out; undefined without a cap. */
export function usedOfCap(world: World, resource: Resource, type: string): { others: Hundredths; cap: number } | undefined {
	const component = componentOf(world, type);
	if (!isCapped(component)) return undefined;
	const month = thisMonth(world);
	const window = capWindow(component.limitPeriod, month);
	const others = world.usages.filter((usage) => usage.resource === resource && usage.type === type && usage.month !== month && isIn(usage.month, window));
	return { others: sum(others.map(({ amount }) => amount)), cap: component.limitAmount };
}

function capProblems(world: World, report: Report): Problem[] {
	return report.usages.flatMap(({ type, amount }, index) => {
		const used = usedOfCap(world, subjectOf(world, report).resource, type);
		const total = (used?.others ?? 0n) + (amountOf(amount) as Hundredths);
		if (used === undefined || total <= BigInt(used.cap) * 100n) return [];
		const message = `Total amount exceeds limit. Total amount: ${printed(total)}, limit: ${used.cap}.`;
		return [problem("LIMIT_EXCEEDED", message, "usages", String(index), "amount")];
	});
}

const openPeriod = ({ periods }: Resource, now: Date): PlanPeriod | undefined =>
	periods.find(({ start, end }) => (start === null || start <= now) && (end === null || end > now));
