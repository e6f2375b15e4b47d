import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { appendToLog, type LogSubject } from "../../event-log/log.store.ts";
import { assertPresent } from "../../shared/assert-present.ts";
import { BatchChecks } from "../../shared/batch-checks.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { callSizeProblems } from "../../shared/call-size.ts";
import { InvalidInputRefusal, type Refusal, refuse } from "../../shared/refusal.ts";
import { answersByKey, keepAnswers } from "../idempotency/idempotency.service.ts";
import { keyProblems } from "../idempotency/idempotency.ts";
import { type Writes, writeThrough } from "../mirror/writes.service.ts";
import { evaluatePolicies, type Moment } from "../policy/policy.service.ts";
import { checkedReports, type FoundReport, type PlacedReport, unremovedSince } from "./report-checks.service.ts";
import { type StoredUsage, storeUsages } from "./usage.store.ts";
import { shapeProblems, type UsageReport } from "./usage.ts";

/** What a report left behind: uuids of the stored records in the order of the report, and of the firings that it caused. */
export interface StoredReport {
	readonly componentUsages: readonly string[];
	readonly firings: readonly string[];
}

/** What a call with many reports left behind: for each of them, in their order, what it stored or why it was refused. */
export interface StoredReports {
	readonly results: readonly (StoredReport | Refusal)[];
	/** All firings of the call, in the order of the log. */
	readonly firings: readonly string[];
}

/**
 * Stores a report of a resource's usage in one transaction with the policies that it turns and their log entries.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the resource and may not report its usage
 */
export async function setUsage(database: Writes, viewer: Viewer, report: UsageReport, moment: Moment): Promise<StoredReport> {
	// A report alone returns all firings of the evaluation, of any cause: the policies were evaluated for it alone.
	const checks = new BatchChecks({ partial: false, indexed: false, itemised: false });
	const { results } = await storeReports(database, viewer, [report], moment, checks, () => true);
	const [stored] = results.values();
	return assertPresent(stored, "a report that was not refused is stored");
}

/**
 * Stores up to 250 reports in one transaction, and evaluates the policies once, after all of them. All or nothing, and
 * throws as setUsage does; or, `partial`, those that are not refused. A replay whose records have gone is refused alone.
 */
export async function setUsages(
	database: Writes,
	viewer: Viewer,
	reports: readonly UsageReport[],
	{ partial, ...moment }: Moment & { readonly partial: boolean },
): Promise<StoredReports> {
	refuse(InvalidInputRefusal, callSizeProblems(reports, "reports"));
	const checks = new BatchChecks({ partial, indexed: true, itemised: true });
	const isCause = (usages: readonly string[], causeUuid: string | null) => causeUuid !== null && usages.includes(causeUuid);
	const { results, firings } = await storeReports(database, viewer, reports, moment, checks, isCause);
	return {
		results: reports.map((_report, index) => assertPresent(results.get(index) ?? checks.refusals.get(index), "each report is stored or refused")),
		firings,
	};
}

const namesIn = ({ componentUsages, firings }: StoredReport) => [
	...componentUsages.map((uuid) => ({ model: "ComponentUsage", uuid }) as const),
	...firings.map((uuid) => ({ model: "PolicyFiring", uuid }) as const),
];

/**
 * Stores the reports that pass all stages, and returns by their index what each left behind.
 *
 * @param owns whether a firing with the cause belongs to the result of the report that stored the usages
 */
async function storeReports(
	database: Writes,
	viewer: Viewer,
	reports: readonly UsageReport[],
	moment: Moment,
	checks: BatchChecks,
	owns: (componentUsages: readonly string[], causeUuid: string | null) => boolean,
): Promise<{ results: ReadonlyMap<number, StoredReport>; firings: readonly string[] }> {
	const placed = reports.map((input, index): PlacedReport => ({ index, input }));
	const shaped = checks.stage(InvalidInputRefusal, placed, ({ input }) => [...shapeProblems(input), ...keyProblems(input)]);
	return database.transaction(async (tx) => {
		const { answers, fresh } = await answersByKey<StoredReport, PlacedReport>(tx, viewer, "setUsage", shaped, namesIn, checks);
		const calendar = { now: moment.now, month: billingPeriodAt(moment.now, moment.timeZone), timeZone: moment.timeZone };
		const checked = await checkedReports(tx, viewer, fresh, { ...calendar, mirror: database.mirror }, checks);
		const stored = await storeChecked(tx, viewer, checked, calendar.month, moment.now);
		const kept = new Set(stored.map(({ index }) => index));
		const accepted = unremovedSince(viewer, checked, kept, checks);

		await writeThrough(
			tx,
			database,
			"componentUsage",
			stored.map(({ uuid }) => uuid),
			moment.now,
		);

		const offerings = [...new Set(accepted.map(({ subject }) => subject.offeringUuid))];
		const firings = await evaluatePolicies(tx, offerings, moment, stored);

		const answered = accepted.map(({ index, input }) => {
			const componentUsages = stored.filter((usage) => usage.index === index).map(({ uuid }) => uuid);
			const own = firings.filter(({ causeUuid }) => owns(componentUsages, causeUuid));
			return { index, input, answer: { componentUsages, firings: own.map(({ uuid }) => uuid) } };
		});
		await keepAnswers(tx, viewer, "setUsage", answered, moment.now);
		await appendToLog(tx, [
			...stored.map(({ uuid }): LogSubject => ({ kind: "usage", componentUsageUuid: uuid })),
			...firings.map(({ uuid }): LogSubject => ({ kind: "firing", policyFiringUuid: uuid })),
		]);
		const results = new Map([...answers, ...answered.map(({ index, answer }) => [index, answer] as const)]);
		return { results, firings: firings.map(({ uuid }) => uuid) };
	});
}

/** Stores the usages of the reports, in their order; none of those whose project was removed while they waited for the lock. */
async function storeChecked(tx: Queries, viewer: Viewer, checked: readonly FoundReport[], month: string, now: Date): Promise<StoredUsage[]> {
	const usages = checked.flatMap(({ index, input, subject, period }) =>
		input.usages.map((usage) => ({ ...usage, index, resourceUuid: subject.uuid, planPeriodUuid: period?.uuid })),
	);
	if (usages.length === 0) return [];
	return storeUsages(tx, { month, now, modifiedByUuid: viewer.uuid }, usages);
}
