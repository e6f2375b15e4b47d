import { amountOf, type Hundredths, printed, sum } from "./amounts.ts";
import { absent, invalidInput, notFound, type Problem, problem, type Refused, refusedBy, ruleBroken } from "./refusals.ts";
import { amountProblems, judged, removedProblem, type Stage } from "./reports.ts";
import { componentOf, type Limit, type Part, resourceOf, type Usage, type World } from "./world.ts";

export interface PartReport {
	readonly componentUsage: string;
	readonly username: string;
	readonly usage: string;
	readonly user?: string;
}

/** Parts of records, all or nothing; `uuids` are those that new parts are answered with. */
export function setUserUsages(
	world: World,
	reports: readonly PartReport[],
	indexed: boolean,
	uuids: readonly string[],
): Refused | { usage: Usage; part: Part }[] {
	const refusals = judged(partStages, world, reports, { partial: false, indexed });
	if ("code" in refusals) return refusals;
	return reports.map((report, index) => {
		const usage = recordOf(world, report);
		const present = usage.parts.get(report.username);
		const fields = { amount: amountOf(report.usage) as Hundredths, user: accountOf(world, report) };
		const part = Object.assign(present ?? { uuid: uuids[index] ?? "", username: report.username }, fields);
		usage.parts.set(report.username, part);
		return { usage, part };
	});
}

const partStages: readonly Stage<PartReport>[] = [
	[invalidInput, (_world, report, before) => partShapeProblems(report, before)],
	[
		notFound,
		(world, { componentUsage }) =>
			world.usages.some(({ uuid }) => uuid === componentUsage) ? [] : [absent("Component usage", componentUsage, "componentUsage")],
	],
	[ruleBroken, (world, report) => (recordOf(world, report).resource.customer.projectIsRemoved ? [removedProblem("componentUsage")] : [])],
	[
		notFound,
		(world, { user }) => {
			const isKnown = user === undefined || user === world.elsewhere.account || world.accounts.some(({ uuid }) => uuid === user);
			return isKnown ? [] : [absent("Offering user", user, "user")];
		},
	],
	[
		invalidInput,
		(world, { user }) => (user === world.elsewhere.account ? [problem("INVALID_INPUT", "The user is not an account at the resource's offering.", "user")] : []),
	],
	[invalidInput, namesakeProblems],
	[ruleBroken, userLimitProblems],
];

function namesakeProblems(world: World, { username, user }: PartReport): Problem[] {
	const { length } = user === undefined ? world.accounts.filter((account) => account.username === username) : [];
	if (length < 2) return [];
	return [problem("INVALID_INPUT", `${length} accounts of the offering have the username ${username}: give the uuid of one of them as user.`, "user")];
}

function partShapeProblems({ componentUsage, username, usage }: PartReport, before: readonly PartReport[]): Problem[] {
	const isRepeated = before.some((other) => other.componentUsage === componentUsage && other.username === username);
	return [
		...(username === "" ? [problem("INVALID_INPUT", "A username must have 1 to 100 characters.", "username")] : []),
		...amountProblems(usage, "usage"),
		...(isRepeated ? [problem("INVALID_INPUT", `The username ${username} is reported twice for this record.`, "username")] : []),
	];
}

function recordOf(world: World, { componentUsage }: PartReport): Usage {
	const usage = world.usages.find(({ uuid }) => uuid === componentUsage);
	if (usage === undefined) throw new Error("A part of a record that is not there was let through.");
	return usage;
}

/** The account that a part counts for: the one that is named, the one of that username, or the one that it counted for before. */
const accountOf = (world: World, report: PartReport): string | null =>
	report.user ?? world.accounts.find(({ username }) => username === report.username)?.uuid ?? recordOf(world, report).parts.get(report.username)?.user ?? null;

/** With what the call reports of the account before this part, and what is stored of it that the call does not replace. */
function userLimitProblems(world: World, report: PartReport, before: readonly PartReport[], all: readonly PartReport[]): Problem[] {
	const user = accountOf(world, report);
	const usage = recordOf(world, report);
	const ofRecord = all.filter(({ componentUsage }) => componentUsage === usage.uuid);
	const used = user === null ? undefined : usedOfLimit(world, usage, user, ofRecord.map(({ username }) => username)); // biome-ignore format: one question
	if (used === undefined) return [];
	const earlier = before.filter((other) => other.componentUsage === usage.uuid && accountOf(world, other) === user);
	const current = used.others + sum(earlier.map((other) => amountOf(other.usage) as Hundredths));
	const amount = amountOf(report.usage) as Hundredths;
	if (current + amount <= used.limit) return [];
	const figures = `Maximum allowed: ${printed(used.limit)}, current usage: ${printed(current)}, additional: ${printed(amount)}.`;
	return [problem("USER_LIMIT_EXCEEDED", `Usage limit exceeded. ${figures}`, "usage")];
}

/** What the account's other parts of the record come to, and its limit; undefined when it has none. */
export function usedOfLimit(world: World, usage: Usage, user: string, replaced: readonly string[]): { others: Hundredths; limit: Hundredths } | undefined {
	const component = componentOf(world, usage.type)?.uuid;
	const limit = world.limits.find((candidate) => candidate.resource === usage.resource && candidate.component === component && candidate.user === user);
	if (limit === undefined) return undefined;
	const others = [...usage.parts.values()].filter((part) => part.user === user && !replaced.includes(part.username));
	return { others: sum(others.map(({ amount }) => amount)), limit: limit.amount };
}

export interface LimitRequest {
	readonly component: string;
	readonly user: string;
	readonly limit: string;
}

export function createLimit(world: World, { resource: uuidOfResource, ...request }: LimitRequest & { resource: string }, uuid: string): Refused | Limit {
	const misshapen = refusedBy(invalidInput, limitProblems(request.limit));
	if (misshapen !== undefined) return misshapen;
	const resource = resourceOf(world, uuidOfResource);
	if (resource === undefined) return notFound(absent("Resource", uuidOfResource, "resource"));
	const limit: Limit = { uuid, resource, component: request.component, user: request.user, amount: amountOf(request.limit) as Hundredths };
	const refused = unfitness(world, request) ?? duplicate(world, limit);
	if (refused !== undefined) return refused;
	world.limits.push(limit);
	return limit;
}

export function updateLimit(world: World, uuid: string, change: Partial<LimitRequest> & { resource?: string }): Refused | Limit {
	const misshapen = refusedBy(invalidInput, change.limit === undefined ? [] : limitProblems(change.limit));
	if (misshapen !== undefined) return misshapen;
	const limit = world.limits.find((candidate) => candidate.uuid === uuid);
	if (limit === undefined) return notFound(absent("Limit", uuid, "uuid"));
	const wanted = { component: change.component ?? limit.component, user: change.user ?? limit.user };
	const unfit = unfitness(world, wanted);
	if (unfit !== undefined) return unfit;
	if (change.resource !== undefined && change.resource !== limit.resource.uuid) {
		return ruleBroken(problem("INVALID_INPUT", "The resource of a limit is fixed: delete it and create another one.", "resource"));
	}
	const changed = { ...limit, ...wanted, amount: change.limit === undefined ? limit.amount : (amountOf(change.limit) as Hundredths) };
	return duplicate(world, changed) ?? Object.assign(limit, changed);
}

export function deleteLimit(world: World, uuid: string): Refused | undefined {
	if (!world.limits.some((limit) => limit.uuid === uuid)) return notFound(absent("Limit", uuid, "uuid"));
	world.limits = world.limits.filter((limit) => limit.uuid !== uuid);
	return undefined;
}

function limitProblems(text: string): Problem[] {
	const amount = amountOf(text);
	if (amount === "negative") return [problem("INVALID_INPUT", "Limit must be a positive number.", "limit")];
	return amount === "too long" ? [problem("INVALID_INPUT", "A limit must have at most 20 digits, 2 of them decimal places.", "limit")] : [];
}

/** The component or the account is not there, or not of the offering; or the offering knows no such limits. */
function unfitness(world: World, { component, user }: { component: string; user: string }): Refused | undefined {
	const isOurs = world.components.some(({ uuid }) => uuid === component);
	const isOurUser = world.accounts.some(({ uuid }) => uuid === user);
	const missing = refusedBy(notFound, [
		...(isOurs || component === world.elsewhere.component ? [] : [absent("Component", component, "component")]),
		...(isOurUser || user === world.elsewhere.account ? [] : [absent("Offering user", user, "user")]),
	]);
	return (
		missing ??
		refusedBy(ruleBroken, [
			...(world.supportsLimits ? [] : [problem("LIMITS_UNSUPPORTED", "The offering does not support limits per user.", "resource")]),
			...(isOurs ? [] : [problem("INVALID_INPUT", "Component is wrong.", "component")]),
			...(isOurUser ? [] : [problem("INVALID_INPUT", "The user is not an account at the resource's offering.", "user")]),
		])
	);
}

function duplicate(world: World, limit: Limit): Refused | undefined {
	const isSame = (other: Limit) => other.resource === limit.resource && other.component === limit.component && other.user === limit.user;
	if (!world.limits.some((other) => other.uuid !== limit.uuid && isSame(other))) return undefined;
	return ruleBroken(problem("ALREADY_EXISTS", "There is a limit for this user on this component of the resource already.", "user"));
}
