import { createHash } from "node:crypto";
import type { Transactions } from "../../../src/database/database.ts";
import { raw } from "../../../src/database/sql.ts";

/** SQL of the uuid of the row with the number, which is SQL too. */
const numbered = (what: string, number: string): string => `md5('${what} ' || ${number})::uuid`;

/** The uuid of the row with the number. */
function uuidOf(what: string, number: string | number): string {
	const digits = createHash("md5").update(`${what} ${number}`).digest("hex");
	return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
}

/** One resource, and what belongs to it. Its provider and its customer are two. */
export const example = {
	resource: uuidOf("resource", 107),
	project: uuidOf("project", 108),
	customer: uuidOf("customer", 109),
	offering: uuidOf("offering", 108),
	component: uuidOf("component", "108cpu"),
	category: uuidOf("category", 4),
	provider: uuidOf("customer", 29),
	account: uuidOf("account", "108/5"),
	usage: uuidOf("usage", "107cpu1"),
	policy: uuidOf("policy", 107),
	firing: uuidOf("firing", 106),
};

const rows = { customers: 2_000, providers: 40, offerings: 400, accounts: 20, projects: 4_000, resources: 10_000, months: 36, policies: 800, firings: 20_000 };

const offeringOf = (resource: string) => `(${resource} + ${resource} / ${rows.projects}) % ${rows.offerings} + 1`;
const numbers = (many: number) => `generate_series(1, ${many}) n`;
const day = (number: string) => `timestamptz '2024-01-01 00:00Z' + (${number}) * interval '1 day'`;
const monthOf = `make_date(2024, 1, 1) + make_interval(months => r.n % 12 * 3 + month)`;

/** A marketplace with so many rows in each table that grows that PostgreSQL chooses as it would in use. Everything is numbered, and spread evenly. */
const statements: readonly string[] = [
	`insert into "Customer" ("uuid", "name") select ${numbered("customer", "n")}, 'Customer ' || n from ${numbers(rows.customers)}`,
	`insert into "OrganizationGroup" ("uuid", "name") select ${numbered("group", "n")}, 'Group ' || n from ${numbers(50)}`,
	`insert into "CustomerOrganizationGroup" ("customerUuid", "organizationGroupUuid")
	select ${numbered("customer", "n")}, ${numbered("group", "n % 50 + 1")} from ${numbers(rows.customers)}`,
	`insert into "Project" ("uuid", "name", "customerUuid", "isRemoved")
	select ${numbered("project", "n")}, 'Project ' || n, ${numbered("customer", `n % ${rows.customers} + 1`)}, n % 50 = 0 from ${numbers(rows.projects)}`,
	`insert into "User" ("uuid", "username") select ${numbered("user", "n")}, 'user-' || n from ${numbers(rows.customers)}`,
	`insert into "CustomerRole" ("userUuid", "customerUuid", "role") select ${numbered("user", "n")}, ${numbered("customer", "n")}, 'OWNER' from ${numbers(rows.customers)}`,
	`insert into "ProjectRole" ("userUuid", "projectUuid", "role")
	select ${numbered("user", `n % ${rows.customers} + 1`)}, ${numbered("project", "n")}, 'MEMBER' from ${numbers(rows.projects)}`,
	`insert into "Category" ("uuid", "title") select ${numbered("category", "n")}, 'Category ' || n from ${numbers(5)}`,
	`insert into "CategoryComponent" ("uuid", "categoryUuid", "type", "name") select ${numbered("heading", "n")}, ${numbered("category", "n")}, 'cpu', 'CPU' from ${numbers(5)}`,
	`insert into "Offering" ("uuid", "name", "state", "providerUuid", "categoryUuid")
	select ${numbered("offering", "n")}, 'Offering ' || n, (case n % 20 when 0 then 'DRAFT' when 1 then 'PAUSED' when 2 then 'ARCHIVED' else 'ACTIVE' end)::"OfferingState",
		${numbered("customer", `n % ${rows.providers} + 1`)}, ${numbered("category", "n % 5 + 1")} from ${numbers(rows.offerings)}`,
	`insert into "OfferingRole" ("userUuid", "offeringUuid", "role")
	select ${numbered("user", "n")}, ${numbered("offering", `n % ${rows.offerings} + 1`)}, 'MANAGER' from ${numbers(rows.customers)}`,
	`insert into "OfferingOrganizationGroup" ("offeringUuid", "organizationGroupUuid")
	select ${numbered("offering", "n")}, ${numbered("group", "n % 50 + 1")} from ${numbers(rows.offerings)} where n % 4 = 0`,
	`insert into "OfferingComponent" ("uuid", "offeringUuid", "type", "name", "billingType", "categoryComponentUuid")
	select ${numbered("component", "n || type")}, ${numbered("offering", "n")}, type, type, 'USAGE', ${numbered("heading", "n % 5 + 1")}
	from ${numbers(rows.offerings)}, unnest(array['cpu', 'ram']) type`,
	`insert into "Plan" ("uuid", "offeringUuid", "name") select ${numbered("plan", "n")}, ${numbered("offering", "n")}, 'Standard' from ${numbers(rows.offerings)}`,
	`insert into "PlanOrganizationGroup" ("planUuid", "organizationGroupUuid")
	select ${numbered("plan", "n")}, ${numbered("group", "n % 50 + 1")} from ${numbers(rows.offerings)} where n % 4 = 1`,
	`insert into "OfferingUser" ("uuid", "offeringUuid", "userUuid", "username", "created")
	select ${numbered("account", "n || '/' || a")}, ${numbered("offering", "n")}, ${numbered("user", `(n * ${rows.accounts} + a) % ${rows.customers} + 1`)}, 'user-' || (n * ${rows.accounts} + a) % ${rows.customers} + 1, ${day("a")}
	from ${numbers(rows.offerings)}, generate_series(1, ${rows.accounts}) a`,
	`insert into "Resource" ("uuid", "name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid", "backendId", "created")
	select ${numbered("resource", "n")}, 'Resource ' || n,
		(case n % 100 when 0 then 'CREATING' when 1 then 'ERRED' when 2 then 'UPDATING' when 3 then 'TERMINATING' when 4 then 'TERMINATED' else 'OK' end)::"ResourceState",
		${numbered("offering", offeringOf("n"))}, ${numbered("project", `n % ${rows.projects} + 1`)},
		${numbered("customer", `(n % ${rows.projects} + 1) % ${rows.customers} + 1`)}, ${numbered("plan", offeringOf("n"))}, 'alloc-' || n, ${day("n % 1000")} + n * interval '1 second'
	from ${numbers(rows.resources)}`,
	`insert into "ResourcePlanPeriod" ("uuid", "resourceUuid", "planUuid", "start", "created")
	select ${numbered("period", "n")}, r."uuid", r."planUuid", r."created", r."created" from ${numbers(rows.resources)} join "Resource" r on r."uuid" = ${numbered("resource", "n")}`,
	`insert into "ComponentUsage" ("uuid", "resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod", "modifiedByUuid")
	select ${numbered("usage", "r.n || type || month")}, r."uuid", ${numbered("component", `${offeringOf("r.n")} || type`)}, r."offeringUuid", r."projectUuid", r."customerUuid",
		type, r.n * 7919 % 100003 + month, ${monthOf} + (r.n % 27) * interval '1 day', ${monthOf}, ${numbered("user", `r.n % ${rows.customers} + 1`)}
	from (select n, stored.* from ${numbers(rows.resources)} join "Resource" stored on stored."uuid" = ${numbered("resource", "n")}) r,
		unnest(array['cpu', 'ram']) type, generate_series(0, 2) month`,
	`insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage", "userUuid")
	select u."uuid", o."username", u."usage", o."uuid"
	from (select *, 1 + ("usage" % ${rows.accounts})::int as a from "ComponentUsage") u join "OfferingUser" o on o."offeringUuid" = u."offeringUuid" and o."created" = ${day("u.a")}`,
	`insert into "Username" ("username", "folded", "trigrams") select "name", "name", "trigramsOf"("name") from (select substr(md5(n::text), 1, 12) as "name" from ${numbers(20_000)}) others`,
	`insert into "SearchedName" ("name", "folded", "trigrams") select "name", "name", "trigramsOf"("name") from (select md5(n::text) as "name" from ${numbers(20_000)}) others`,
	`insert into "ComponentUserUsageLimit" ("resourceUuid", "componentUuid", "userUuid", "offeringUuid", "limit", "created")
	select r."uuid", c."uuid", o."uuid", r."offeringUuid", 1000, r."created" + extract(day from r."created") * interval '1 hour'
	from "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
	join "OfferingUser" o on o."offeringUuid" = r."offeringUuid" and o."created" = ${day(`1 + extract(second from r."created")::int % ${rows.accounts}`)}`,
	`insert into "OfferingUsagePolicy" ("uuid", "scopeUuid", "actions", "applyToAll", "createdByUuid", "created")
	select ${numbered("policy", "n")}, ${numbered("offering", `n % ${rows.offerings} + 1`)}, '{NOTIFY_ORGANIZATION_OWNERS}', true, ${numbered("user", `n % ${rows.customers} + 1`)}, ${day("n")} from ${numbers(rows.policies)}`,
	`insert into "PolicyFiring" ("uuid", "policyUuid", "offeringUuid", "kind", "windowEnd", "causeUuid", "created")
	select ${numbered("firing", "n")}, ${numbered("policy", `n % ${rows.policies} + 1`)}, ${numbered("offering", `(n % ${rows.policies} + 1) % ${rows.offerings} + 1`)},
		(case n / ${rows.policies} % 2 when 0 then 'FIRED' else 'RESET' end)::"PolicyFiringKind", '2026-11-01',
		${numbered("usage", `((n - 1) / 2 + 1) || 'cpu' || n % 3`)}, ${day("n % 1000")} + n * interval '1 second'
	from ${numbers(rows.firings)}`,
	`insert into "Notification" ("firingUuid", "action", "recipient", "created", "state")
	select ${numbered("firing", "n")}, 'NOTIFY_EXTERNAL_USER', 'person-' || n || '-' || a || '@example.org', ${day("n % 1000")} + n * interval '1 second', (case n % 50 when 0 then 'PENDING' when 1 then 'FAILED' else 'SENT' end)::"NotificationState"
	from ${numbers(rows.firings)}, generate_series(1, 2) a`,
	`insert into "CustomerQuota" ("customerUuid", "quotaName", "value") select ${numbered("customer", "n")}, 'OS_CPU_COUNT', n from ${numbers(rows.customers)}`,
	// What was inserted waits beside the index until a vacuum sorts it in, as one does in use.
	`select gin_clean_pending_list('"SearchedName_trigrams_idx"')`,
	// All rows are looked at, not a sample of them, and no other statistics come after these: plans are the same each time.
	`set local default_statistics_target = 1000`,
	`analyze`,
	`do $$ declare one record; begin
		for one in select tablename from pg_tables where schemaname = 'public' loop execute format('alter table %I set (autovacuum_enabled = off)', one.tablename); end loop;
	end $$`,
];

/** Fills an empty database. */
export async function fillMarketplace(database: Transactions): Promise<void> {
	await database.transaction(async (tx) => {
		for (const statement of statements) await tx.rows(raw(statement));
	});
}
