import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { BillingPeriod, Months } from "../../shared/billing-period.ts";
import type { MonthlyUse } from "./policy-preview.ts";
import type { WatchRequest } from "./policy-request.ts";
import { countedTotals } from "./policy-totals.store.ts";

/**
 * For each limit, what the affected customers together used of its component in each of the months, by type of component.
 * With TOTAL, what was used before the months counts in the first of them, and what is dated after them in the last.
 */
export async function monthlyUses(queries: Queries, offeringUuid: string, request: WatchRequest, { start, end }: Months): Promise<MonthlyUse[]> {
	const audience = { all: sql`${request.applyToAll}::boolean`, groups: sql`select unnest(${[...request.organizationGroups]}::uuid[])` };
	const months = request.period === "TOTAL" ? sql`t."billingPeriod" < 'infinity'` : sql`t."billingPeriod" between ${start}::date and ${end}::date`;
	const rows = await queries.rows<{ componentUuid: string; limit: string; billingPeriod: BillingPeriod | null; used: string | null }>(sql`
		select c."uuid" as "componentUuid", asked."limit", monthly."billingPeriod", monthly.used
		from unnest(${request.componentLimits.map(({ type }) => type)}::text[], ${request.componentLimits.map(({ limit }) => limit)}::numeric[]) asked ("type", "limit")
		join "OfferingComponent" c on c."offeringUuid" = ${offeringUuid}::uuid and c."type" = asked."type"
		left join lateral (
			select least(greatest(counted."billingPeriod", ${start}::date), ${end}::date) as "billingPeriod", sum(counted."used") as used
			from (${countedTotals(sql`c."uuid"`, months, audience)}) counted group by 1
		) monthly on true
		order by c."type"
	`);
	const uses = new Map<string, MonthlyUse & { used: Map<BillingPeriod, string> }>();
	for (const { componentUuid, limit, billingPeriod, used } of rows) {
		const use = uses.get(componentUuid) ?? { componentUuid, limit, used: new Map() };
		if (billingPeriod !== null && used !== null) use.used.set(billingPeriod, used);
		uses.set(componentUuid, use);
	}
	return [...uses.values()];
}
