import { sql } from "../../src/database/sql.ts";
import type { Gateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

/** A provider with a resource that has as many records of usage, one a month; each says so at length. */
export async function manyUsages(gateway: Pick<Gateway, "database">, records: number, characters = 0): Promise<Provider & { readonly resource1: string }> {
	const provider = await makeProvider(gateway);
	const component = await provider.component("cpu");
	const resource = await provider.resource();
	await gateway.database.rows(sql`
		insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod", "description")
		select r."uuid", ${component}::uuid, r."offeringUuid", r."projectUuid", r."customerUuid", 'cpu', n, m.begins + interval '12 hours', m.begins, repeat('x', ${characters}::int)
		from "Resource" r, generate_series(0, ${records - 1}::int) n, lateral (select (date '1700-01-01' + n * interval '1 month') as begins) m
		where r."uuid" = ${resource}::uuid
	`);
	return { ...provider, resource1: resource };
}
