import { addToken } from "../../../src/access/token.store.ts";
import type { Database } from "../../../src/database/database.ts";
import { raw, sql } from "../../../src/database/sql.ts";
import { inBulk } from "../bulk.ts";

/** Of staff, who see everything; of the owner of the largest provider and of one in the middle; and of the owners of two customers likewise. */
export const tokens = {
	staff: "demo_totals",
	"largest provider": "demo_totalsproviders",
	"middle provider": "demo_totalsprovider",
	"largest customer": "demo_totalscustomers",
	"middle customer": "demo_totalscustomer",
};

export interface Size {
	readonly customers: number;
	/** Four projects of each customer; one in a hundred is removed. */
	readonly projects: number;
	readonly providers: number;
	/** Three offerings of each provider. */
	readonly offerings: number;
	readonly resources: number;
	/** Months with usage, of which the last is December 2025. */
	readonly months: number;
	/** How many of the last ones have two parts of each record. */
	readonly monthsWithParts: number;
}

/** Types of each offering's components, and their units. Every resource has a record of each in every month. */
const components = { cpu: "h", gpu: "h", ram: "GB", storage: "GB" };

export const recordsOf = ({ resources, months }: Size): number => resources * months * Object.keys(components).length;

/**
 * Fills an empty database. Resources are spread unevenly, as they are where people choose: the first twentieth of the
 * offerings has more than a fifth of them, the first twentieth of the projects likewise.
 */
export async function fill(database: Database, size: Size): Promise<void> {
	await fillCatalogue(database, size);
	await inBulk(database, "ComponentUsage", () => fillUsages(database, size), true);
	await inBulk(database, "ComponentUserUsage", () => fillParts(database, size), true);
	await database.rows(sql`vacuum analyze`);
}

/** A number from 0 to 1 for each number, evenly spread: the fraction of its multiple of an irrational one. */
const spread = (number: string, irrational: string) => raw(`(${number} * ${irrational}::numeric) % 1`);

async function fillCatalogue(database: Database, { customers, projects, providers, offerings, resources }: Size): Promise<void> {
	await database.rows(sql`
		with people as (
			insert into "User" ("username", "isStaff") select "username", "username" = 'staff' from unnest(${Object.keys(tokens)}::text[]) "username"
			returning "uuid", "username"
		), customers as (
			insert into "Customer" ("name") select 'Customer ' || number from generate_series(1, ${customers}::int) number returning "uuid", "name"
		), providers as (
			insert into "Customer" ("name") select 'Provider ' || number from generate_series(1, ${providers}::int) number returning "uuid", "name"
		), owners as (
			insert into "CustomerRole" ("userUuid", "customerUuid", "role")
			select people."uuid", owned."uuid", 'OWNER' from people join (select * from customers union all select * from providers) owned on
				(people."username", owned."name") in (
					('largest provider', 'Provider 1'), ('middle provider', 'Provider ' || ${providers / 2}::int),
					('largest customer', 'Customer 1'), ('middle customer', 'Customer ' || ${customers / 2}::int)
				)
		), categories as (
			insert into "Category" ("title") select 'Category ' || number from generate_series(1, 5) number returning "uuid", "title"
		), offerings as (
			insert into "Offering" ("name", "state", "providerUuid", "categoryUuid")
			select 'Offering ' || number, 'ACTIVE', providers."uuid", categories."uuid"
			from generate_series(1, ${offerings}::int) number
			join providers on providers."name" = 'Provider ' || ((number - 1) * ${providers}::int / ${offerings}::int + 1)
			join categories on categories."title" = 'Category ' || (number % 5 + 1) returning "uuid", "name"
		), components as (
			insert into "OfferingComponent" ("offeringUuid", "type", "name", "billingType", "measuredUnit")
			select offerings."uuid", "type", "type", 'USAGE', "unit"
			from offerings, unnest(${Object.keys(components)}::text[], ${Object.values(components)}::text[]) component ("type", "unit")
		), plans as (
			insert into "Plan" ("offeringUuid", "name") select "uuid", 'Standard' from offerings returning "uuid", "offeringUuid"
		), projects as (
			insert into "Project" ("name", "customerUuid", "isRemoved")
			select 'Project ' || number, customers."uuid", number % 100 = 0
			from generate_series(1, ${projects}::int) number
			join customers on customers."name" = 'Customer ' || ((number - 1) * ${customers}::int / ${projects}::int + 1)
			returning "uuid", "customerUuid", "name"
		)
		insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid", "projectIsRemoved")
		select 'Resource ' || number, 'OK', offerings."uuid", projects."uuid", projects."customerUuid", plans."uuid", false
		from generate_series(1, ${resources}::int) number
		join offerings on offerings."name" = 'Offering ' || (floor(${offerings}::int * power(${spread("number", "0.6180339887")}, 2))::int + 1)
		join plans on plans."offeringUuid" = offerings."uuid"
		join projects on projects."name" = 'Project ' || (floor(${projects}::int * power(${spread("number", "0.4142135623")}, 2))::int + 1)
	`);
	await database.rows(sql`update "Resource" r set "projectIsRemoved" = true from "Project" p where p."uuid" = r."projectUuid" and p."isRemoved"`);
	for (const [username, token] of Object.entries(tokens)) await addToken(database, { token, username, name: "bench", expires: null, now: new Date(0) });
	await database.rows(sql`analyze`);
}

/** As they are written where usage is reported: month by month. */
async function fillUsages(database: Database, { months }: Size): Promise<void> {
	await database.rows(sql`
		insert into "ComponentUsage"
			("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod", "projectIsRemoved")
		select r."uuid", c."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", c."type", (hashtext(r."uuid"::text) & 65535) / 100.0 + past,
			m."first" + interval '20 days', m."first", r."projectIsRemoved"
		from generate_series(${months}::int - 1, 0, -1) past
		cross join lateral (select (date '2025-12-01' - make_interval(months => past))::date as "first") m
		cross join "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
		order by past desc
	`);
}

async function fillParts(database: Database, { monthsWithParts }: Size): Promise<void> {
	await database.rows(sql`
		insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage")
		select u."uuid", 'account-' || (hashtext(u."projectUuid"::text) & 1023) + number, u."usage" / 3
		from "ComponentUsage" u cross join generate_series(1, 2) number
		where u."billingPeriod" > date '2025-12-01' - make_interval(months => ${monthsWithParts}::int)
	`);
}
