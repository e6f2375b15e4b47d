import type { Queries } from "../../database/database.ts";
import { list, name, raw, type Sql, sql } from "../../database/sql.ts";
import type { Months } from "../../shared/billing-period.ts";
import { folded, trigramsOf } from "../name/name.ts";
import type { Difference } from "./verify.ts";

/** The next uuids of the table after that one, in order. */
export async function uuidsAfter(
	queries: Queries,
	table: "OfferingComponent" | "OfferingUsagePolicy" | keyof typeof named,
	after: string,
	size: number,
): Promise<string[]> {
	const rows = await queries.rows<{ uuid: string }>(sql`
		select "uuid" from ${raw(`"${table}"`)} where "uuid" > ${after}::uuid order by "uuid" limit ${size}::int
	`);
	return rows.map(({ uuid }) => uuid);
}

/** Totals of the components that are not the sums of their records: by customer and month, and of all customers and all months. */
export const wrongTotals = (queries: Queries, components: readonly string[]): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'POLICY_TOTAL' as "figure", "component" as "uuid", concat_ws(' ', coalesce('customer ' || "customer"::text, 'all customers'), to_char("month", 'YYYY-MM')) as "part",
			trim_scale(sum("kept"))::text as "stored", trim_scale(sum("summed"))::text as "computed"
		from (
			select "componentUuid" as "component", "customerUuid" as "customer", nullif("billingPeriod", 'infinity') as "month", "used" as "kept", 0 as "summed"
			from "ComponentTotal" where "componentUuid" = any(${components}::uuid[])
			union all
			select "componentUuid", "customerUuid", "billingPeriod", 0, sum("usage")
			from "ComponentUsage" where "componentUuid" = any(${components}::uuid[]) group by "componentUuid", cube ("customerUuid", "billingPeriod")
		) parts
		group by "component", "customer", "month" having sum("kept") <> sum("summed") order by 2, 3
	`);

/** Current usages of the resources that are not those of the latest month; of a type without a record anything may be stored. */
export const wrongCurrentUsages = (queries: Queries, resources: readonly string[]): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'CURRENT_USAGE' as "figure", r."uuid", latest."type" as "part", r."currentUsages" ->> latest."type" as "stored", trim_scale(latest."usage")::text as "computed"
		from "Resource" r cross join lateral (
			select distinct on (u."componentUuid") u."type", u."usage" from "ComponentUsage" u
			where u."resourceUuid" = r."uuid" order by u."componentUuid", u."billingPeriod" desc
		) latest
		where r."uuid" = any(${resources}::uuid[]) and (r."currentUsages" ->> latest."type") is distinct from trim_scale(latest."usage")::text
		order by r."uuid", latest."type"
	`);

/** The resources, and their usage records, that do not say of their project whether it is removed. */
export const wrongProjectIsRemoved = (queries: Queries, resources: readonly string[]): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'PROJECT_IS_REMOVED' as "figure", held."uuid", held."part", held."isRemoved"::text as "stored", p."isRemoved"::text as "computed"
		from "Resource" r join "Project" p on p."uuid" = r."projectUuid" cross join lateral (
			select r."uuid", 'resource' as "part", r."projectIsRemoved" as "isRemoved"
			union all
			select u."uuid", 'usage', u."projectIsRemoved" from "ComponentUsage" u where u."resourceUuid" = r."uuid"
		) held
		where r."uuid" = any(${resources}::uuid[]) and held."isRemoved" <> p."isRemoved"
		order by held."part", held."uuid"
	`);

/** A policy that is compared: of an offering for which this month has begun, or none yet. */
const isTurned = (month: string): Sql => sql`coalesce((
	select max(t."billingPeriod") = ${month}::date from "MonthTurn" t where t."offeringUuid" = p."scopeUuid"
), true)`;

/** How many of the policies are of offerings for which this month has not begun, though another one has. */
export async function countUnturned(queries: Queries, policies: readonly string[], month: string): Promise<number> {
	const [row] = await queries.rows<{ count: number }>(sql`
		select count(*)::int as "count" from "OfferingUsagePolicy" p where p."uuid" = any(${policies}::uuid[]) and not ${isTurned(month)}
	`);
	return row?.count ?? 0;
}

/** The policies that are fired and should not be, or the other way round, by the records alone. */
export function wrongHasFired(queries: Queries, policies: readonly string[], month: string, windows: Readonly<Record<string, Months>>): Promise<Difference[]> {
	const rows = Object.entries(windows).map(([period, { start, end }]) => sql`(${period}::text, ${start}::date, ${end}::date)`);
	return queries.rows<Difference>(sql`
		select 'HAS_FIRED' as "figure", p."uuid", '' as "part", p."hasFired"::text as "stored", exceeded."any"::text as "computed"
		from "OfferingUsagePolicy" p join (values ${list(rows)}) w ("period", "start", "end") on w."period" = p."period"::text
		cross join lateral (
			select exists (
				select from "OfferingUsagePolicyComponentLimit" l where l."policyUuid" = p."uuid" and l."limit" < (
					select sum(u."usage") from "ComponentUsage" u join "Customer" c on c."uuid" = u."customerUuid" and not c."blocked" and not c."archived"
					where u."componentUuid" = l."componentUuid" and (w."start" is null or u."billingPeriod" between w."start" and w."end") and (p."applyToAll" or exists (
						select from "CustomerOrganizationGroup" member join "OfferingUsagePolicyGroup" aimed on aimed."organizationGroupUuid" = member."organizationGroupUuid"
						where member."customerUuid" = c."uuid" and aimed."policyUuid" = p."uuid"
					))
				)
			) as "any"
		) exceeded
		where p."uuid" = any(${policies}::uuid[]) and p."hasFired" <> exceeded."any" and ${isTurned(month)}
		order by p."uuid"
	`);
}

/** The policies whose state is not that of their last firing; one without any may have been imported as it is. */
export const wrongLastFirings = (queries: Queries, policies: readonly string[]): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select difference.* from "OfferingUsagePolicy" p
		cross join lateral (
			select f."kind"::text as "kind" from "PolicyFiring" f where f."policyUuid" = p."uuid" and f."kind" in ('FIRED', 'RESET') order by f."created" desc, f."number" desc limit 1
		) last
		left join lateral (
			select f."created" from "PolicyFiring" f where f."policyUuid" = p."uuid" and f."kind" = 'FIRED' order by f."created" desc, f."number" desc limit 1
		) fired on true
		cross join lateral (
			select 'LAST_FIRING' as "figure", p."uuid", '' as "part", case when p."hasFired" then 'FIRED' else 'RESET' end as "stored", last."kind" as "computed"
			where p."hasFired" <> (last."kind" = 'FIRED')
			union all
			select 'FIRED_DATETIME', p."uuid", '', p."firedDatetime"::text, fired."created"::text
			where fired."created" is not null and p."firedDatetime" is distinct from fired."created"
		) difference
		where p."uuid" = any(${policies}::uuid[]) order by difference."uuid", difference."figure"
	`);

/** What has names that are found by a part of them: in which column, and which table keeps them in which. */
const named = {
	ComponentUserUsage: { column: "username", kept: "Username", in: "username", figure: "USERNAME" },
	Customer: { column: "name", kept: "SearchedName", in: "name", figure: "NAME" },
	Offering: { column: "name", kept: "SearchedName", in: "name", figure: "NAME" },
	OfferingUser: { column: "username", kept: "SearchedName", in: "name", figure: "NAME" },
	Project: { column: "name", kept: "SearchedName", in: "name", figure: "NAME" },
	Resource: { column: "name", kept: "SearchedName", in: "name", figure: "NAME" },
} as const;

/** A name of something, and as what it is found: null while it is not folded. */
interface FoundName {
	readonly uuid: string;
	readonly name: string;
	readonly isKept: boolean;
	readonly folded: string | null;
	readonly trigrams: readonly string[] | null;
}

/** Names of the rows that are not found as they are folded. */
export async function wrongNames(queries: Queries, table: keyof typeof named, uuids: readonly string[]): Promise<Difference[]> {
	const { column, kept: keeps, in: keptIn, figure } = named[table];
	const [own, kept] = [sql`p.${name(column)}`, sql`n.${name(keptIn)}`];
	const names = await queries.rows<FoundName>(sql`
		select distinct on (${own}) p."uuid", ${own} as "name", ${kept} is not null as "isKept", n."folded", n."trigrams"
		from ${name(table)} p left join ${name(keeps)} n on ${kept} = ${own}
		where p."uuid" = any(${uuids}::uuid[]) and ${own} is not null order by ${own}, p."uuid"
	`);
	return names.flatMap(({ uuid, name, isKept, folded: stored, trigrams }): Difference[] => {
		if (isKept && stored === null) return [];
		const computed = folded(name);
		const isRight = stored === computed && sorted(trigrams ?? []) === sorted(trigramsOf(computed));
		return isRight ? [] : [{ figure, uuid, part: "", stored, computed }];
	});
}

const sorted = (texts: readonly string[]): string => JSON.stringify([...texts].sort());

/** Months of the offerings that have not begun though one before and one after them have. */
export const missingMonths = (queries: Queries, offerings: readonly string[]): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'MONTH_TURN' as "figure", turned."offeringUuid" as "uuid", to_char(month, 'YYYY-MM') as "part", null as "stored", 'begun' as "computed"
		from (
			select "offeringUuid", min("billingPeriod") as first, max("billingPeriod") as last from "MonthTurn"
			where "offeringUuid" = any(${offerings}::uuid[]) group by "offeringUuid"
		) turned cross join lateral generate_series(turned.first::timestamp, turned.last::timestamp, interval '1 month') month
		where not exists (select from "MonthTurn" t where t."offeringUuid" = turned."offeringUuid" and t."billingPeriod" = month::date)
		order by 2, 3
	`);

/** Notes that figures were verified, and what was found. */
export async function noteVerification(queries: Queries, at: Date, differences: number): Promise<void> {
	await queries.rows(sql`
		insert into "LastVerification" ("only", "at", "differences") values (true, ${at}::timestamptz, ${differences}::int)
		on conflict ("only") do update set "at" = excluded."at", "differences" = excluded."differences"
	`);
}

/** When figures were last verified, and how many differed; undefined when they never were. */
export async function lastVerification(queries: Queries): Promise<{ at: Date; differences: number } | undefined> {
	const [row] = await queries.rows<{ at: Date; differences: number }>(sql`select "at", "differences" from "LastVerification"`);
	return row;
}
