import { mayLimitUsers } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { absent, Forbidden, InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { type Mirror, writeProblems } from "../mirror/mirror.ts";
import { deleteThrough, lockForWriting, type Writes, writeThrough } from "../mirror/writes.service.ts";
import { accountsNamed } from "./account.store.ts";
import { addLimit, changeLimit, deleteLimit, type LimitedResource, limitedComponent, limitedResource, limitToChange, type StoredLimit } from "./limit.store.ts";
import { duplicateProblem, type LimitRequest, limitRuleProblems, limitShapeProblems } from "./limit.ts";

/** What a change of a limit may name; what is absent stays as it is. The resource is fixed, and may only be repeated. */
export interface LimitChange {
	readonly uuid: string;
	readonly resource?: Maybe<string>;
	readonly component?: Maybe<string>;
	readonly user?: Maybe<string>;
	readonly limit?: Maybe<string>;
}

/**
 * Stores a limit for an account on a component of a resource and returns its uuid.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the resource and may not limit its users
 */
export async function createLimit(database: Writes, viewer: Viewer, request: LimitRequest & { resource: string }, now: Date): Promise<string> {
	refuse(InvalidInputRefusal, limitShapeProblems(request));
	return database.transaction(async (tx) => {
		const resource = await limitedResource(tx, viewer, request.resource);
		if (resource === undefined) throw new NotFoundRefusal([absent("Resource", request.resource, "resource")]);
		await checked(tx, viewer, resource, request, database.mirror);
		await lockForWriting(tx, database, resource.offeringUuid);
		const uuid = await addLimit(tx, resource.offeringUuid, request, now);
		if (uuid === undefined) throw new RuleRefusal([duplicateProblem]);
		await writeThrough(tx, database, "userLimit", [uuid], now);
		return uuid;
	});
}

/** Changes what is given of a limit. Throws as createLimit does; the resource cannot be changed. */
export async function updateLimit(database: Writes, viewer: Viewer, change: LimitChange, now: Date): Promise<void> {
	if (change.limit != null) refuse(InvalidInputRefusal, limitShapeProblems({ limit: change.limit }));
	await database.transaction(async (tx) => {
		const { limit, resource } = await found(tx, viewer, change.uuid);
		const wanted: StoredLimit = {
			...limit,
			component: change.component ?? limit.component,
			user: change.user ?? limit.user,
			limit: change.limit ?? limit.limit,
		};
		await checked(tx, viewer, resource, wanted, database.mirror);
		if (change.resource != null && change.resource !== limit.resource) {
			throw new RuleRefusal([
				{ code: "INVALID_INPUT", message: "The resource of a limit is fixed: delete it and create another one.", path: ["input", "resource"] },
			]);
		}
		await lockForWriting(tx, database, resource.offeringUuid);
		if (!(await changeLimit(tx, wanted, now))) throw new RuleRefusal([duplicateProblem]);
		await writeThrough(tx, database, "userLimit", [limit.uuid], now);
	});
}

/** Deletes a limit. Throws as createLimit does. */
export async function removeLimit(database: Writes, viewer: Viewer, uuid: string, now: Date): Promise<void> {
	await database.transaction(async (tx) => {
		const { resource } = await found(tx, viewer, uuid);
		permitted(viewer, resource);
		refuse(RuleRefusal, writeProblems(database.mirror, resource, "uuid"));
		await lockForWriting(tx, database, resource.offeringUuid);
		await deleteThrough(tx, database, { kind: "userLimit", uuid }, now);
		await deleteLimit(tx, uuid);
	});
}

async function found(tx: Queries, viewer: Viewer, uuid: string): Promise<{ limit: StoredLimit; resource: LimitedResource }> {
	const limit = await limitToChange(tx, viewer, uuid);
	const resource = limit === undefined ? undefined : await limitedResource(tx, viewer, limit.resource);
	if (limit === undefined || resource === undefined) throw new NotFoundRefusal([absent("Limit", uuid, "uuid")]);
	return { limit, resource };
}

function permitted(viewer: Viewer, resource: LimitedResource): void {
	if (!mayLimitUsers(viewer, resource)) throw new Forbidden("Only staff, the customer's owners and the project's managers limit the users of a resource.");
}

/** The viewer may set such a limit, and what it names is there, seen, and of the resource's offering. */
async function checked(tx: Queries, viewer: Viewer, resource: LimitedResource, request: LimitRequest, mirror: Mirror | undefined): Promise<void> {
	permitted(viewer, resource);
	refuse(RuleRefusal, writeProblems(mirror, resource, "resource"));
	const component = await limitedComponent(tx, viewer, request.component);
	const account = (await accountsNamed(tx, viewer, [request.user])).get(request.user);
	refuse(NotFoundRefusal, [
		...(component === undefined ? [absent("Component", request.component, "component")] : []),
		...(account === undefined ? [absent("Offering user", request.user, "user")] : []),
	]);
	if (component === undefined || account === undefined) return;
	refuse(RuleRefusal, limitRuleProblems(resource, component, account));
}
