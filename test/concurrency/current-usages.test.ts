import { expect, inject, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const now = "2017-01-10T12:00:00Z";
const gateway = gatewayForFile({ now });

// A record of nothing changes no total: nothing but the resource itself keeps the two apart.
test.skipIf(inject("templates").engine === "PGlite")(
	"a report that meets a record of a later month that is not committed yet leaves its figure the current usage (one connection only on the embedded database)",
	async () => {
		const { database } = gateway();
		const provider = await makeProvider(gateway());
		await provider.component("cpu");
		const resource = await provider.resource();
		const report = (amount: string) => gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });
		await report("1");
		let reported: Promise<unknown> | undefined;
		await database.transaction(async (tx) => {
			await tx.rows(sql`
				insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
				select "resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", 0, "date", '2017-02-01'
				from "ComponentUsage" where "resourceUuid" = ${resource}::uuid
			`);
			reported = report("100");
			for (let waiting = 0; waiting === 0; ) {
				const [row] = await database.rows<{ waiting: number }>(sql`
					select count(*)::int as "waiting" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
				`);
				waiting = row?.waiting ?? 0;
			}
		});
		await reported;

		expect(await differencesIn(database, new Date(now))).toEqual([]);
	},
	30_000,
);
