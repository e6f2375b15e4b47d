import type { Problem, TableImport } from "./list.ts";

/** Columns that are stored as they come in. */
export const asGiven = (...columns: readonly string[]): Record<string, string> => Object.fromEntries(columns.map((column) => [column, `i."${column}"`]));

/** Creation and change of a new row: as in the record, or the moment of the import. */
export const created = `coalesce(i."created", now())`;

/** The row points at an object that does not exist: the join by `alias` found none. */
export const absent = (alias: string, field: string, what: string, column: string): Problem => ({
	when: `${alias}."uuid" is null`,
	field,
	reason: `'points at ${what} that does not exist: ' || i."${column}"`,
});

/** Another stored row already has what must be unique: the join by `alias` found it. */
export const taken = (alias: string, field: string, what: string): Problem => ({
	when: `${alias}."uuid" is not null`,
	field,
	reason: `'${what}: ' || ${alias}."uuid"`,
});

/** The groups that a customer is in, or that something is for. They are replaced as a set. */
export const groupsOf = (table: string, owner: string): TableImport => ({
	table,
	key: [owner, "organizationGroupUuid"],
	incoming: { [owner]: "uuid", organizationGroupUuid: "uuid" },
	columns: asGiven(owner, "organizationGroupUuid"),
	joins: `left join "OrganizationGroup" grp on grp."uuid" = i."organizationGroupUuid"`,
	problems: [absent("grp", "uuid", "an organization group", "organizationGroupUuid")],
	distinct: [[owner, "organizationGroupUuid"]],
	modified: false,
	owner,
});

/** Whether it is for everybody. What a record does not say stays as it is; of groups that are not there, it is for nobody else. */
export const sharedColumn = `coalesce(i."shared", stored."shared", true)
	and not exists (select from unnest(i."groups") named where not exists (select from "OrganizationGroup" grp where grp."uuid" = named))`;
