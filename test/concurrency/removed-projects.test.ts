import { expect, inject, test } from "vitest";
import { type Sql, sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const now = "2017-01-10T12:00:00Z";
const gateway = gatewayForFile({ now });

/** A resource, and what is written into its project while that is removed. */
const writes: [what: string, write: (resource: string) => Sql][] = [
	[
		"a usage record",
		(resource) => sql`
			insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
			select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", 0, ${now}::timestamptz, '2017-01-01'
			from "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid" where r."uuid" = ${resource}::uuid
		`,
	],
	[
		"a resource",
		(resource) => sql`
			insert into "Resource" ("name", "offeringUuid", "projectUuid", "customerUuid")
			select "name", "offeringUuid", "projectUuid", "customerUuid" from "Resource" where "uuid" = ${resource}::uuid
		`,
	],
];

test.skipIf(inject("templates").engine === "PGlite").each(writes)(
	"%s that is written while its project is removed says that it is (one connection only on the embedded database)",
	async (_what, write) => {
		const { database } = gateway();
		const provider = await makeProvider(gateway());
		await provider.component("cpu");
		const resource = await provider.resource();
		let isOver = false;
		let removed: Promise<unknown> | undefined;
		await database.transaction(async (tx) => {
			await tx.rows(write(resource));
			removed = database
				.rows(sql`update "Project" p set "isRemoved" = true from "Resource" r where r."uuid" = ${resource}::uuid and p."uuid" = r."projectUuid"`)
				.finally(() => {
					isOver = true;
				});
			for (let waiting = 0; waiting === 0 && !isOver; ) {
				const [row] = await database.rows<{ waiting: number }>(sql`
					select count(*)::int as "waiting" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
				`);
				waiting = row?.waiting ?? 0;
			}
		});
		await removed;

		expect(await differencesIn(database, new Date(now))).toEqual([]);
	},
	30_000,
);
