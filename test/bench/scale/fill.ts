import { addToken } from "../../../src/access/token.store.ts";
import type { Database } from "../../../src/database/database.ts";
import { sql } from "../../../src/database/sql.ts";
import { inBulk } from "../bulk.ts";
import { month } from "../months.ts";

/** Tokens of a viewer that no condition holds back, and of the owner of one of the two providers, who sees half of everything. */
export const tokens = { staff: "demo_scale", provider: "demo_scaleprovider" };

/** Types of each offering's components. Every resource has a record of each in every month, and each record three parts. */
const types = ["cpu", "gpu", "ram", "storage"];
const usernames = ["account-1", "account-2", "account-3"];

export interface Size {
	readonly customers: number;
	readonly projects: number;
	readonly offerings: number;
	readonly resources: number;
	/** Months with usage, the one that is asked for being the last. */
	readonly months: number;
	/** How many of the last ones have parts by username. */
	readonly monthsWithParts: number;
}

export const usagesOf = ({ resources, months }: Size): number => resources * months * types.length;
export const partsOf = ({ resources, monthsWithParts }: Size): number => resources * monthsWithParts * types.length * usernames.length;

/** Fills an empty database. Everything is numbered, and spread evenly. */
export async function fill(database: Database, size: Size): Promise<void> {
	await fillCatalogue(database, size);
	await inBulk(database, "ComponentUsage", () => fillUsages(database, size));
	await inBulk(database, "ComponentUserUsage", () => fillParts(database, size));
	await database.rows(sql`vacuum analyze`);
}

async function fillCatalogue(database: Database, { customers, projects, offerings, resources }: Size): Promise<void> {
	await database.rows(sql`
		with people as (
			insert into "User" ("username", "isStaff") values ('staff', true), ('provider', false) returning "uuid", "username"
		), customers as (
			insert into "Customer" ("name") select 'Customer ' || number from generate_series(1, ${customers}::int) number returning "uuid", "name"
		), owner as (
			insert into "CustomerRole" ("userUuid", "customerUuid", "role")
			select people."uuid", customers."uuid", 'OWNER' from people, customers where people."username" = 'provider' and customers."name" = 'Customer 1'
		), category as (
			insert into "Category" ("title") values ('Computing') returning "uuid"
		), offerings as (
			insert into "Offering" ("name", "state", "providerUuid", "categoryUuid")
			select 'Offering ' || number, 'ACTIVE', customers."uuid", category."uuid"
			from generate_series(1, ${offerings}::int) number join customers on customers."name" = 'Customer ' || (number % 2 + 1), category returning "uuid", "name"
		), components as (
			insert into "OfferingComponent" ("offeringUuid", "type", "name", "billingType")
			select offerings."uuid", "type", "type", 'USAGE' from offerings, unnest(${types}::text[]) "type"
		), plans as (
			insert into "Plan" ("offeringUuid", "name") select "uuid", 'Standard' from offerings returning "uuid", "offeringUuid"
		), projects as (
			insert into "Project" ("name", "customerUuid")
			select 'Project ' || number, customers."uuid"
			from generate_series(1, ${projects}::int) number join customers on customers."name" = 'Customer ' || (number % ${customers}::int + 1)
			returning "uuid", "customerUuid", "name"
		)
		insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid")
		select 'Resource ' || number, 'OK', offerings."uuid", projects."uuid", projects."customerUuid", plans."uuid"
		from generate_series(1, ${resources}::int) number
		join offerings on offerings."name" = 'Offering ' || (number % ${offerings}::int + 1) join plans on plans."offeringUuid" = offerings."uuid"
		join projects on projects."name" = 'Project ' || (number % ${projects}::int + 1)
	`);
	for (const [username, token] of Object.entries(tokens)) await addToken(database, { token, username, name: "bench", expires: null, now: new Date(0) });
	await database.rows(sql`analyze`);
}

async function fillUsages(database: Database, { months }: Size): Promise<void> {
	await database.rows(sql`
		insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
		select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", past % 100 + 100.25, m."first" + interval '20 days', m."first"
		from generate_series(${months}::int - 1, 0, -1) past
		cross join lateral (select (${`${month}-01`}::date - make_interval(months => past))::date as "first") m
		cross join "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
	`);
}

async function fillParts(database: Database, { monthsWithParts }: Size): Promise<void> {
	await database.rows(sql`
		insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage")
		select u."uuid", username, 30 from "ComponentUsage" u, unnest(${usernames}::text[]) username
		where u."billingPeriod" > ${`${month}-01`}::date - make_interval(months => ${monthsWithParts}::int)
	`);
}
