import { mayCreateResources, mayReportUsage } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { absent, Forbidden, InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { ownedProblems } from "../mirror/mirror.ts";
import type { Writes } from "../mirror/writes.service.ts";
import { lockBegunOfferings } from "../month-turn/begun-month.service.ts";
import { type Moment, refuseBlocked } from "../policy/policy.service.ts";
import { type ReportSubject, reportSubject } from "../usage/report-checks.service.ts";
import { customerProblems, nameProblems, planChangeProblems, saleProblems, stateChangeProblems } from "./resource.ts";
import {
	addResource,
	boughtOffering,
	type ChangingResource,
	changePlan,
	changeState,
	flagsOfProject,
	holdingProject,
	isOnSale,
	resourceToChange,
} from "./resource-change.store.ts";

export interface ResourceRequest {
	readonly name: string;
	readonly offering: string;
	readonly project: string;
	readonly plan?: Maybe<string>;
}

/**
 * Creates a resource of an offering in a project, in state CREATING, and returns its uuid.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the project and may not create resources in it
 */
export async function createResource(database: Writes, viewer: Viewer, request: ResourceRequest, moment: Moment): Promise<string> {
	refuse(InvalidInputRefusal, nameProblems(request.name));
	return database.transaction(async (tx) => {
		const project = await holdingProject(tx, viewer, request.project);
		const offering = await boughtOffering(tx, viewer, request.offering);
		refuse(NotFoundRefusal, [
			...(offering === undefined ? [absent("Offering", request.offering, "offering")] : []),
			...(project === undefined ? [absent("Project", request.project, "project")] : []),
		]);
		if (project === undefined || offering === undefined) throw new Error("What is absent was refused.");
		if (!mayCreateResources(viewer, project)) throw new Forbidden("Only staff, the customer's owners and the project's managers and admins create resources.");
		if (request.plan != null && !(await isOnSale(tx, viewer, offering.uuid, request.plan))) throw new NotFoundRefusal([absent("Plan", request.plan, "plan")]);
		refuse(RuleRefusal, ownedProblems(database.mirror, offering, "offering"));
		refuse(RuleRefusal, saleProblems(offering));
		await lockBegunOfferings(tx, [offering.uuid], moment); // a policy that fires now, or a customer that is blocked now, is seen, or comes after this
		const flags = await flagsOfProject(tx, project.projectUuid);
		if (flags.isRemoved) throw new NotFoundRefusal([absent("Project", request.project, "project")]); // while the lock was waited for
		refuse(RuleRefusal, customerProblems(flags));
		await refuseBlocked(tx, offering.uuid, project.customerUuid);
		return addResource(tx, { ...project, name: request.name.trim(), offeringUuid: offering.uuid, planUuid: request.plan ?? null }, moment.now);
	});
}

/** Sets where a resource is in its life. Throws as createResource does; those who report its usage may. */
export async function setResourceState(database: Writes, viewer: Viewer, resourceUuid: string, state: string, now: Date): Promise<void> {
	await database.transaction(async (tx) => {
		const resource = await changingResource(tx, viewer, resourceUuid, "state");
		refuse(RuleRefusal, ownedProblems(database.mirror, resource, "resource"));
		refuse(RuleRefusal, stateChangeProblems(resource.state, state));
		await changeState(tx, resource, state, now);
	});
}

/** Sets the plan that a resource runs under, or is to run under. Throws as setResourceState does. The same plan again changes nothing. */
export async function setResourcePlan(database: Writes, viewer: Viewer, resourceUuid: string, planUuid: string, now: Date): Promise<void> {
	await database.transaction(async (tx) => {
		const resource = await changingResource(tx, viewer, resourceUuid, "plan");
		const isOther = resource.planUuid !== planUuid;
		if (isOther && !(await isOnSale(tx, viewer, resource.offeringUuid, planUuid))) throw new NotFoundRefusal([absent("Plan", planUuid, "plan")]);
		refuse(RuleRefusal, ownedProblems(database.mirror, resource, "resource"));
		refuse(RuleRefusal, planChangeProblems(resource));
		if (isOther) await changePlan(tx, resource, planUuid, now);
	});
}

/** The resource, of which the viewer, who sees it, sets `what`; locked until the transaction ends. */
async function changingResource(tx: Queries, viewer: Viewer, uuid: string, what: "state" | "plan"): Promise<ReportSubject & ChangingResource> {
	const seen = await reportSubject(tx, viewer, uuid);
	if (seen === undefined) throw new NotFoundRefusal([absent("Resource", uuid, "resource")]);
	if (!mayReportUsage(viewer, seen))
		throw new Forbidden(`Only staff, the provider's owners and managers, and the offering's managers set a resource's ${what}.`);
	const resource = await resourceToChange(tx, viewer, uuid);
	if (resource === undefined) throw new NotFoundRefusal([absent("Resource", uuid, "resource")]); // its project was removed meanwhile
	return { ...seen, ...resource };
}
