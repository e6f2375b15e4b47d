import { mayReportUsage } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { lockOfferings } from "../../database/lock.ts";
import { assertPresent } from "../../shared/assert-present.ts";
import { BatchChecks, type Placed } from "../../shared/batch-checks.ts";
import { callSizeProblems } from "../../shared/call-size.ts";
import { Decimal } from "../../shared/decimal.ts";
import { absent, InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { answersByKey, keepAnswers } from "../idempotency/idempotency.service.ts";
import { keyProblems } from "../idempotency/idempotency.ts";
import { type Mirror, writeProblems } from "../mirror/mirror.ts";
import { type Writes, writeThrough } from "../mirror/writes.service.ts";
import { removedProblem } from "../usage/usage.ts";
import { accountsNamed } from "./account.store.ts";
import { accountBounds, accountsByUsername, type NamedPart, type PartSubject, partSubjects, storeParts } from "./user-usage.store.ts";
import { accountProblems, namesakeProblems, repeatedPartProblems, type UserUsageReport, userLimitProblems, userUsageShapeProblems } from "./user-usage.ts";

/** A part that was stored, by its uuid. */
export interface StoredPart {
	readonly componentUserUsage: string;
}

/**
 * Stores one username's part of a usage record. The record's total is neither changed nor compared; the account's limit
 * on the resource and component is.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the record and may not report its usage
 */
export async function setUserUsage(database: Writes, viewer: Viewer, part: UserUsageReport, now: Date): Promise<StoredPart> {
	const [stored] = await storeChecked(database, viewer, [part], now, new BatchChecks({ partial: false, indexed: false, itemised: false }));
	return assertPresent(stored, "a part that was not refused is stored");
}

/** Stores up to 250 parts, all or nothing, and returns them in their order. Limits hold for all of them together. Throws as setUserUsage does. */
export async function setUserUsages(database: Writes, viewer: Viewer, parts: readonly UserUsageReport[], now: Date): Promise<StoredPart[]> {
	refuse(InvalidInputRefusal, callSizeProblems(parts, "parts"));
	return storeChecked(database, viewer, parts, now, new BatchChecks({ partial: false, indexed: true, itemised: false }));
}

/** A part in its place in the call. */
interface PlacedPart extends Placed {
	readonly input: UserUsageReport;
}

/** A part, the record that it is of, and the account that it counts for. */
interface FoundPart extends PlacedPart {
	readonly subject: PartSubject;
	readonly account: string | undefined;
}

const namesIn = ({ componentUserUsage }: StoredPart) => [{ model: "ComponentUserUsage", uuid: componentUserUsage } as const];

async function storeChecked(database: Writes, viewer: Viewer, parts: readonly UserUsageReport[], now: Date, checks: BatchChecks): Promise<StoredPart[]> {
	const seen = new Set<string>();
	const shaped = checks.stage(
		InvalidInputRefusal,
		parts.map((input, index): PlacedPart => ({ index, input })),
		({ input }) => {
			const isRepeated = seen.has(nameOf(input));
			seen.add(nameOf(input));
			return [...userUsageShapeProblems(input), ...keyProblems(input), ...repeatedPartProblems(input, isRepeated)];
		},
	);
	return database.transaction(async (tx) => {
		const { answers, fresh } = await answersByKey<StoredPart, PlacedPart>(tx, viewer, "setUserUsage", shaped, namesIn, checks);
		const found = await foundParts(tx, viewer, fresh, database.mirror, checks);
		await refuseBeyondLimits(tx, found, checks);
		const stored = await storeParts(
			tx,
			found.map(({ input, account }) => ({ ...input, account })),
			now,
		);
		const answered = certainlyStored(viewer, found, stored, checks).map(({ index, input, uuid }) => ({ index, input, answer: { componentUserUsage: uuid } }));
		await writeThrough(
			tx,
			database,
			"componentUserUsage",
			answered.map(({ answer }) => answer.componentUserUsage),
			now,
		);
		await keepAnswers(tx, viewer, "setUserUsage", answered, now);
		const all = new Map([...answers, ...answered.map(({ index, answer }) => [index, answer] as const)]);
		return shaped.flatMap(({ index }) => all.get(index) ?? []);
	});
}

/** The parts with the uuids that they were stored under. What they name may be gone, or hidden, since it was looked up before the lock. */
function certainlyStored(
	viewer: Viewer,
	parts: readonly FoundPart[],
	stored: readonly { uuid: string | null; recordIsThere: boolean }[],
	checks: BatchChecks,
): (FoundPart & { uuid: string })[] {
	const placed = parts.map((item, place) => ({ ...item, ...assertPresent(stored[place], "each part has an answer") }));
	const there = checks.stage(NotFoundRefusal, placed, ({ input, uuid, recordIsThere }) =>
		uuid !== null || (recordIsThere && viewer.isStaff) ? [] : [absent("Component usage", input.componentUsage, "componentUsage")],
	);
	const unremoved = checks.stage(RuleRefusal, there, ({ uuid }) => (uuid === null ? [removedProblem("componentUsage")] : []));
	return unremoved.map((item) => ({ ...item, uuid: assertPresent(item.uuid ?? undefined, "what was not stored was refused") }));
}

/** What the parts name is there, seen, and the viewer's to report. Leaves the offerings locked. */
async function foundParts(tx: Queries, viewer: Viewer, parts: readonly PlacedPart[], mirror: Mirror | undefined, checks: BatchChecks): Promise<FoundPart[]> {
	const inputs = parts.map(({ input }) => input);
	const subjects = await partSubjects(
		tx,
		viewer,
		inputs.map(({ componentUsage }) => componentUsage),
	);
	const there = checks
		.stage(NotFoundRefusal, parts, ({ input: { componentUsage: uuid } }) => (subjects.has(uuid) ? [] : [absent("Component usage", uuid, "componentUsage")]))
		.map((item) => ({ ...item, subject: assertPresent(subjects.get(item.input.componentUsage), "what is absent was refused") }));
	const message = "Only staff, the provider's owners and managers, and the offering's managers report usage.";
	const permitted = checks.permitted(there, ({ subject }) => mayReportUsage(viewer, subject), message);
	const writable = checks.stage(RuleRefusal, permitted, ({ subject }) => writeProblems(mirror, subject, "componentUsage"));
	const open = checks.stage(RuleRefusal, writable, ({ subject }) => (subject.projectIsRemoved ? [removedProblem("componentUsage")] : []));
	await lockOfferings(
		tx,
		open.map(({ subject }) => subject.offeringUuid),
	);
	return withAccounts(tx, viewer, open, checks);
}

/** The account that each part counts for: the one that is named, or the one that goes by the username. */
async function withAccounts(tx: Queries, viewer: Viewer, parts: readonly (PlacedPart & { subject: PartSubject })[], checks: BatchChecks): Promise<FoundPart[]> {
	const named = await accountsNamed(
		tx,
		viewer,
		parts.flatMap(({ input }) => input.user ?? []),
	);
	const known = checks.stage(NotFoundRefusal, parts, ({ input: { user } }) => (user == null || named.has(user) ? [] : [absent("Offering user", user, "user")]));
	const fitting = checks.stage(InvalidInputRefusal, known, ({ input: { user }, subject }) =>
		user == null ? [] : accountProblems(assertPresent(named.get(user), "what is absent was refused"), subject.offeringUuid),
	);
	const unnamed = fitting.filter(({ input }) => input.user == null).map(({ input }) => input);
	const byUsername = new Map((await accountsByUsername(tx, unnamed)).map((found) => [nameOf(found), found]));
	const certainOnes = checks.stage(InvalidInputRefusal, fitting, ({ input }) =>
		input.user == null ? namesakeProblems(input.username, byUsername.get(nameOf(input))?.namesakes ?? 0) : [],
	);
	return certainOnes.map((item) => ({ ...item, account: item.input.user ?? byUsername.get(nameOf(item.input))?.account }));
}

/** The last stage: with what else is reported for it, now and before, an account stays within its limit. */
async function refuseBeyondLimits(tx: Queries, parts: readonly FoundPart[], checks: BatchChecks): Promise<void> {
	const accounted = parts.map(({ input, account }) => ({ ...input, account }));
	const bounds = new Map((await accountBounds(tx, accounted)).map((bound) => [`${bound.componentUsage} ${bound.account}`, bound]));
	const current = new Map([...bounds].map(([account, { others }]) => [account, others]));
	checks.stage(RuleRefusal, parts, ({ input: { componentUsage, usage }, account }) => {
		const key = `${componentUsage} ${account}`;
		const before = current.get(key) ?? "0";
		current.set(key, new Decimal(before).plus(usage).toFixed());
		return userLimitProblems({ limit: bounds.get(key)?.limit, current: before, additional: usage });
	});
}

const nameOf = ({ componentUsage, username }: NamedPart): string => `${componentUsage} ${username}`;
