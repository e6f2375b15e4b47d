import { z } from "zod";
import { sql } from "../../database/sql.ts";
import { flag, optionalItems, optionalText, optionalUuid, text, uuid } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { optionalMoment } from "../moments.ts";
import { oneRow, readGroups, recordParser } from "../parse.ts";
import { absent, asGiven, created, groupsOf } from "../sql-text.ts";

/** Groups of customers; a parent may come later in the list than its children. */
export const organizationGroups: ListImport = {
	name: "organization-groups",
	laterField: "parent_uuid",
	parse: recordParser({
		list: "organization-groups",
		links: ["parent"],
		shape: z.object({ uuid, name: text(), parent_uuid: optionalUuid }),
		rows: ({ uuid, name, parent_uuid }) => oneRow({ uuid, name, parentUuid: parent_uuid }),
	}),
	tables: [
		{
			table: "OrganizationGroup",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", name: "text", parentUuid: "uuid" },
			columns: asGiven("uuid", "name", "parentUuid"),
			joins: `left join "OrganizationGroup" parent on parent."uuid" = i."parentUuid"`,
			problems: [{ ...absent("parent", "parent_uuid", "an organization group", "parentUuid"), when: `i."parentUuid" is not null and parent."uuid" is null` }],
			distinct: [["uuid"]],
			modified: true,
		},
	],
};

/** Customers with their memberships in groups, which are replaced as a set. */
export const customers: ListImport = {
	name: "customers",
	parse: recordParser({
		list: "customers",
		shape: z.object({
			uuid,
			name: text(),
			abbreviation: optionalText(),
			blocked: flag(false),
			archived: flag(false),
			organization_groups: optionalItems,
			created: optionalMoment,
		}),
		rows: ({ organization_groups, ...customer }, refuse) => [...oneRow(customer), readGroups("", organization_groups, { customerUuid: customer.uuid }, refuse)],
	}),
	tables: [
		{
			table: "Customer",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", name: "text", abbreviation: "text", blocked: "boolean", archived: "boolean", created: "timestamptz" },
			columns: { ...asGiven("uuid", "name", "abbreviation", "blocked", "archived"), created },
			onCreation: ["created"],
			distinct: [["uuid"]],
			modified: true,
		},
		groupsOf("CustomerOrganizationGroup", "customerUuid"),
	],
};

/** Projects. What belongs to one that is removed, or restored, changes with it, while no transaction writes (prisma/migrations). */
export const projects: ListImport = {
	name: "projects",
	changeLater: (uuid, isRemoved) => sql`
		update "Project" set "isRemoved" = ${isRemoved}, "modified" = now() where "uuid" = ${uuid}::uuid and "isRemoved" <> ${isRemoved}
	`,
	parse: recordParser({
		list: "projects",
		links: ["customer"],
		shape: z.object({ uuid, name: text(), customer_uuid: uuid, is_removed: flag(false), created: optionalMoment }),
		rows: ({ uuid, name, customer_uuid, is_removed, created }) => oneRow({ uuid, name, customerUuid: customer_uuid, isRemoved: is_removed, created }),
	}),
	tables: [
		{
			table: "Project",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", name: "text", customerUuid: "uuid", isRemoved: "boolean", created: "timestamptz" },
			columns: { ...asGiven("uuid", "name", "customerUuid", "isRemoved"), created },
			onCreation: ["created"],
			changedLater: "isRemoved",
			joins: `left join "Customer" customer on customer."uuid" = i."customerUuid"`,
			problems: [absent("customer", "customer_uuid", "a customer", "customerUuid")],
			distinct: [["uuid"]],
			modified: true,
		},
	],
};
