import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import type { Row } from "../../database/model.ts";
import { type Sql, sql } from "../../database/sql.ts";
import { computedPage } from "../../reading/computed-page.ts";
import type { OrderColumn } from "../../reading/list.ts";
import { type Page, type PageRequest, pageOf } from "../../reading/page.ts";

export type QuotaName = Row<"CustomerQuota">["quotaName"];

/** A named figure of one customer. */
export interface Quota {
	readonly customerUuid: string;
	readonly quotaName: QuotaName;
	/** Name of the customer. */
	readonly name: string;
	readonly abbreviation: string;
	/** An exact decimal; null when the figure is not known. */
	readonly value: string | null;
}

/** A page of the customers with their figures: one statement. */
export async function quotaPage(
	queries: Queries,
	viewer: Viewer,
	quotaName: QuotaName,
	order: readonly OrderColumn[],
	request: PageRequest,
	now: Date,
): Promise<Page> {
	const figures = sql`
		select f.*, (f."value" is null)::int as "unknown", coalesce(f."value", 0) as "sortedBy"
		from (
			select c."uuid" as "customerUuid", ${quotaName} as "quotaName", c."name", c."abbreviation", ${figureOf(sql`${quotaName}::text`, now)} as "value"
			from "Customer" c where ${visibility.Customer(viewer, sql`c`)}
		) f
	`;
	return pageOf(await queries.rows(computedPage(figures, order, request)), request);
}

/** How many customers there are to have a figure. */
export async function quotaCount(queries: Queries, viewer: Viewer): Promise<number> {
	const [row] = await queries.rows<{ count: number }>(sql`select count(*)::int as "count" from "Customer" c where ${visibility.Customer(viewer, sql`c`)}`);
	return row?.count ?? 0;
}

/** The named figure of each customer: one statement for all names and customers. */
export async function quotasOf(queries: Queries, wanted: readonly Pick<Quota, "customerUuid" | "quotaName">[], now: Date): Promise<Quota[]> {
	return queries.rows<Quota>(sql`
		select c."uuid" as "customerUuid", wanted."quotaName", c."name", c."abbreviation", ${figureOf(sql`wanted."quotaName"`, now)} as "value"
		from unnest(${wanted.map(({ customerUuid }) => customerUuid)}::text[]::uuid[], ${wanted.map(({ quotaName }) => quotaName)}::text[])
			with ordinality wanted ("customerUuid", "quotaName", "place")
		join "Customer" c on c."uuid" = wanted."customerUuid"
		order by wanted."place"
	`);
}

/**
 * The figure, by its name as text, of the customer that the statement names "c". The nc_ figures are counted, the
 * others are stored; a removed project counts neither itself, nor its resources, nor the people who have a role on it alone.
 */
function figureOf(quotaName: Sql, now: Date): Sql {
	const holds = sql`(role."expires" is null or role."expires" > ${now}::timestamptz)`;
	return sql`case ${quotaName}
		when 'NC_PROJECT_COUNT' then (select count(*) from "Project" p where p."customerUuid" = c."uuid" and not p."isRemoved")
		when 'NC_USER_COUNT' then (
			select count(*) from (
				select role."userUuid" from "CustomerRole" role where role."customerUuid" = c."uuid" and ${holds}
				union
				select role."userUuid" from "ProjectRole" role join "Project" p on p."uuid" = role."projectUuid"
				where p."customerUuid" = c."uuid" and not p."isRemoved" and ${holds}
			) person
		)
		when 'NC_RESOURCE_COUNT' then (
			select count(*) from "Resource" r where r."customerUuid" = c."uuid" and r."state" <> 'TERMINATED' and not r."projectIsRemoved"
		)
		else coalesce(
			(select q."value" from "CustomerQuota" q where q."customerUuid" = c."uuid" and q."quotaName" = ${quotaName}::"QuotaName"),
			case when ${quotaName} <> 'ESTIMATED_PRICE' then 0 end
		)
	end`;
}
