import { mayReportUsage } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { assertPresent } from "../../shared/assert-present.ts";
import type { BatchChecks, Placed } from "../../shared/batch-checks.ts";
import { type BillingPeriod, startOfMonth } from "../../shared/billing-period.ts";
import { absent, InvalidInputRefusal, NotFoundRefusal, type Problem, RuleRefusal } from "../../shared/refusal.ts";
import { type Mirror, writeProblems } from "../mirror/mirror.ts";
import { lockBegunOfferings } from "../month-turn/begun-month.service.ts";
import { componentsNamed, type ReportSubject, reportSubjects, type SubjectPeriod, subjectPeriods, type TotalsBesides, totalsBesides } from "./usage.store.ts";
import {
	capProblems,
	capWindow,
	componentProblems,
	pairProblems,
	periodProblems,
	planProblems,
	type ReportableComponent,
	removedProblem,
	repeatProblems,
	stateProblems,
	type UsageReport,
} from "./usage.ts";

/** A report in its place in the call. */
export interface PlacedReport extends Placed {
	readonly input: UsageReport;
}

/** A report and what it names. */
export interface FoundReport extends PlacedReport {
	readonly subject: ReportSubject;
	readonly period: SubjectPeriod | undefined;
}

/** The resource as the rules of reporting look at it; undefined when the viewer does not see it. */
export const reportSubject = async (tx: Queries, viewer: Viewer, resourceUuid: string): Promise<ReportSubject | undefined> =>
	(await reportSubjects(tx, viewer, [resourceUuid])).get(resourceUuid);

export type { ReportSubject } from "./usage.store.ts";

/** What reports are judged by besides what they name. */
export interface Calendar {
	readonly now: Date;
	readonly month: BillingPeriod;
	readonly timeZone: string;
	/** The Waldur that reports of its resources go to, if any. */
	readonly mirror?: Mirror | undefined;
}

/** Stages 2 to 7 of reports, from looking up what they name to the provider's caps. Leaves the offerings of those that pass locked. */
export async function checkedReports(
	tx: Queries,
	viewer: Viewer,
	reports: readonly PlacedReport[],
	{ now, month, timeZone, mirror }: Calendar,
	checks: BatchChecks,
): Promise<FoundReport[]> {
	const found = await foundReports(tx, viewer, reports, checks);
	// All or nothing, every report is to be stored: one that repeats another is malformed, even when more is wrong with it.
	const single = checks.isPartial ? found : unrepeated(found, checks);
	const message = "Only staff, the provider's owners and managers, and the offering's managers report usage.";
	const permitted = checks.permitted(single, ({ subject }) => mayReportUsage(viewer, subject), message);

	const writable = checks.stage(RuleRefusal, permitted, ({ input, subject }) =>
		writeProblems(mirror, subject, input.resource == null ? "planPeriod" : "resource"),
	);
	const start = startOfMonth(month, timeZone);
	const inPeriod = checks.stage(RuleRefusal, writable, ({ period }) => periodProblems(period, start));
	const planned = checks.stage(RuleRefusal, inPeriod, ({ subject }) => planProblems(subject));
	const running = checks.stage(RuleRefusal, planned, ({ subject }) => stateProblems(subject));
	const components = await componentsNamed(tx, offeringsOf(running), [...new Set(running.flatMap(({ input }) => typesOf(input)))]);
	const of = ({ subject }: FoundReport) => components.get(subject.offeringUuid) ?? [];
	const known = checks.stage(RuleRefusal, running, (item) => componentProblems(typesOf(item.input), of(item)));

	// Nothing before this depends on other reports: callers of one offering wait for each other as late as they can.
	await lockBegunOfferings(tx, offeringsOf(known), { now, timeZone });
	const totals = await totalsOf(tx, known, of, month);
	const capped = checks.stage(RuleRefusal, known, (item) => capProblems(item.input.usages, of(item), totals.get(item.subject.uuid)));
	return checks.isPartial ? unrepeated(capped, checks) : capped;
}

/**
 * Those of which anything was stored. A report has usages; where none of them was, its project was removed while the lock
 * was waited for. Staff see that; to anyone else the resource is not there.
 */
export function unremovedSince(viewer: Viewer, reports: readonly FoundReport[], stored: ReadonlySet<number>, checks: BatchChecks): FoundReport[] {
	const [Stage, problemOf] = viewer.isStaff
		? ([RuleRefusal, () => removedProblem("resource")] as const)
		: ([NotFoundRefusal, ({ subject }: FoundReport) => absent("Resource", subject.uuid, "resource")] as const);
	return checks.stage(Stage, reports, (report) => (stored.has(report.index) ? [] : [problemOf(report)]));
}

/**
 * Those that report nothing that an earlier one of them stores. Judged one by one, a report that is refused leaves its types
 * to later ones; all or nothing, each repetition is named.
 */
function unrepeated(reports: readonly FoundReport[], checks: BatchChecks): FoundReport[] {
	const stored = new Map<string, Set<string>>();
	return checks.stage(InvalidInputRefusal, reports, ({ input, subject }) => {
		const before = stored.get(subject.uuid) ?? new Set();
		const problems = repeatProblems(input.usages, before);
		if (problems.length === 0 || !checks.isPartial) stored.set(subject.uuid, new Set([...before, ...typesOf(input)]));
		return problems;
	});
}

/** Stage 2: what the reports name is there and seen. A plan period decides; a resource beside it must be its own. */
async function foundReports(tx: Queries, viewer: Viewer, reports: readonly PlacedReport[], checks: BatchChecks): Promise<FoundReport[]> {
	const periods = await subjectPeriods(
		tx,
		viewer,
		reports.flatMap(({ input }) => input.planPeriod ?? []),
	);
	const periodOf = ({ planPeriod }: UsageReport) => (planPeriod == null ? undefined : periods.get(planPeriod));
	const resourceOf = (report: UsageReport) => report.resource ?? periodOf(report)?.resourceUuid;
	const subjects = await reportSubjects(
		tx,
		viewer,
		reports.flatMap(({ input }) => resourceOf(input) ?? []),
	);
	const there = checks.stage(NotFoundRefusal, reports, ({ input: report }) => {
		const problems: Problem[] = [];
		if (report.planPeriod != null && periodOf(report) === undefined) problems.push(absent("Plan period", report.planPeriod, "planPeriod"));
		if (report.resource != null && !subjects.has(report.resource)) problems.push(absent("Resource", report.resource, "resource"));
		return problems;
	});
	const found = there.map((item) => ({
		...item,
		subject: assertPresent(subjects.get(resourceOf(item.input) ?? ""), "a visible plan period has a visible resource"),
		period: periodOf(item.input),
	}));
	return checks.stage(InvalidInputRefusal, found, ({ subject, period }) => pairProblems(period, subject));
}

/** What the resources used of the reported components that are capped. */
function totalsOf(
	tx: Queries,
	reports: readonly FoundReport[],
	of: (report: FoundReport) => readonly ReportableComponent[],
	month: BillingPeriod,
): Promise<TotalsBesides> {
	const capped = reports.flatMap((item) =>
		of(item).flatMap((component) => {
			const window = typesOf(item.input).includes(component.type) ? capWindow(component, month) : undefined;
			return window === undefined ? [] : [{ resourceUuid: item.subject.uuid, componentUuid: component.uuid, window }];
		}),
	);
	return totalsBesides(tx, capped, month);
}

const offeringsOf = (reports: readonly FoundReport[]): string[] => [...new Set(reports.map(({ subject }) => subject.offeringUuid))];

const typesOf = ({ usages }: UsageReport): string[] => usages.map(({ type }) => type);
