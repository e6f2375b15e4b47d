import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";

/** A maintained total that is not the sum of the records. */
export interface WrongTotal {
	readonly component: string;
	/** Null for all customers together. */
	readonly customer: string | null;
	/** Infinity for all months together. */
	readonly month: string;
	readonly kept: string;
	readonly summed: string;
}

/** The maintained totals that differ from a fresh sum of all records: none, whatever was written. */
export const wrongTotals = (queries: Queries): Promise<WrongTotal[]> =>
	queries.rows<WrongTotal>(sql`
		select "component", "customer", "month"::text as "month", sum("kept") as "kept", sum("summed") as "summed"
		from (
			select "componentUuid" as "component", "customerUuid" as "customer", "billingPeriod" as "month", "used" as "kept", 0 as "summed" from "ComponentTotal"
			union all select "componentUuid", "customerUuid", "billingPeriod", 0, "usage" from "ComponentUsage"
			union all select "componentUuid", "customerUuid", 'infinity', 0, "usage" from "ComponentUsage"
			union all select "componentUuid", null, "billingPeriod", 0, "usage" from "ComponentUsage"
			union all select "componentUuid", null, 'infinity', 0, "usage" from "ComponentUsage"
		) parts
		group by 1, 2, 3 having sum("kept") <> sum("summed") order by 1, 2, 3
	`);
