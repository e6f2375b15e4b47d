import type { Queries } from "../database/database.ts";
import { raw, type Sql, sql } from "../database/sql.ts";
import type { ListName } from "../import/source.ts";

/** How what a list brought is found again, and what is left of it to be removed. */
interface Removable {
	/** SQL of the table `t`. */
	readonly table: Sql;
	/** SQL of text: what identifies a row of the table as it identifies a record of the list. */
	readonly key: Sql;
	/** What there is to remove of a row: false of one that has ended already. */
	readonly present: (began: Date) => Sql;
}

/** Whose rows are removed, and when the list began to be read that has them no more. */
export interface ReadSource {
	readonly sourceId: number;
	readonly began: Date;
}

const uuidKey = sql`t."uuid"::text`;

const role = (scope: string): Removable => ({
	table: raw(`"${scope}Role"`),
	key: raw(`t."userUuid"::text || ' ' || t."${scope.toLowerCase()}Uuid"::text || ' ' || t."role"::text`),
	present: () => sql`true`,
});

/** A change of the row that Waldur was not sent before the list was read keeps it. */
const unsent =
	(column: string) =>
	(began: Date): Sql =>
		sql`not exists (
		select from "WaldurDelivery" d
		where d.${raw(`"${column}"`)} = t."uuid" and (d."state" = 'PENDING' or d."state" = 'SENT' and d."sent" >= ${began}::timestamptz)
	)`;

/** The lists whose records are removed here once Waldur does not have them any more. */
const removables = {
	"customer-permissions": role("Customer"),
	"project-permissions": role("Project"),
	"offering-permissions": role("Offering"),
	"component-user-usage-limits": { table: raw(`"ComponentUserUsageLimit"`), key: uuidKey, present: unsent("userLimitUuid") },
	"marketplace-offering-usage-policies": { table: raw(`"OfferingUsagePolicy"`), key: uuidKey, present: unsent("policyUuid") },
	"marketplace-component-user-usages": { table: raw(`"ComponentUserUsage"`), key: uuidKey, present: unsent("componentUserUsageUuid") },
	"marketplace-component-usages": { table: raw(`"ComponentUsage"`), key: uuidKey, present: unsent("componentUsageUuid") },
	"marketplace-resources": { table: raw(`"Resource"`), key: uuidKey, present: () => sql`t."state" <> 'TERMINATED'` },
	users: { table: raw(`"User"`), key: uuidKey, present: () => sql`t."isActive"` },
} as const satisfies Partial<Record<ListName, Removable>>;

/** A list whose records are removed here once Waldur does not have them any more. */
export type RemovableList = keyof typeof removables;

export const isRemovable = (list: ListName): list is RemovableList => Object.hasOwn(removables, list);

/** A stored row of a list. */
export interface StoredRow {
	readonly uuid: string;
	readonly key: string;
}

/** The rows of the source that come after the uuid, at most so many, in the order of their uuids. */
export function storedRows(queries: Queries, list: RemovableList, { sourceId, began }: ReadSource, after: string, limit: number): Promise<StoredRow[]> {
	const { table, key, present } = removables[list];
	return queries.rows<StoredRow>(sql`
		select t."uuid", ${key} as "key" from ${table} t
		where t."sourceId" = ${sourceId}::smallint and t."uuid" > ${after}::uuid and ${present(began)} order by t."uuid" limit ${limit}::int
	`);
}

/** Deletes rows of the source, and returns how many these were. */
export async function deleteRows(
	queries: Queries,
	list: Exclude<RemovableList, "users" | "marketplace-resources">,
	{ sourceId, began }: ReadSource,
	uuids: readonly string[],
): Promise<number> {
	const { table, present } = removables[list];
	const rows = await queries.rows(sql`
		delete from ${table} t where t."uuid" = any(${[...uuids]}::uuid[]) and t."sourceId" = ${sourceId}::smallint and ${present(began)} returning 1
	`);
	return rows.length;
}

/** Makes users of the source inactive: their tokens are refused. */
export async function deactivateUsers(queries: Queries, sourceId: number, uuids: readonly string[], now: Date): Promise<number> {
	const rows = await queries.rows(sql`
		update "User" set "isActive" = false, "modified" = ${now}::timestamptz
		where "uuid" = any(${[...uuids]}::uuid[]) and "sourceId" = ${sourceId}::smallint and "isActive" returning 1
	`);
	return rows.length;
}

/** Whether the row is there, of the source, and not changed here since the list was read. */
export async function isStillRemovable(queries: Queries, list: RemovableList, { sourceId, began }: ReadSource, uuid: string): Promise<boolean> {
	const { table, present } = removables[list];
	const rows = await queries.rows(sql`
		select 1 from ${table} t where t."uuid" = ${uuid}::uuid and t."sourceId" = ${sourceId}::smallint and ${present(began)}
	`);
	return rows.length > 0;
}

const offerings = {
	"marketplace-component-usages": sql`"ComponentUsage" t join "Offering" o on o."uuid" = t."offeringUuid"`,
	"marketplace-component-user-usages": sql`"ComponentUserUsage" t join "ComponentUsage" u on u."uuid" = t."componentUsageUuid" join "Offering" o on o."uuid" = u."offeringUuid"`,
	"component-user-usage-limits": sql`"ComponentUserUsageLimit" t join "Offering" o on o."uuid" = t."offeringUuid"`,
	"marketplace-offering-usage-policies": sql`"OfferingUsagePolicy" t join "Offering" o on o."uuid" = t."scopeUuid"`,
};

/** The offerings of rows of a list. */
export const offeringsOf = (queries: Queries, list: keyof typeof offerings, uuids: readonly string[]): Promise<{ uuid: string; offeringUuid: string }[]> =>
	queries.rows(sql`select t."uuid", o."uuid" as "offeringUuid" from ${offerings[list]} where t."uuid" = any(${[...uuids]}::uuid[])`);
