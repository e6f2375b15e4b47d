import { z } from "zod";
import { type Sql, sql } from "../../database/sql.ts";
import { flag, optionalEmail, optionalText, text, uuid, wordOrUnknown } from "../fields.ts";
import type { ListImport, TableImport } from "../list.ts";
import { optionalMoment } from "../moments.ts";
import { oneRow, recordParser } from "../parse.ts";
import type { ListName } from "../source.ts";
import { absent, asGiven, taken } from "../sql-text.ts";

/**
 * People who exchange their names: whoever has one that another of these gets, and gets another one, goes without in between. Not
 * so where that fails: somebody else has the name, or two get the same.
 */
const freeUsernames = (rows: string): Sql => sql`
	with recursive wanted as (
		select distinct on (1) (given."row" ->> 'uuid')::uuid as "uuid", given."row" ->> 'username' as "username"
		from json_array_elements(${rows}::json) with ordinality given ("row", "place") order by 1, given."place" desc
	), blocked as (
		select w."uuid" from wanted w left join "User" holder on holder."username" = w."username" and holder."uuid" <> w."uuid"
		where holder."uuid" not in (select "uuid" from wanted)
			or w."username" in (select "username" from wanted group by 1 having count(*) > 1)
		union
		select w."uuid" from blocked b join "User" holder on holder."uuid" = b."uuid" join wanted w on w."username" = holder."username" and w."uuid" <> holder."uuid"
	)
	update "User" holder set "username" = 'between names ' || holder."uuid"
	from wanted w where w."username" = holder."username" and w."uuid" <> holder."uuid" and w."uuid" not in (select "uuid" from blocked)
`;

export const users: ListImport = {
	name: "users",
	laterField: "username", // its holder's record may come later, with another one
	// Someone whom the source has no more, and who was made anew there as somebody else: tokens and roles are not those of the new one.
	holders: (rows, sourceId) => sql`
		select holder."uuid" from "User" holder join json_array_elements(${rows}::json) given on holder."username" = given ->> 'username'
		where holder."sourceId" = ${sourceId}::smallint and holder."uuid" <> (given ->> 'uuid')::uuid
	`,
	release: (uuids) => sql`
		update "User" set "username" = "username" || ' (gone ' || "uuid" || ')', "isActive" = false, "modified" = now() where "uuid" = any(${[...uuids]}::uuid[])
	`,
	parse: recordParser({
		list: "users",
		shape: z.object({
			uuid,
			username: text(),
			full_name: optionalText(),
			email: optionalEmail,
			is_staff: flag(false),
			is_support: flag(false),
			is_active: flag(true),
		}),
		rows: ({ uuid, username, full_name, email, is_staff, is_support, is_active }) =>
			oneRow({ uuid, username, fullName: full_name, email, isStaff: is_staff, isSupport: is_support, isActive: is_active }),
	}),
	tables: [
		{
			table: "User",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", username: "text", fullName: "text", email: "text", isStaff: "boolean", isSupport: "boolean", isActive: "boolean" },
			columns: asGiven("uuid", "username", "fullName", "email", "isStaff", "isSupport", "isActive"),
			joins: `left join "User" other on other."username" = i."username" and other."uuid" <> i."uuid"`,
			problems: [taken("other", "username", "is the name of another user")],
			freedFirst: freeUsernames,
			distinct: [["uuid"], ["username"]],
			modified: true,
		},
	],
};

interface Permissions {
	readonly list: ListName;
	/** What the roles are on, by its table; the role table and its columns are named after it. */
	readonly scope: "Customer" | "Project" | "Offering";
	/** Waldur's names of the roles and ours. */
	readonly roles: Readonly<Record<string, string>>;
}

/** Roles of users. Waldur's have no identity of their own: a user has a role on an object once. */
function permissions({ list, scope, roles }: Permissions): ListImport {
	const column = `${scope.toLowerCase()}Uuid`;
	const table: TableImport = {
		table: `${scope}Role`,
		sourced: true,
		key: ["userUuid", column, "role"],
		incoming: { userUuid: "uuid", [column]: "uuid", role: `"${scope}RoleName"`, expires: "timestamptz" },
		columns: asGiven("userUuid", column, "role", "expires"),
		joins: `left join "User" person on person."uuid" = i."userUuid" left join "${scope}" scope on scope."uuid" = i."${column}"`,
		problems: [absent("person", "user_uuid", "a user", "userUuid"), absent("scope", "scope_uuid", `a ${scope.toLowerCase()}`, column)],
		distinct: [["userUuid", column, "role"]],
		modified: true,
	};
	return {
		name: list,
		tables: [table],
		parse: recordParser({
			list,
			links: ["user", "scope"],
			shape: z.object({ user_uuid: uuid, scope_uuid: uuid, role_name: wordOrUnknown(roles), expiration_time: optionalMoment }),
			rows: ({ user_uuid, scope_uuid, role_name, expiration_time }, _refuse, take) => {
				// What a role of another name opens, only its Waldur knows.
				const role = take<string | null>("role_name", role_name, null);
				return role === null ? null : oneRow({ userUuid: user_uuid, [column]: scope_uuid, role, expires: expiration_time });
			},
		}),
	};
}

export const customerPermissions = permissions({
	list: "customer-permissions",
	scope: "Customer",
	roles: { "customer.owner": "OWNER", "customer.manager": "MANAGER", "customer.support": "SUPPORT", "customer.reader": "READER" },
});

export const projectPermissions = permissions({
	list: "project-permissions",
	scope: "Project",
	roles: { "project.admin": "ADMIN", "project.manager": "MANAGER", "project.member": "MEMBER", "project.observer": "OBSERVER" },
});

export const offeringPermissions = permissions({ list: "offering-permissions", scope: "Offering", roles: { "offering.manager": "MANAGER" } });
