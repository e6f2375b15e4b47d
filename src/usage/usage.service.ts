import { mayReportUsage } from "../access/permissions.ts";
import type { Viewer } from "../access/viewer.ts";
import type { Database, Queries } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { appendToLog, type LogSubject } from "../log/log.store.ts";
import { evaluatePolicies, type Moment } from "../policy/policy.service.ts";
import { type BillingPeriod, billingPeriodAt, type Months, startOfMonth } from "../shared/billing-period.ts";
import { absent, Forbidden, InvalidInputRefusal, NotFoundRefusal, type Problem, RuleRefusal, refuse } from "../shared/refusal.ts";
import {
	componentsNamed,
	mergeCurrentUsages,
	type ReportSubject,
	reportSubject,
	type SubjectPeriod,
	storeUsages,
	subjectPeriod,
	totalsBesides,
} from "./usage.store.ts";
import {
	capProblems,
	capWindow,
	componentProblems,
	periodProblems,
	planProblems,
	type ReportableComponent,
	shapeProblems,
	stateProblems,
	type UsageReport,
} from "./usage.ts";

/** What a report left behind: uuids of the stored records in the order of the report, and of the firings that it caused. */
export interface StoredReport {
	readonly componentUsages: readonly string[];
	readonly firings: readonly string[];
}

/**
 * Stores a report of a resource's usage in one transaction with the policies that it turns and their log entries.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the resource and may not report its usage
 */
export async function setUsage(database: Database, viewer: Viewer, report: UsageReport, moment: Moment): Promise<StoredReport> {
	refuse(InvalidInputRefusal, shapeProblems(report));
	return database.transaction(async (tx) => {
		const { subject, period } = await found(tx, viewer, report);
		if (!mayReportUsage(viewer, subject)) throw new Forbidden("Only staff, the provider's owners and managers, and the offering's managers report usage.");
		await lockOfferings(tx, [subject.offeringUuid]);

		const month = billingPeriodAt(moment.now, moment.timeZone);
		const types = report.usages.map(({ type }) => type);
		refuse(RuleRefusal, periodProblems(period, startOfMonth(month, moment.timeZone)));
		refuse(RuleRefusal, planProblems(subject));
		refuse(RuleRefusal, stateProblems(subject));
		const components = await componentsNamed(tx, subject.offeringUuid, types);
		refuse(RuleRefusal, componentProblems(types, components));
		refuse(RuleRefusal, capProblems(report.usages, components, await totalsBesides(tx, subject.uuid, month, capWindows(components, month))));

		const record = { resourceUuid: subject.uuid, month, now: moment.now, planPeriodUuid: period?.uuid, modifiedByUuid: viewer.uuid };
		const stored = await storeUsages(tx, record, report.usages);
		await mergeCurrentUsages(tx, subject.uuid, types, moment.now);
		const causes = new Map(stored.map(({ componentUuid, uuid }) => [componentUuid, uuid]));
		const firings = await evaluatePolicies(tx, [subject.offeringUuid], moment, (componentUuid) => causes.get(componentUuid));
		await appendToLog(tx, [
			...stored.map(({ uuid }): LogSubject => ({ kind: "usage", componentUsageUuid: uuid })),
			...firings.map((policyFiringUuid): LogSubject => ({ kind: "firing", policyFiringUuid })),
		]);
		return { componentUsages: stored.map(({ uuid }) => uuid), firings };
	});
}

/** Stage 2: what the report names is there and seen. A plan period decides; a resource beside it must be its own. */
async function found(
	tx: Queries,
	viewer: Viewer,
	{ planPeriod, resource }: UsageReport,
): Promise<{ subject: ReportSubject; period: SubjectPeriod | undefined }> {
	const period = planPeriod == null ? undefined : await subjectPeriod(tx, viewer, planPeriod);
	const named = resource == null ? undefined : await reportSubject(tx, viewer, resource);
	const problems: Problem[] = [];
	if (planPeriod != null && period === undefined) problems.push(absent("Plan period", planPeriod, "planPeriod"));
	if (resource != null && named === undefined) problems.push(absent("Resource", resource, "resource"));
	refuse(NotFoundRefusal, problems);
	if (period !== undefined && named !== undefined && period.resourceUuid !== named.uuid) {
		const message = "The plan period belongs to another resource: give one of the two, or a matching pair.";
		throw new InvalidInputRefusal([{ code: "INVALID_INPUT", message, path: ["input", "planPeriod"] }]);
	}
	const subject = named ?? (period === undefined ? undefined : await reportSubject(tx, viewer, period.resourceUuid));
	if (subject === undefined) throw new Error("A visible plan period has a visible resource.");
	return { subject, period };
}

function capWindows(components: readonly ReportableComponent[], month: BillingPeriod): Map<string, Months> {
	return new Map(
		components.flatMap((component) => {
			const window = capWindow(component, month);
			return window === undefined ? [] : [[component.uuid, window]];
		}),
	);
}
