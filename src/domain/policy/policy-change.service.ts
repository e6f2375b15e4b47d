import { mayChangePolicies } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { lockOfferings } from "../../database/lock.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { absent, Forbidden, InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { checkGroups } from "../customer/group.service.ts";
import { type Mirror, writeProblems } from "../mirror/mirror.ts";
import { deleteThrough, type Writes, writeThrough } from "../mirror/writes.service.ts";
import { lockBegunOfferings } from "../month-turn/begun-month.service.ts";
import { evaluateAndLog, logFirings, type Moment, withdrawPolicy } from "./policy.service.ts";
import { addPolicy, changePolicy, deletePolicy, type PolicyScope, policyScope, type StoredPolicy, storedPolicy, typesOf } from "./policy-change.store.ts";
import { limitedTypeProblems, type PolicyRequest, policyShapeProblems, type WatchRequest } from "./policy-request.ts";

/** A policy that was stored, and the firings that this caused. */
export interface ChangedPolicy {
	readonly uuid: string;
	readonly firings: readonly string[];
}

/** What an update names; what is absent or null stays as it is, a set that is given replaces the whole set. */
export type PolicyChange = { readonly uuid: string; readonly scope?: Maybe<string> } & {
	readonly [Field in keyof PolicyRequest]?: Maybe<PolicyRequest[Field]>;
};

/**
 * Stores a policy on an offering and evaluates it at once, in one transaction.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the offering's policies and may not change them
 */
export async function createPolicy(database: Writes, viewer: Viewer, scope: string, request: PolicyRequest, moment: Moment): Promise<ChangedPolicy> {
	refuse(InvalidInputRefusal, policyShapeProblems(request));
	return database.transaction(async (tx) => {
		await checkScope(tx, viewer, scope, request, database.mirror);
		await lockBegunOfferings(tx, [scope], moment);
		const uuid = await addPolicy(tx, scope, request, viewer.uuid, moment.now);
		await writeThrough(tx, database, "policy", [uuid], moment.now);
		return { uuid, firings: await evaluateAndLog(tx, [scope], moment) };
	});
}

/** Changes what is given of a policy and evaluates it at once. Throws as createPolicy does; the offering is fixed. */
export async function updatePolicy(database: Writes, viewer: Viewer, { uuid, scope, ...change }: PolicyChange, moment: Moment): Promise<ChangedPolicy> {
	return database.transaction(async (tx) => {
		const found = await visiblePolicy(tx, viewer, uuid);
		permitted(viewer, found);
		await lockBegunOfferings(tx, [found.offeringUuid], moment);
		const present = await visiblePolicy(tx, viewer, uuid); // as it is under the lock
		const wanted: StoredPolicy = { ...present, ...given(change) };
		refuse(InvalidInputRefusal, policyShapeProblems(wanted));
		await checked(tx, viewer, present, wanted, database.mirror);
		if (scope != null && scope !== present.offeringUuid) {
			throw new RuleRefusal([
				{ code: "INVALID_INPUT", message: "The offering of a policy is fixed: delete it and create another one.", path: ["input", "scope"] },
			]);
		}
		await changePolicy(tx, wanted, moment.now);
		await writeThrough(tx, database, "policy", [uuid], moment.now);
		return { uuid, firings: await evaluateAndLog(tx, [present.offeringUuid], moment) };
	});
}

/** Deletes a policy; what it blocked is free again, and of one that is fired that is its last firing. Its firings stay. Throws as createPolicy does. */
export async function removePolicy(database: Writes, viewer: Viewer, uuid: string, moment: Moment): Promise<ChangedPolicy> {
	const removed: ChangedPolicy | null = await database.transaction(async (tx) => {
		const policy = await visiblePolicy(tx, viewer, uuid);
		permitted(viewer, policy);
		refuse(RuleRefusal, writeProblems(database.mirror, policy, "uuid"));
		await lockOfferings(tx, [policy.offeringUuid]);
		await visiblePolicy(tx, viewer, uuid); // it may have been deleted while the lock was waited for
		await deleteThrough(tx, database, { kind: "policy", uuid }, moment.now);
		const firings = await withdrawPolicy(tx, uuid, moment);
		await deletePolicy(tx, uuid, moment.now);
		await logFirings(tx, firings);
		return { uuid, firings };
	});
	return removed ?? { uuid, firings: [] }; // what the version before stored for a key
}

async function visiblePolicy(tx: Queries, viewer: Viewer, uuid: string): Promise<StoredPolicy> {
	const policy = await storedPolicy(tx, viewer, uuid);
	if (policy === undefined) throw new NotFoundRefusal([absent("Policy", uuid, "uuid")]);
	return policy;
}

function permitted(viewer: Viewer, offering: PolicyScope): void {
	if (!mayChangePolicies(viewer, offering)) throw new Forbidden("Only staff and the provider's owners change policies.");
}

/** The viewer may put a policy that watches this on the offering. Throws as createPolicy does. */
export async function checkScope(queries: Queries, viewer: Viewer, scope: string, request: WatchRequest, mirror?: Mirror): Promise<void> {
	const offering = await policyScope(queries, viewer, scope);
	if (offering === undefined) throw new NotFoundRefusal([absent("Offering", scope, "scope")]);
	await checked(queries, viewer, offering, request, mirror);
}

/** The viewer may store such a policy, and what it names is there, seen, and of the offering. */
async function checked(queries: Queries, viewer: Viewer, offering: PolicyScope, request: WatchRequest, mirror: Mirror | undefined): Promise<void> {
	permitted(viewer, offering);
	refuse(RuleRefusal, writeProblems(mirror, offering, "scope"));
	await checkGroups(queries, viewer, request.organizationGroups);
	refuse(RuleRefusal, limitedTypeProblems(request.componentLimits, await typesOf(queries, offering.offeringUuid)));
}

/** The fields that have a value. */
const given = (change: Omit<PolicyChange, "uuid" | "scope">): Partial<PolicyRequest> =>
	Object.fromEntries(Object.entries(change).filter(([, value]) => value != null));
