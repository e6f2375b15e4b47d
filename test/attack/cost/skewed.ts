import type { Database } from "../../../src/database/database.ts";
import { raw } from "../../../src/database/sql.ts";
import { example, fillMarketplace } from "../../contract/indexes/marketplace.ts";
import { person } from "../../support/person.ts";

/** How much of one offering there is: more than of the 399 others together. */
const size = { resources: 1_500, months: 30 };

const numbered = (what: string, number: string): string => `md5('${what} ' || ${number})::uuid`;

const statements: readonly string[] = [
	`insert into "Resource" ("uuid", "name", "state", "offeringUuid", "projectUuid", "customerUuid")
	select ${numbered("crowded", "n")}, 'Crowded ' || n, 'OK', '${example.offering}', p."uuid", p."customerUuid"
	from generate_series(1, ${size.resources}) n join "Project" p on p."uuid" = ${numbered("project", "n % 4000 + 1")}`,
	`insert into "ComponentUsage" ("uuid", "resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
	select ${numbered("crowded usage", "r.n || '/' || month || c.\"type\"")}, s."uuid", c."uuid", s."offeringUuid", s."projectUuid", s."customerUuid", c."type", r.n % 977 + month,
		date '2024-01-05' + make_interval(months => month, secs => r.n), date '2024-01-01' + make_interval(months => month)
	from generate_series(1, ${size.resources}) r (n) join "Resource" s on s."uuid" = ${numbered("crowded", "r.n")}
	join "OfferingComponent" c on c."offeringUuid" = s."offeringUuid", generate_series(0, ${size.months - 1}) month`,
	`insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage")
	select u."uuid", case when n % 3 = 0 then 'batch-job' else 'worker-' || n % 5000 end, u."usage"
	from (select *, row_number() over (order by "uuid") as n from "ComponentUsage" where "offeringUuid" = '${example.offering}') u
	on conflict do nothing`,
	`set local default_statistics_target = 1000`,
	`analyze`,
];

/** A marketplace in which one offering has more usage than all others, and one username more parts than all others. */
export async function fillSkewed(database: Database): Promise<void> {
	await fillMarketplace(database);
	await database.transaction(async (tx) => {
		for (const statement of statements) await tx.rows(raw(statement));
	});
}

/** Tokens of who sees all of it, most of it, and little. */
export async function crowdedViewers(database: Database): Promise<ReadonlyMap<string, string>> {
	const roles = {
		"the crowded offering's provider": ["CustomerRole", { customerUuid: example.provider, role: "OWNER" }],
		"an owner of a customer": ["CustomerRole", { customerUuid: example.customer, role: "OWNER" }],
		"a member of a project": ["ProjectRole", { projectUuid: example.project, role: "MEMBER" }],
	} as const;
	const viewers = new Map([["staff", await person({ database }, [], { isStaff: true })]]);
	for (const [viewer, role] of Object.entries(roles)) viewers.set(viewer, await person({ database }, [role]));
	return viewers;
}
