import type { Database } from "../../src/database/database.ts";
import { raw, type Sql, sql } from "../../src/database/sql.ts";
import { uuidOf } from "../../src/import/fields.ts";
import type { ListName } from "../../src/import/source.ts";
import { Decimal } from "../../src/shared/decimal.ts";
import { type Entry, type Item, roleLists, type WaldurState } from "../waldur/state.ts";

/** What is in one of the two and not in the other, as texts. */
export interface Unequal {
	readonly list: string;
	readonly missing: readonly string[];
	readonly surplus: readonly string[];
}

const text = (...values: readonly unknown[]): string => values.map(shown).join(" | ");
function shown(value: unknown): string {
	if (value === null || value === undefined || value === "") return "-";
	if (value instanceof Date) return value.toISOString();
	if (Array.isArray(value)) return value.map(shown).sort().join(",");
	return String(value);
}
const uuid = (value: unknown): string => uuidOf(value) ?? "-";
const money = (value: unknown): string => new Decimal(String(value)).toFixed(2);
const moment = (value: unknown): string => (typeof value === "string" ? new Date(value).toISOString() : "-");
const word = (value: unknown): string => String(value).toUpperCase();
const uuidsIn = (value: unknown): string[] =>
	Array.isArray(value) ? value.map((item: unknown) => uuid(typeof item === "object" && item !== null ? Reflect.get(item, "uuid") : item)) : [];

/** The records of one usage record here, or part: those of one key, the first created first. */
function summed(entries: readonly Entry[], keyOf: (item: Item) => string): Map<string, Item[]> {
	const sums = new Map<string, Item[]>();
	for (const { item } of entries) sums.set(keyOf(item), [...(sums.get(keyOf(item)) ?? []), item]);
	for (const items of sums.values())
		items.sort((one, other) => moment(one["created"]).localeCompare(moment(other["created"])) || uuid(one["uuid"]).localeCompare(uuid(other["uuid"])));
	return sums;
}
const total = (items: readonly Item[]) => money(items.reduce((sum, { usage }) => sum.plus(String(usage)), new Decimal(0)));
/** Of several records the last report counts. */
const latest = (items: readonly Item[]) =>
	items.toSorted((one, other) => moment(other["date"]).localeCompare(moment(one["date"])) || uuid(one["uuid"]).localeCompare(uuid(other["uuid"])))[0] ?? {};

const usageKey = (item: Item) => text(uuid(item["resource_uuid"]), item["type"], item["billing_period"]);
const periods = ["", "TOTAL", "ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"];

/** The lists as Waldur has them, a text for each record. */
function expectedOf(state: WaldurState): Record<string, string[]> {
	const all = (list: ListName, line: (item: Item) => string) => state.entries(list).map(({ item }) => line(item));
	const usages = summed(state.entries("marketplace-component-usages"), usageKey);
	const wholes = new Map([...usages.values()].flatMap((items) => items.map((item) => [uuid(item["uuid"]), uuid(items[0]?.["uuid"])] as const)));
	const partKey = (item: Item) => text(wholes.get(uuid(item["component_usage"])), item["username"]);
	const parts = summed(state.entries("marketplace-component-user-usages"), partKey);
	return {
		groups: all("organization-groups", (item) => text(uuid(item["uuid"]), item["name"])),
		customers: all("customers", (item) =>
			text(uuid(item["uuid"]), item["name"], item["abbreviation"], item["blocked"], item["archived"], uuidsIn(item["organization_groups"])),
		),
		users: all("users", (item) => text(uuid(item["uuid"]), item["username"], item["full_name"], item["is_staff"] ?? false, item["is_active"] ?? true)),
		projects: all("projects", (item) => text(uuid(item["uuid"]), item["name"], uuid(item["customer_uuid"]), item["is_removed"])),
		roles: roleLists.flatMap((list) =>
			state
				.entries(list)
				.flatMap(({ isActive, item }) => (isActive ? [text(uuid(item["user_uuid"]), uuid(item["scope_uuid"]), String(item["role_name"]).split(".")[1])] : [])),
		),
		offerings: all("marketplace-provider-offerings", (item) =>
			text(uuid(item["uuid"]), item["name"], word(item["state"]), uuidsIn(item["components"]), uuidsIn(item["plans"])),
		),
		resources: all("marketplace-resources", (item) => {
			const { component_1 } = (item["limits"] ?? {}) as { component_1?: number };
			return text(uuid(item["uuid"]), item["name"], word(item["state"]), uuid(item["project_uuid"]), uuid(item["plan_uuid"]), component_1);
		}),
		planPeriods: all("resource-plan-periods", (item) =>
			text(uuid(item["uuid"]), uuid(item["resource_uuid"]), uuid(item["plan_uuid"]), moment(item["start"]), moment(item["end"])),
		),
		accounts: all("marketplace-offering-users", (item) => text(uuid(item["uuid"]), uuid(item["offering_uuid"]), uuid(item["user_uuid"]), item["username"])),
		usages: [...usages].map(([key, items]) => {
			const { date, description, recurring } = latest(items);
			return text(key, uuid(items[0]?.["uuid"]), total(items), moment(date), description, recurring);
		}),
		parts: [...parts].map(([key, items]) => text(key, uuid(items[0]?.["uuid"]), total(items))),
		limits: all("component-user-usage-limits", (item) =>
			text(uuid(item["uuid"]), uuid(item["resource"]), uuid(item["component"]), uuid(item["user"]), money(item["limit"])),
		),
		policies: all("marketplace-offering-usage-policies", (item) => {
			const limits = (item["component_limits_set"] as { type: string; limit: number }[]).map(({ type, limit }) => `${type}=${limit}`);
			return text(
				uuid(item["uuid"]),
				uuid(item["scope_uuid"]),
				word(item["actions"]),
				item["apply_to_all"],
				periods[Number(item["period"])],
				uuidsIn(item["organization_groups"]),
				limits,
			);
		}),
		quotas: all("customer-quotas", (item) => (item["value"] === null ? "" : text(item["customer_name"], item["value"]))).filter((line) => line !== ""),
	};
}

/** What Waldur refused of what was reported here, and never had: that alone may be here without it. */
const isRefused = (column: string, source: number): Sql => sql`(t."sourceId" is distinct from ${source}::smallint and exists (
	select from "WaldurDelivery" d where d."state" = 'FAILED' and d.${raw(`"${column}"`)} = t."uuid"
))`;

/** The lists as they are stored. */
async function storedOf(database: Database, source: number): Promise<Record<string, string[]>> {
	const lines = async (statement: Sql) => (await database.rows<{ line: unknown[] }>(statement)).map(({ line }) => text(...line));
	const utc = (column: string) => raw(`to_char(t."${column}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
	const of = sql`t."sourceId" = ${source}::smallint`;
	const role = (scope: string) =>
		raw(`select json_build_array(t."userUuid", t."${scope}Uuid", t."role") as "line" from "${scope[0]?.toUpperCase()}${scope.slice(1)}Role" t`);
	return {
		groups: await lines(sql`select json_build_array(t."uuid", t."name") as "line" from "OrganizationGroup" t where ${of}`),
		customers: await lines(sql`select json_build_array(t."uuid", t."name", t."abbreviation", t."blocked", t."archived", array(
			select g."organizationGroupUuid" from "CustomerOrganizationGroup" g where g."customerUuid" = t."uuid")) as "line" from "Customer" t where ${of}`),
		users: await lines(sql`select json_build_array(t."uuid", t."username", t."fullName", t."isStaff", t."isActive") as "line" from "User" t where ${of}`),
		projects: await lines(sql`select json_build_array(t."uuid", t."name", t."customerUuid", t."isRemoved") as "line" from "Project" t where ${of}`),
		roles: [...(await lines(role("customer"))), ...(await lines(role("project"))), ...(await lines(role("offering")))],
		offerings:
			await lines(sql`select json_build_array(t."uuid", t."name", t."state", array(select c."uuid" from "OfferingComponent" c where c."offeringUuid" = t."uuid"),
			array(select p."uuid" from "Plan" p where p."offeringUuid" = t."uuid")) as "line" from "Offering" t where ${of}`),
		resources: await lines(sql`select json_build_array(t."uuid", t."name", t."state", t."projectUuid", t."planUuid", t."limits" ->> 'component_1') as "line"
			from "Resource" t where ${of} and t."state" <> 'TERMINATED'`),
		planPeriods: await lines(sql`select json_build_array(t."uuid", t."resourceUuid", t."planUuid", ${utc("start")}, ${utc("end")}) as "line"
			from "ResourcePlanPeriod" t join "Resource" r on r."uuid" = t."resourceUuid" where r."state" <> 'TERMINATED'`),
		accounts: await lines(sql`select json_build_array(t."uuid", t."offeringUuid", t."userUuid", t."username") as "line" from "OfferingUser" t`),
		usages:
			await lines(sql`select json_build_array(t."resourceUuid", t."type", t."billingPeriod", t."uuid", t."usage"::text, ${utc("date")}, t."description", t."recurring")
			as "line" from "ComponentUsage" t where not ${isRefused("componentUsageUuid", source)}`),
		parts: await lines(sql`select json_build_array(t."componentUsageUuid", t."username", t."uuid", t."usage"::text) as "line" from "ComponentUserUsage" t
			where not ${isRefused("componentUserUsageUuid", source)}`),
		limits: await lines(
			sql`select json_build_array(t."uuid", t."resourceUuid", t."componentUuid", t."userUuid", t."limit"::text) as "line" from "ComponentUserUsageLimit" t`,
		),
		policies: await lines(sql`select json_build_array(t."uuid", t."scopeUuid", array_to_string(t."actions", ','), t."applyToAll", t."period", array(
				select g."organizationGroupUuid" from "OfferingUsagePolicyGroup" g where g."policyUuid" = t."uuid"
			), array(
				select c."type" || '=' || l."limit" from "OfferingUsagePolicyComponentLimit" l join "OfferingComponent" c on c."uuid" = l."componentUuid" where l."policyUuid" = t."uuid"
			)) as "line" from "OfferingUsagePolicy" t`),
		quotas: await lines(
			sql`select json_build_array(c."name", trim_scale(t."value")::text) as "line" from "CustomerQuota" t join "Customer" c on c."uuid" = t."customerUuid"`,
		),
	};
}

/** Compares every list of a Waldur with what is stored of it. Users that it does not have any more must be inactive here. */
export async function unequalLists(state: WaldurState, database: Database, source: number): Promise<Unequal[]> {
	const expected = expectedOf(state);
	const stored = await storedOf(database, source);
	const isUser = new Set(expected["users"]?.map((line) => line.slice(0, 36)));
	const isLeft = (list: string, line: string) => list === "users" && line.endsWith("false") && !isUser.has(line.slice(0, 36));
	return Object.entries(expected).flatMap(([list, lines]) => {
		const known = new Set(stored[list]);
		const wanted = new Set(lines);
		const missing = lines.filter((line) => !known.has(line));
		const surplus = [...known].filter((line) => !wanted.has(line) && !isLeft(list, line));
		return missing.length + surplus.length === 0 ? [] : [{ list, missing: missing.slice(0, 5), surplus: surplus.slice(0, 5) }];
	});
}

const sourced = [
	"Customer",
	"User",
	"Project",
	"CustomerRole",
	"ProjectRole",
	"OfferingRole",
	"Offering",
	"Resource",
	"OfferingUser",
	"OfferingUsagePolicy",
	"ComponentUserUsageLimit",
];

/** Rows that came from the Waldur and do not say so, by table. */
export async function unsourced(database: Database, source: number): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	const count = async (table: string, excused: Sql) => {
		const [row] = await database.rows<{ count: number }>(
			sql`select count(*)::int as "count" from ${raw(`"${table}"`)} t where t."sourceId" is distinct from ${source}::smallint and not ${excused}`,
		);
		if (row !== undefined && row.count > 0) counts[table] = row.count;
	};
	for (const table of sourced) await count(table, sql`false`);
	await count("ComponentUsage", isRefused("componentUsageUuid", source));
	await count("ComponentUserUsage", isRefused("componentUserUsageUuid", source));
	return counts;
}
