import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { BillingPeriod, Months } from "../shared/billing-period.ts";
import type { ReportableComponent, ReportedUsage } from "./usage.ts";

/** The resource that usage is reported of, as far as the rules look at it. */
export interface ReportSubject {
	readonly uuid: string;
	readonly state: string;
	readonly planUuid: string | null;
	readonly offeringUuid: string;
	readonly providerUuid: string;
}

/** A plan period and when it ends; null while it is open. */
export interface SubjectPeriod {
	readonly uuid: string;
	readonly resourceUuid: string;
	readonly end: Date | null;
}

/** The resource, if the viewer sees it. */
export async function reportSubject(queries: Queries, viewer: Viewer, resourceUuid: string): Promise<ReportSubject | undefined> {
	const [subject] = await queries.rows<ReportSubject>(sql`
		select r."uuid", r."state"::text as "state", r."planUuid", r."offeringUuid", o."providerUuid"
		from "Resource" r join "Offering" o on o."uuid" = r."offeringUuid"
		where r."uuid" = ${resourceUuid}::uuid and ${visibility.Resource(viewer, sql`r`)}
	`);
	return subject;
}

/** The plan period, if the viewer sees it. */
export async function subjectPeriod(queries: Queries, viewer: Viewer, planPeriodUuid: string): Promise<SubjectPeriod | undefined> {
	const [period] = await queries.rows<SubjectPeriod>(sql`
		select p."uuid", p."resourceUuid", p."end" from "ResourcePlanPeriod" p
		where p."uuid" = ${planPeriodUuid}::uuid and ${visibility.ResourcePlanPeriod(viewer, sql`p`)}
	`);
	return period;
}

/** The components of the offering that the types name. */
export function componentsNamed(queries: Queries, offeringUuid: string, types: readonly string[]): Promise<ReportableComponent[]> {
	return queries.rows<ReportableComponent>(sql`
		select "uuid", "type", "billingType"::text as "billingType", "limitPeriod"::text as "limitPeriod", "limitAmount"
		from "OfferingComponent" where "offeringUuid" = ${offeringUuid}::uuid and "type" = any(${types}::text[])
	`);
}

/** By component: what the resource used in the component's window, the record of this month left out. */
export async function totalsBesides(
	queries: Queries,
	resourceUuid: string,
	month: BillingPeriod,
	windows: ReadonlyMap<string, Months>,
): Promise<Map<string, string>> {
	if (windows.size === 0) return new Map();
	const rows = await queries.rows<{ component: string; total: string }>(sql`
		select w.component, coalesce(sum(u."usage"), 0) as total
		from unnest(${[...windows.keys()]}::uuid[], ${[...windows.values()].map(({ start }) => start)}::date[], ${[...windows.values()].map(({ end }) => end)}::date[])
			w (component, "start", "end")
		left join "ComponentUsage" u on u."resourceUuid" = ${resourceUuid}::uuid and u."componentUuid" = w.component
			and u."billingPeriod" <> ${month}::date and (w."start" is null or u."billingPeriod" between w."start" and w."end")
		group by w.component
	`);
	return new Map(rows.map(({ component, total }) => [component, total]));
}

/** What a report stores, beside its usages. */
export interface ReportRecord {
	readonly resourceUuid: string;
	readonly month: BillingPeriod;
	readonly now: Date;
	/** The plan period that was named; undefined takes the one that is open now. */
	readonly planPeriodUuid: string | undefined;
	readonly modifiedByUuid: string;
}

/** A record as it was stored. */
export interface StoredUsage {
	readonly uuid: string;
	readonly componentUuid: string;
}

/** Stores the usages, in their order: a record of the same resource, component and month is overwritten. */
export function storeUsages(tx: Queries, report: ReportRecord, usages: readonly ReportedUsage[]): Promise<StoredUsage[]> {
	const { resourceUuid, month, now, planPeriodUuid, modifiedByUuid } = report;
	return tx.rows<StoredUsage>(sql`
		with reported as (
			select * from unnest(
				${usages.map(({ type }) => type)}::text[], ${usages.map(({ amount }) => amount)}::numeric[],
				${usages.map(({ description }) => description ?? "")}::text[], ${usages.map(({ recurring }) => recurring ?? false)}::boolean[]
			) with ordinality usage ("type", amount, description, recurring, place)
		), stored as (
			insert into "ComponentUsage" (
				"resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod",
				"recurring", "description", "planPeriodUuid", "modifiedByUuid", "created", "modified"
			)
			select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", reported.amount, ${now}::timestamptz, ${month}::date,
				reported.recurring, reported.description, coalesce(${planPeriodUuid ?? null}::uuid, (
					select p."uuid" from "ResourcePlanPeriod" p
					where p."resourceUuid" = r."uuid" and (p."start" is null or p."start" <= ${now}::timestamptz) and (p."end" is null or p."end" > ${now}::timestamptz)
					order by p."start" desc nulls last, p."uuid" limit 1
				)), ${modifiedByUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz
			from "Resource" r cross join reported join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid" and c."type" = reported."type"
			where r."uuid" = ${resourceUuid}::uuid
			on conflict ("resourceUuid", "componentUuid", "billingPeriod") do update set
				"usage" = excluded."usage", "date" = excluded."date", "recurring" = excluded."recurring", "description" = excluded."description",
				"planPeriodUuid" = excluded."planPeriodUuid", "modifiedByUuid" = excluded."modifiedByUuid", "modified" = excluded."modified"
			returning "uuid", "componentUuid", "type"
		)
		select stored."uuid", stored."componentUuid" from stored join reported on reported."type" = stored."type" order by reported.place
	`);
}

/** Sets the resource's current usage of the types to what their latest billing month says; other types stay as they are. */
export async function mergeCurrentUsages(tx: Queries, resourceUuid: string, types: readonly string[], now: Date): Promise<void> {
	await tx.rows(sql`
		update "Resource" r set "modified" = ${now}::timestamptz, "currentUsages" = r."currentUsages" || latest.usages
		from (
			select jsonb_object_agg(newest."type", trim_scale(newest."usage")::text) as usages from (
				select distinct on (u."type") u."type", u."usage" from "ComponentUsage" u
				where u."resourceUuid" = ${resourceUuid}::uuid and u."type" = any(${types}::text[]) order by u."type", u."billingPeriod" desc
			) newest
		) latest
		where r."uuid" = ${resourceUuid}::uuid
	`);
}
