import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { BillingPeriod, Months } from "../../shared/billing-period.ts";
import type { UsageChange } from "../policy/cause.ts";
import type { ReportableComponent, ReportedUsage } from "./usage.ts";

/** The resource that usage is reported of, as far as the rules look at it. */
export interface ReportSubject {
	readonly uuid: string;
	readonly state: string;
	readonly planUuid: string | null;
	/** Only staff see it then. */
	readonly projectIsRemoved: boolean;
	readonly offeringUuid: string;
	readonly providerUuid: string;
	/** Where it was imported from; null where it was made here. */
	readonly sourceId: number | null;
}

/** A plan period and when it ends; null while it is open. */
export interface SubjectPeriod {
	readonly uuid: string;
	readonly resourceUuid: string;
	readonly end: Date | null;
}

/** Those of the resources that the viewer sees, by uuid. */
export async function reportSubjects(queries: Queries, viewer: Viewer, resourceUuids: readonly string[]): Promise<Map<string, ReportSubject>> {
	const subjects = await queries.rows<ReportSubject>(sql`
		select r."uuid", r."state"::text as "state", r."planUuid", r."projectIsRemoved", r."offeringUuid", o."providerUuid", r."sourceId"
		from "Resource" r join "Offering" o on o."uuid" = r."offeringUuid"
		where r."uuid" = any(${[...resourceUuids]}::uuid[]) and ${visibility.Resource(viewer, sql`r`)}
	`);
	return new Map(subjects.map((subject) => [subject.uuid, subject]));
}

/** Those of the plan periods that the viewer sees, by uuid. */
export async function subjectPeriods(queries: Queries, viewer: Viewer, planPeriodUuids: readonly string[]): Promise<Map<string, SubjectPeriod>> {
	if (planPeriodUuids.length === 0) return new Map();
	const periods = await queries.rows<SubjectPeriod>(sql`
		select p."uuid", p."resourceUuid", p."end" from "ResourcePlanPeriod" p
		where p."uuid" = any(${[...planPeriodUuids]}::uuid[]) and ${visibility.ResourcePlanPeriod(viewer, sql`p`)}
	`);
	return new Map(periods.map((period) => [period.uuid, period]));
}

/** The components of the offerings that the types name, by offering. */
export async function componentsNamed(
	queries: Queries,
	offeringUuids: readonly string[],
	types: readonly string[],
): Promise<ReadonlyMap<string, readonly ReportableComponent[]>> {
	const rows = await queries.rows<ReportableComponent & { offeringUuid: string }>(sql`
		select "uuid", "type", "offeringUuid", "billingType"::text as "billingType", "limitPeriod"::text as "limitPeriod", "limitAmount"
		from "OfferingComponent" where "offeringUuid" = any(${[...offeringUuids]}::uuid[]) and "type" = any(${[...types]}::text[])
	`);
	const components = new Map<string, ReportableComponent[]>(offeringUuids.map((uuid) => [uuid, []]));
	for (const { offeringUuid, ...component } of rows) components.get(offeringUuid)?.push(component);
	return components;
}

/** A resource's use of one of its components that the provider caps, over the months that the cap is counted over. */
export interface CappedUse {
	readonly resourceUuid: string;
	readonly componentUuid: string;
	readonly window: Months;
}

/** For each resource and component: what was used in the window, the record of this month left out. */
export async function totalsBesides(queries: Queries, capped: readonly CappedUse[], month: BillingPeriod): Promise<TotalsBesides> {
	const totals = new Map<string, Map<string, string>>();
	if (capped.length === 0) return totals;
	const rows = await queries.rows<{ resource: string; component: string; total: string }>(sql`
		select w.resource, w.component, coalesce(sum(u."usage"), 0) as total
		from (
			-- Several reports of a call may name one component of one resource.
			select distinct * from unnest(
				${capped.map(({ resourceUuid }) => resourceUuid)}::uuid[], ${capped.map(({ componentUuid }) => componentUuid)}::uuid[],
				${capped.map(({ window }) => window.start)}::date[], ${capped.map(({ window }) => window.end)}::date[]
			) w (resource, component, "start", "end")
		) w
		left join "ComponentUsage" u on u."resourceUuid" = w.resource and u."componentUuid" = w.component
			and u."billingPeriod" <> ${month}::date and (w."start" is null or u."billingPeriod" between w."start" and w."end")
		group by w.resource, w.component
	`);
	for (const { resource, component, total } of rows) totals.set(resource, (totals.get(resource) ?? new Map()).set(component, total));
	return totals;
}

/** Totals by resource, then by component. */
export type TotalsBesides = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What reports of one moment store, beside their usages. */
export interface ReportRecord {
	readonly month: BillingPeriod;
	readonly now: Date;
	readonly modifiedByUuid: string;
}

/** One component's usage of a resource that is to be stored. */
export interface UsageRecord extends ReportedUsage {
	/** Which report of the call it belongs to. */
	readonly index: number;
	readonly resourceUuid: string;
	/** The plan period that was named; undefined takes the one that is open now. */
	readonly planPeriodUuid: string | undefined;
}

/** A record as it was stored, what it was before, and which report of the call it belongs to. */
export interface StoredUsage extends UsageChange {
	readonly index: number;
}

/**
 * Stores the usages, in their order: a record of the same resource, component and month is overwritten. Leaves out those
 * of removed projects. Triggers derive
 * the resources' current usages (prisma/migrations).
 */
export function storeUsages(tx: Queries, { month, now, modifiedByUuid }: ReportRecord, usages: readonly UsageRecord[]): Promise<StoredUsage[]> {
	return tx.rows<StoredUsage>(sql`
		with reported as (
			select * from unnest(
				${usages.map(({ index }) => index)}::int[], ${usages.map(({ resourceUuid }) => resourceUuid)}::uuid[], ${usages.map(({ planPeriodUuid }) => planPeriodUuid ?? null)}::uuid[],
				${usages.map(({ type }) => type)}::text[], ${usages.map(({ amount }) => amount)}::numeric[],
				${usages.map(({ description }) => description ?? "")}::text[], ${usages.map(({ recurring }) => recurring ?? false)}::boolean[]
			) with ordinality usage (index, resource, period, "type", amount, description, recurring, place)
		), stored as (
			insert into "ComponentUsage" (
				"resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod",
				"recurring", "description", "planPeriodUuid", "modifiedByUuid", "created", "modified"
			)
			select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", reported.amount, ${now}::timestamptz, ${month}::date,
				reported.recurring, reported.description, coalesce(reported.period, (
					select p."uuid" from "ResourcePlanPeriod" p
					where p."resourceUuid" = r."uuid" and (p."start" is null or p."start" <= ${now}::timestamptz) and (p."end" is null or p."end" > ${now}::timestamptz)
					order by p."start" desc nulls last, p."uuid" limit 1
				)), ${modifiedByUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz
			from reported join "Resource" r on r."uuid" = reported.resource and not r."projectIsRemoved"
			join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid" and c."type" = reported."type"
			on conflict ("resourceUuid", "componentUuid", "billingPeriod") do update set
				"usage" = excluded."usage", "date" = excluded."date", "recurring" = excluded."recurring", "description" = excluded."description",
				"planPeriodUuid" = excluded."planPeriodUuid", "modifiedByUuid" = excluded."modifiedByUuid", "modified" = excluded."modified"
			returning "uuid", "resourceUuid", "componentUuid", "customerUuid", "billingPeriod", "type", "usage"
		)
		select stored."uuid", stored."componentUuid", stored."customerUuid", stored."billingPeriod",
			coalesce(previous."usage", 0) as "before", stored."usage" as "after", reported.index
		from stored join reported on reported.resource = stored."resourceUuid" and reported."type" = stored."type"
		-- Read as it was before the statement.
		left join "ComponentUsage" previous on previous."uuid" = stored."uuid"
		order by reported.place
	`);
}
