import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { isOneOf, sql } from "../database/sql.ts";
import type { BillingPeriod } from "../shared/billing-period.ts";
import type { SeriesLine } from "./usage-series.ts";

/** Which figures a matrix shows. */
interface SeriesRequest {
	/** At least one, without gaps. */
	readonly months: readonly BillingPeriod[];
	/** Types of components; undefined takes all that usage is reported of. */
	readonly types: readonly string[] | undefined;
	readonly byUser: boolean;
}

/** The lines of each resource, by type of component and username: one statement for all resources. */
export async function seriesLines(
	queries: Queries,
	viewer: Viewer,
	resourceUuids: readonly string[],
	{ months, types, byUser }: SeriesRequest,
): Promise<SeriesLine[][]> {
	const [first, last] = [months[0], months.at(-1)];
	// Days since the first month, and not the month itself: a plan that is made once for all values would scan the index by
	// month over all resources, again for each of these.
	const usages = sql`"ComponentUsage" u on u."resourceUuid" = r."uuid" and u."componentUuid" = c."uuid"
		and u."billingPeriod" - ${first}::date between 0 and ${last}::date - ${first}::date`;
	const [username, usage] = byUser ? [sql`p."username"`, sql`p."usage"`] : [sql`null::text`, sql`u."usage"`];
	const tuples = await queries.tuples(sql`
		select r."uuid", c."uuid", c."type", c."name", c."measuredUnit", ${username},
			coalesce(json_object_agg(u."billingPeriod", ${usage}::text) filter (where u."uuid" is not null), '{}')
		from "Resource" r
		join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
			and ${types === undefined ? sql`c."billingType" in ('USAGE', 'LIMIT')` : sql`c."type" = any(${[...types]}::text[])`}
		${byUser ? sql`join ${usages} join "ComponentUserUsage" p on p."componentUsageUuid" = u."uuid"` : sql`left join ${usages}`}
		where ${isOneOf(sql`r."uuid"`, resourceUuids)} and ${visibility.Resource(viewer, sql`r`)}
		group by r."uuid", c."uuid", 6 order by c."type", 6
	`);
	const byResource = new Map<string, SeriesLine[]>(resourceUuids.map((uuid) => [uuid, []]));
	for (const tuple of tuples) byResource.get(tuple[0] as string)?.push(lineOf(tuple, months));
	return resourceUuids.map((uuid) => byResource.get(uuid) ?? []);
}

const lineOf = ([, componentUuid, type, name, measuredUnit, username, usages]: unknown[], months: readonly BillingPeriod[]) =>
	({ componentUuid, type, name, measuredUnit, username, months, usages }) as SeriesLine;
