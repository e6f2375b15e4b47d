import { createHash } from "node:crypto";
import type { VisibleModel } from "../../src/access/visibility.ts";
import type { Queries } from "../../src/database/database.ts";
import type { ModelName } from "../../src/database/model.ts";
import { list, name, raw, sql } from "../../src/database/sql.ts";
import { insert, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";

/** A text that stands in one row and nowhere else: whoever reads it reads of that row. */
export interface Canary {
	readonly text: string;
	/** What it tells of: the row itself, or the one that it belongs to. */
	readonly of: Thing;
}

/** The fixture, with a canary in every text and amount of every row. */
export interface World {
	readonly things: readonly Thing[];
	readonly canaries: readonly Canary[];
}

const digest = (text: string): string => createHash("md5").update(text).digest("hex");
const mark = (uuid: string): string => `canary-${digest(uuid).slice(0, 10)}`;
const markedAmount = (uuid: string, column: string): number => 100_000_000 + Number.parseInt(digest(uuid + column).slice(0, 7), 16);

/** The same two in SQL, of the row's own uuid. */
const markIn = sql`'canary-' || left(md5("uuid"::text), 10)`;
const amountIn = (column: string) => sql`(100000000 + ('x' || left(md5("uuid"::text || ${column}::text), 7))::bit(28)::int)::numeric`;

/** Texts that get the row's mark. */
const texts: Partial<Record<ModelName, readonly string[]>> = {
	Customer: ["name", "abbreviation"],
	OrganizationGroup: ["name"],
	Project: ["name"],
	User: ["username", "fullName", "email"],
	Offering: ["name", "backendId"],
	OfferingComponent: ["name", "description", "measuredUnit"],
	OfferingUser: ["username"],
	Plan: ["name", "unit"],
	Resource: ["name", "backendId"],
	ComponentUsage: ["description"],
	ComponentUserUsage: ["username"],
	Notification: ["recipient", "error"],
};

/** Amounts that are replaced by the row's own. */
const amounts: Partial<Record<ModelName, readonly string[]>> = {
	Plan: ["unitPrice"],
	PlanComponent: ["amount", "price"],
	ComponentUsage: ["usage"],
	ComponentUserUsage: ["usage"],
	ComponentUserUsageLimit: ["limit"],
};

/** When everything was stored of which the fixture does not say it. */
const stored = "2026-01-01T00:00:00.000Z";

/** Fills a database: the same rows in each one that is filled. */
export async function buildWorld(queries: Queries): Promise<World> {
	const [{ began = new Date(0) } = {}] = await queries.rows<{ began: Date }>(sql`select now() as "began"`);
	const fixture = await buildFixture(queries);
	const things = [...fixture, ...(await addCategoryComponents(queries))];
	const named = (model: ModelName, name: string): Thing => {
		const thing = things.find((one) => one.model === model && one.name === name);
		if (thing === undefined) throw new Error(`There is no ${model} "${name}" in the fixture.`);
		return thing;
	};
	const canaries: Canary[] = things.flatMap((thing) => {
		const uuid = uuidOf(thing.model, thing.name);
		return [mark(uuid), ...(amounts[thing.model] ?? []).map((column) => String(markedAmount(uuid, column)))].map((text) => ({ text, of: thing }));
	});
	for (const [model, columns = []] of Object.entries(texts)) {
		await queries.rows(sql`update ${name(model)} set ${list(columns.map((column) => sql`${name(column)} = ${name(column)} || ' ' || ${markIn}`))}`);
	}
	for (const [model, columns = []] of Object.entries(amounts)) {
		await queries.rows(sql`update ${name(model)} set ${list(columns.map((column) => sql`${name(column)} = ${amountIn(column)}`))}`);
	}
	await queries.rows(
		sql`update "Resource" set "limits" = json_build_object('cpu', ${amountIn("limits")}::text), "currentUsages" = json_build_object('cpu', ${amountIn("currentUsages")}::text)`,
	);
	await queries.rows(sql`update "OfferingUsagePolicy" set "externalUserEmails" = array[${markIn} || '@example.org'], "applyToAll" = false`);
	await queries.rows(sql`update "Offering" set "pluginOptions" = json_build_object('note', ${markIn})`);
	for (const of of things.filter(({ model }) => model === "Resource")) {
		for (const column of ["limits", "currentUsages"]) canaries.push({ text: String(markedAmount(uuidOf("Resource", of.name), column)), of });
	}
	canaries.push(...(await addBreaches(queries, things)), ...(await addQuotas(queries, things)));
	const limits = things.filter(({ model }) => model === "OfferingUsagePolicy").map((of) => ({ text: String(policyLimit(of)), of }));
	for (const { text, of } of limits) {
		await queries.rows(
			sql`update "OfferingUsagePolicyComponentLimit" set "limit" = ${text}::numeric where "policyUuid" = ${uuidOf("OfferingUsagePolicy", of.name)}::uuid`,
		);
	}
	canaries.push(...limits);
	await addToLog(queries, [
		...things.filter(({ model }) => model === "PolicyFiring"),
		named("ComponentUsage", "n1 compute cpu 2026-11-01"),
		named("ComponentUsage", "s1 storage gb 2026-11-01"),
	]);
	await settle(queries, began);
	return { things, canaries };
}

const nowhere = { customer: "", project: "", offering: "", provider: "" };

/** What the offerings' components are totalled in: a unit for each category. */
async function addCategoryComponents(queries: Queries): Promise<Thing[]> {
	const totals = ["machines", "disks"];
	await insert(
		queries,
		"CategoryComponent",
		totals.map((title) => ({ uuid: uuidOf("CategoryComponent", title), categoryUuid: uuidOf("Category", title), type: title, name: title, measuredUnit: "h" })),
	);
	await queries.rows(sql`
		update "OfferingComponent" c set "categoryComponentUuid" = k."uuid"
		from "Offering" o join "CategoryComponent" k on k."categoryUuid" = o."categoryUuid" where o."uuid" = c."offeringUuid"
	`);
	return totals.map((title) => ({ model: "CategoryComponent", name: title, place: nowhere }));
}

const policyLimit = ({ name }: Thing): number => markedAmount(uuidOf("OfferingUsagePolicy", name), "limit");

/** What each firing exceeded. */
async function addBreaches(queries: Queries, things: readonly Thing[]): Promise<Canary[]> {
	const fired = things.filter(({ model, name }) => model === "PolicyFiring" && name.endsWith("FIRED"));
	const rows = fired.map((of) => {
		const firingUuid = uuidOf("PolicyFiring", of.name);
		const component = things.find(({ model, place }) => model === "OfferingComponent" && place.offering === of.place.offering);
		const figure = (column: string) => String(markedAmount(firingUuid, column));
		const columns = { firingUuid, componentUuid: uuidOf("OfferingComponent", component?.name ?? ""), used: `${figure("used")}0`, limit: figure("limit") };
		return { of, row: { uuid: uuidOf("PolicyFiringBreach", of.name), ...columns } };
	});
	await insert(
		queries,
		"PolicyFiringBreach",
		rows.map(({ row }) => row),
	);
	return rows.flatMap(({ of, row: { used, limit } }) => [used, limit].map((text) => ({ text, of })));
}

/** A stored figure of each customer. It is told to its owners alone. */
async function addQuotas(queries: Queries, things: readonly Thing[]): Promise<Canary[]> {
	const customers = things.filter(({ model }) => model === "Customer");
	const rows = customers.map((of) => ({ of, value: String(markedAmount(uuidOf("Customer", of.name), "quota")) }));
	await insert(
		queries,
		"CustomerQuota",
		rows.map(({ of, value }) => ({ customerUuid: uuidOf("Customer", of.name), quotaName: "OS_CPU_COUNT", value, created: stored, modified: stored })),
	);
	return rows.map(({ of, value: text }) => ({ text, of }));
}

/** Everything in an order that is the same in each database, before all that is written later. */
async function addToLog(queries: Queries, subjects: readonly Thing[]): Promise<void> {
	for (const [index, { model, name: subject }] of subjects.entries()) {
		const column = model === "PolicyFiring" ? "policyFiringUuid" : "componentUsageUuid";
		await queries.rows(sql`insert into "LogEntry" ("xid", ${name(column)}) values (${String(10 + index)}::bigint, ${uuidOf(model, subject)}::uuid)`);
	}
}

/** Rows that were dated by the database's clock are dated alike in each of them. */
async function settle(queries: Queries, began: Date): Promise<void> {
	const columns = await queries.rows<{ table: string; column: string }>(sql`
		select table_name as "table", column_name as "column" from information_schema.columns
		where table_schema = 'public' and data_type = 'timestamp with time zone' and (column_default is not null or column_name = 'modified') order by 1, 2
	`);
	for (const { table, column } of columns) {
		await queries.rows(sql`update ${name(table)} set ${name(column)} = ${stored}::timestamptz where ${name(column)} >= ${began}::timestamptz`);
	}
}

/** Whose rows refer to which others: what is deleted first. */
const deletion: readonly VisibleModel[] = [
	"Notification",
	"PolicyFiring",
	"OfferingUsagePolicy",
	"ComponentUserUsageLimit",
	"ComponentUserUsage",
	"ComponentUsage",
	"ResourcePlanPeriod",
	"Resource",
	"OfferingUser",
	"PlanComponent",
	"Plan",
	"OfferingComponent",
	"Offering",
	"Project",
	"OrganizationGroup",
	"Customer",
	"User",
];

/**
 * Deletes whatever the viewer does not see. People stay who hold a role in what the viewer's own side is: they are counted
 * among its users, and their accounts are its to limit.
 */
export async function keepOnly(queries: Queries, viewer: string, seen: ReadonlySet<string>): Promise<void> {
	const user = uuidOf("User", viewer);
	const colleagues = await queries.rows<{ uuid: string }>(sql`
		with own as (
			select p."uuid", p."customerUuid", c."userUuid" is not null as "whole" from "Project" p
			left join "CustomerRole" c on c."customerUuid" = p."customerUuid" and c."userUuid" = ${user}::uuid and c."expires" is null
			left join "ProjectRole" r on r."projectUuid" = p."uuid" and r."userUuid" = ${user}::uuid and r."expires" is null
			where c."userUuid" is not null or r."userUuid" is not null
		)
		select r."userUuid" as "uuid" from "ProjectRole" r join own on own."uuid" = r."projectUuid"
		union select c."userUuid" from "CustomerRole" c
		where c."customerUuid" in (select mine."customerUuid" from "CustomerRole" mine where mine."userUuid" = ${user}::uuid and mine."expires" is null)
	`);
	const kept = [...seen, ...colleagues.map(({ uuid }) => uuid)];
	for (const model of ["OfferingOrganizationGroup", "PlanOrganizationGroup"] as const)
		await queries.rows(sql`delete from ${name(model)} where not ("organizationGroupUuid" = any(${kept}::uuid[]))`);
	for (const model of deletion) await queries.rows(sql`delete from ${name(model)} where not ("uuid" = any(${kept}::uuid[]))`);
	await queries.rows(raw("analyze"));
}
