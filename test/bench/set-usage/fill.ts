import { addToken } from "../../../src/access/token.store.ts";
import type { Database } from "../../../src/database/database.ts";
import { sql } from "../../../src/database/sql.ts";

export const token = "demo_bench";

/** The types of the offering's components. */
export const types: readonly string[] = ["cpu", "ram", "storage", "traffic"];

/** How much usage is stored: every resource has a record of each component in each of the last months, this one included. */
export interface Size {
	readonly customers: number;
	readonly resources: number;
	readonly months: number;
}

export const recordsOf = ({ resources, months }: Size): number => resources * months * types.length;

/** Resources whose usage is reported, by how many policies watch their offering. */
export interface Resources {
	readonly ofThreePolicies: readonly string[];
	readonly ofOnePolicy: readonly string[];
	readonly ofNoPolicy: readonly string[];
}

/** Resources of each offering that one policy watches, or none. */
const fewResources = 160;

/**
 * Fills an empty database with an offering that three policies watch, two of them all customers, this month and ever, one
 * half of the customers over twelve months; and with two others, without usage yet: one that one policy watches, all customers
 * this month, and one that none does. None of them fires.
 */
export async function fill(database: Database, { customers, resources, months }: Size): Promise<Resources> {
	await database.rows(sql`insert into "User" ("username", "isStaff") values ('bench', true)`);
	await addToken(database, { token, username: "bench", name: "bench", expires: null, now: new Date(0) });
	await database.rows(sql`
		with provider as (
			insert into "Customer" ("name") values ('Provider') returning "uuid"
		), category as (
			insert into "Category" ("title") values ('Computing') returning "uuid"
		), offerings as (
			insert into "Offering" ("name", "state", "providerUuid", "categoryUuid")
			select "name", 'ACTIVE', provider."uuid", category."uuid" from unnest(array['Three', 'One', 'None']) "name", provider, category returning "uuid", "name"
		), components as (
			insert into "OfferingComponent" ("offeringUuid", "type", "name", "billingType")
			select offerings."uuid", "type", "type", 'USAGE' from offerings, unnest(${[...types]}::text[]) "type" returning "uuid", "offeringUuid"
		), policies as (
			insert into "OfferingUsagePolicy" ("scopeUuid", "actions", "applyToAll", "period")
			select offerings."uuid", '{NOTIFY_ORGANIZATION_OWNERS}', p."period" <> 'TWELVE_MONTHS', p."period"::"PolicyPeriod"
			from offerings join unnest(array['ONE_MONTH', 'TWELVE_MONTHS', 'TOTAL']) p ("period")
				on offerings."name" = 'Three' or (offerings."name" = 'One' and p."period" = 'ONE_MONTH')
			returning "uuid", "scopeUuid", "applyToAll"
		), limits as (
			insert into "OfferingUsagePolicyComponentLimit" ("policyUuid", "componentUuid", "offeringUuid", "limit")
			select policies."uuid", components."uuid", components."offeringUuid", 1000000000000000
			from policies join components on components."offeringUuid" = policies."scopeUuid"
		), half as (
			insert into "OrganizationGroup" ("name") values ('Half') returning "uuid"
		), aimed as (
			insert into "OfferingUsagePolicyGroup" ("policyUuid", "organizationGroupUuid")
			select policies."uuid", half."uuid" from policies, half where not policies."applyToAll"
		), consumers as (
			insert into "Customer" ("name") select 'Customer ' || number from generate_series(1, ${customers}::int) number returning "uuid", "name"
		), members as (
			insert into "CustomerOrganizationGroup" ("customerUuid", "organizationGroupUuid")
			select consumers."uuid", half."uuid" from consumers, half where right(consumers."name", 1) in ('0', '2', '4', '6', '8')
		), projects as (
			insert into "Project" ("name", "customerUuid") select "name", "uuid" from consumers returning "uuid", "customerUuid", "name"
		), plans as (
			insert into "Plan" ("offeringUuid", "name") select "uuid", "name" from offerings returning "uuid", "offeringUuid", "name"
		)
		insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid")
		select plans."name", 'OK', plans."offeringUuid", projects."uuid", projects."customerUuid", plans."uuid"
		from plans cross join lateral generate_series(1, case plans."name" when 'Three' then ${resources}::int else ${fewResources}::int end) number
		join projects on projects."name" = 'Customer ' || (number % ${customers}::int + 1)
	`);
	await database.rows(sql`
		insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
		select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", past % 100 + 0.25, begun, begun::date
		from generate_series(0, ${months - 1}::int) past
		cross join lateral (select date_trunc('month', now()) - make_interval(months => past) as begun) m
		cross join "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid" where r."name" = 'Three'
	`);
	await database.rows(sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") select "uuid", date_trunc('month', now()) from "Offering"`);
	await database.rows(sql`vacuum analyze`);
	const rows = await database.rows<{ uuid: string; name: string }>(sql`select "uuid", "name" from "Resource"`);
	const named = (name: string) => rows.filter((row) => row.name === name).map(({ uuid }) => uuid);
	return { ofThreePolicies: named("Three"), ofOnePolicy: named("One"), ofNoPolicy: named("None") };
}
