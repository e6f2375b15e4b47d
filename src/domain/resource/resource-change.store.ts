import { consumerSide } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { type Sql, sql } from "../../database/sql.ts";
import { assertPresent } from "../../shared/assert-present.ts";

/** The project that is to hold a resource. */
export interface HoldingProject {
	readonly projectUuid: string;
	readonly customerUuid: string;
}

/** The project, if it is there and the viewer belongs to its customer's people; the provider's side buys nothing for others. */
export async function holdingProject(queries: Queries, viewer: Viewer, uuid: string): Promise<HoldingProject | undefined> {
	const [project] = await queries.rows<HoldingProject>(sql`
		select p."uuid" as "projectUuid", p."customerUuid" from "Project" p
		where p."uuid" = ${uuid}::uuid and not p."isRemoved" and ${consumerSide.Project(viewer, sql`p`)}
	`);
	return project;
}

/** An offering, and where it was imported from; null where it was made here. */
interface BoughtOffering {
	readonly uuid: string;
	readonly state: string;
	readonly sourceId: number | null;
}

/** The offering that is to be bought, if the viewer sees it. */
export async function boughtOffering(queries: Queries, viewer: Viewer, uuid: string): Promise<BoughtOffering | undefined> {
	const [offering] = await queries.rows<BoughtOffering>(sql`
		select o."uuid", o."state"::text as "state", o."sourceId" from "Offering" o where o."uuid" = ${uuid}::uuid and ${visibility.Offering(viewer, sql`o`)}
	`);
	return offering;
}

/** Whether the project is removed, and its customer blocked or archived; it stays so until the transaction ends when an offering is locked. */
export async function flagsOfProject(tx: Queries, uuid: string): Promise<{ blocked: boolean; archived: boolean; isRemoved: boolean }> {
	const [flags] = await tx.rows<{ blocked: boolean; archived: boolean; isRemoved: boolean }>(sql`
		select c."blocked", c."archived", p."isRemoved" from "Project" p join "Customer" c on c."uuid" = p."customerUuid" where p."uuid" = ${uuid}::uuid
	`);
	return assertPresent(flags, "projects are kept");
}

/** Whether the offering sells the plan, and the viewer sees it. */
export async function isOnSale(queries: Queries, viewer: Viewer, offeringUuid: string, planUuid: string): Promise<boolean> {
	const plans = await queries.rows(sql`
		select from "Plan" p
		where p."uuid" = ${planUuid}::uuid and p."offeringUuid" = ${offeringUuid}::uuid and not p."archived" and ${visibility.Plan(viewer, sql`p`)}
	`);
	return plans.length > 0;
}

export interface NewResource extends HoldingProject {
	readonly name: string;
	readonly offeringUuid: string;
	readonly planUuid: string | null;
}

/** Stores the resource and returns its uuid. Its plan applies once it is OK. */
export async function addResource(tx: Queries, { name, offeringUuid, projectUuid, customerUuid, planUuid }: NewResource, now: Date): Promise<string> {
	const [added] = await tx.rows<{ uuid: string }>(sql`
		insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid", "created", "modified")
		values (${name}, 'CREATING', ${offeringUuid}::uuid, ${projectUuid}::uuid, ${customerUuid}::uuid, ${planUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz)
		returning "uuid"
	`);
	return assertPresent(added, "a resource is stored").uuid;
}

/** A resource that is to be changed. */
export interface ChangingResource {
	readonly uuid: string;
	readonly state: string;
	readonly planUuid: string | null;
}

/** The resource as it is, if the viewer still sees it; locked until the transaction ends. */
export async function resourceToChange(tx: Queries, viewer: Viewer, uuid: string): Promise<ChangingResource | undefined> {
	const [resource] = await tx.rows<ChangingResource>(sql`
		select r."uuid", r."state"::text as "state", r."planUuid" from "Resource" r
		where r."uuid" = ${uuid}::uuid and ${visibility.Resource(viewer, sql`r`)} for no key update
	`);
	return resource;
}

/**
 * Sets the state. A resource that is OK for the first time runs under its plan from now on, and one that ends under none.
 * An imported resource that has plan periods has run before.
 */
export async function changeState(tx: Queries, { uuid, planUuid }: ChangingResource, state: string, now: Date): Promise<void> {
	await tx.rows(sql`
		with ended as (${endOfPeriods(uuid, now, sql`${state} = 'TERMINATED'`)}), opened as (
			${newPeriod(uuid, planUuid, now, sql`${state} = 'OK' and not ${hasRun(uuid)}`)}
		)
		update "Resource" set "state" = ${state}::text::"ResourceState", "modified" = ${now}::timestamptz where "uuid" = ${uuid}::uuid
	`);
}

/** Sets the plan. One that runs, or has run, does so under the new plan from now on; any other once it is OK. */
export async function changePlan(tx: Queries, { uuid, state }: ChangingResource, planUuid: string, now: Date): Promise<void> {
	const runs = sql`(${state} in ('OK', 'UPDATING', 'TERMINATING') or ${hasRun(uuid)})`;
	await tx.rows(sql`
		with ended as (${endOfPeriods(uuid, now, sql`true`)}), opened as (${newPeriod(uuid, planUuid, now, runs)})
		update "Resource" set "planUuid" = ${planUuid}::uuid, "modified" = ${now}::timestamptz where "uuid" = ${uuid}::uuid
	`);
}

const hasRun = (resourceUuid: string): Sql => sql`exists (select from "ResourcePlanPeriod" ran where ran."resourceUuid" = ${resourceUuid}::uuid)`;

/** Ends the periods that apply, or were to apply later: those that have not begun end where they begin. */
const endOfPeriods = (resourceUuid: string, now: Date, condition: Sql): Sql => sql`
	update "ResourcePlanPeriod" set "end" = greatest("start", ${now}::timestamptz), "modified" = ${now}::timestamptz
	where "resourceUuid" = ${resourceUuid}::uuid and ("end" is null or "end" > ${now}::timestamptz) and ${condition}
`;

const newPeriod = (resourceUuid: string, planUuid: string | null, now: Date, condition: Sql): Sql => sql`
	insert into "ResourcePlanPeriod" ("resourceUuid", "planUuid", "start", "created", "modified")
	select ${resourceUuid}::uuid, ${planUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
	where ${planUuid}::uuid is not null and ${condition}
`;
