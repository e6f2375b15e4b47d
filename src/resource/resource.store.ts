import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { isOneOf, sql } from "../database/sql.ts";
import type { BillingPeriod } from "../shared/billing-period.ts";
import type { SeriesFigure } from "./usage-series.ts";

/** Which figures a matrix shows. */
export interface SeriesRequest {
	readonly first: BillingPeriod;
	readonly last: BillingPeriod;
	/** Types of components; undefined takes all that usage is reported of. */
	readonly types: readonly string[] | undefined;
	readonly byUser: boolean;
}

/** The figures of each resource, by type of component, username and month: one statement for all resources. */
export async function seriesFigures(
	queries: Queries,
	viewer: Viewer,
	resourceUuids: readonly string[],
	{ first, last, types, byUser }: SeriesRequest,
): Promise<SeriesFigure[][]> {
	// Days since the first month, and not the month itself: a plan that is made once for all values would scan the index by
	// month over all resources, again for each of these.
	const usages = sql`"ComponentUsage" u on u."resourceUuid" = r."uuid" and u."componentUuid" = c."uuid"
		and u."billingPeriod" - ${first}::date between 0 and ${last}::date - ${first}::date`;
	const rows = await queries.rows<SeriesFigure & { resourceUuid: string }>(sql`
		select r."uuid" as "resourceUuid", c."uuid" as "componentUuid", c."type", c."name", c."measuredUnit", u."billingPeriod",
			${byUser ? sql`p."username", p."usage"` : sql`null::text as "username", u."usage"`}
		from "Resource" r
		join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
			and ${types === undefined ? sql`c."billingType" in ('USAGE', 'LIMIT')` : sql`c."type" = any(${[...types]}::text[])`}
		${byUser ? sql`join ${usages} join "ComponentUserUsage" p on p."componentUsageUuid" = u."uuid"` : sql`left join ${usages}`}
		where ${isOneOf(sql`r."uuid"`, resourceUuids)} and ${visibility.Resource(viewer, sql`r`)}
		order by c."type", "username", u."billingPeriod"
	`);
	const byResource = new Map<string, SeriesFigure[]>(resourceUuids.map((uuid) => [uuid, []]));
	for (const row of rows) byResource.get(row.resourceUuid)?.push(row);
	return resourceUuids.map((uuid) => byResource.get(uuid) ?? []);
}
