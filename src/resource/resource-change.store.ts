import { consumerSide } from "../access/permissions.ts";
import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { certain } from "../shared/certain.ts";

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

/** The offering that is to be bought, if the viewer sees it. */
export async function boughtOffering(queries: Queries, viewer: Viewer, uuid: string): Promise<{ uuid: string; state: string } | undefined> {
	const [offering] = await queries.rows<{ uuid: string; state: string }>(sql`
		select o."uuid", o."state"::text as "state" from "Offering" o where o."uuid" = ${uuid}::uuid and ${visibility.Offering(viewer, sql`o`)}
	`);
	return offering;
}

/** Whether the customer is blocked or archived; it stays so until the transaction ends when an offering is locked. */
export async function customerFlags(tx: Queries, uuid: string): Promise<{ blocked: boolean; archived: boolean }> {
	const [flags] = await tx.rows<{ blocked: boolean; archived: boolean }>(sql`select "blocked", "archived" from "Customer" where "uuid" = ${uuid}::uuid`);
	return certain(flags, "a project has a customer");
}

/** Whether the offering sells the plan. */
export async function isOnSale(queries: Queries, offeringUuid: string, planUuid: string): Promise<boolean> {
	const plans = await queries.rows(sql`select from "Plan" where "uuid" = ${planUuid}::uuid and "offeringUuid" = ${offeringUuid}::uuid and not "archived"`);
	return plans.length > 0;
}

export interface NewResource extends HoldingProject {
	readonly name: string;
	readonly offeringUuid: string;
	readonly planUuid: string | null;
}

/** Stores the resource, and opens its plan period where it has a plan. Answers its uuid. */
export async function addResource(tx: Queries, { name, offeringUuid, projectUuid, customerUuid, planUuid }: NewResource, now: Date): Promise<string> {
	const [added] = await tx.rows<{ uuid: string }>(sql`
		with resource as (
			insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid", "created", "modified")
			values (${name}, 'CREATING', ${offeringUuid}::uuid, ${projectUuid}::uuid, ${customerUuid}::uuid, ${planUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz)
			returning "uuid", "planUuid"
		), period as (
			insert into "ResourcePlanPeriod" ("resourceUuid", "planUuid", "start", "created", "modified")
			select "uuid", "planUuid", ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz from resource where "planUuid" is not null
		)
		select "uuid" from resource
	`);
	if (added === undefined) throw new Error("A resource was not stored.");
	return added.uuid;
}

/** Sets the state; a resource that ends runs under no plan from then on. */
export async function changeState(tx: Queries, resourceUuid: string, state: string, now: Date): Promise<void> {
	await tx.rows(sql`
		with ended as (
			update "ResourcePlanPeriod" set "end" = ${now}::timestamptz, "modified" = ${now}::timestamptz
			where "resourceUuid" = ${resourceUuid}::uuid and "end" is null and ${state} = 'TERMINATED'
		)
		update "Resource" set "state" = ${state}::text::"ResourceState", "modified" = ${now}::timestamptz where "uuid" = ${resourceUuid}::uuid
	`);
}
