import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { isOneOf, sql } from "../../database/sql.ts";
import type { BillingPeriod } from "../../shared/billing-period.ts";
import type { SeriesLine } from "./usage-series.ts";

/** Which figures a matrix shows. */
interface SeriesRequest {
	/** At least one, without gaps. */
	readonly months: readonly BillingPeriod[];
	/** Types of components; undefined takes all that usage is reported of. */
	readonly types: readonly string[] | undefined;
	readonly byUser: boolean;
}

/** The lines of each resource, by type of component and username: one statement for all resources. Figures are those of resources that the viewer sees. */
export async function seriesLines(
	queries: Queries,
	viewer: Viewer,
	resourceUuids: readonly string[],
	{ months, types, byUser }: SeriesRequest,
): Promise<SeriesLine[][]> {
	const [first, last] = [months[0], months.at(-1)];
	const [username, usage] = byUser ? [sql`p."username"`, sql`p."usage"`] : [sql`null::text`, sql`u."usage"`];
	// Days since the first month, and not the month itself: a plan that is made once for all values would scan the index by
	// month over all resources, again for each of these.
	const tuples = await queries.tuples(sql`
		with figures as (
			select u."resourceUuid", u."componentUuid", ${username} as "username", json_object_agg(u."billingPeriod", ${usage}::text) as "usages"
			from "ComponentUsage" u ${byUser ? sql`join "ComponentUserUsage" p on p."componentUsageUuid" = u."uuid"` : sql``}
			where ${isOneOf(sql`u."resourceUuid"`, resourceUuids)} and u."billingPeriod" - ${first}::date between 0 and ${last}::date - ${first}::date
			group by 1, 2, 3
		)
		select r."uuid", c."uuid", c."type", c."name", c."measuredUnit", f."username", coalesce(f."usages", '{}')
		from "Resource" r
		join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
			and ${types === undefined ? sql`c."billingType" in ('USAGE', 'LIMIT')` : sql`c."type" = any(${[...types]}::text[])`}
		${byUser ? sql`join` : sql`left join`} figures f on f."resourceUuid" = r."uuid" and f."componentUuid" = c."uuid"
		where ${isOneOf(sql`r."uuid"`, resourceUuids)} and ${visibility.Resource(viewer, sql`r`)}
		order by c."type", f."username"
	`);
	const byResource = new Map<string, SeriesLine[]>(resourceUuids.map((uuid) => [uuid, []]));
	for (const tuple of tuples) byResource.get(tuple[0] as string)?.push(lineOf(tuple, months));
	return resourceUuids.map((uuid) => byResource.get(uuid) ?? []);
}

const lineOf = ([, componentUuid, type, name, measuredUnit, username, usages]: unknown[], months: readonly BillingPeriod[]) =>
	({ componentUuid, type, name, measuredUnit, username, months, usages }) as SeriesLine;
