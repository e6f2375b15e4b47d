import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { InvalidInputRefusal, refuse } from "../../shared/refusal.ts";
import type { Moment } from "./policy.service.ts";
import { checkScope } from "./policy-change.service.ts";
import { monthlyUses } from "./policy-preview.store.ts";
import { neededMonths, type PreviewMonth, previewedPolicy } from "./policy-preview.ts";
import { type WatchRequest, watchShapeProblems } from "./policy-request.ts";

/**
 * What a policy that is not stored would have done in each of the last 24 months on the offering, the current one last.
 * Nothing is written.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the offering's policies and may not change them
 */
export async function previewPolicy(
	queries: Queries,
	viewer: Viewer,
	scope: string,
	request: WatchRequest,
	{ now, timeZone }: Moment,
): Promise<PreviewMonth[]> {
	refuse(InvalidInputRefusal, watchShapeProblems(request));
	await checkScope(queries, viewer, scope, request);
	const current = billingPeriodAt(now, timeZone);
	return previewedPolicy(request.period, current, await monthlyUses(queries, scope, request, neededMonths(request.period, current)));
}
