import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { CustomerRoleName, ProjectRoleName } from "../generated/prisma/enums.ts";
import { rolesOpening } from "./sight.ts";
import { isToken, tokenHash } from "./token.ts";

/** Who asks, with every role that counts at the moment of asking. Expired roles are not here, nor those on removed projects. */
export interface Viewer {
	/** The moment of asking. */
	readonly asOf: Date;
	readonly uuid: string;
	readonly username: string;
	readonly isStaff: boolean;
	readonly isSupport: boolean;
	readonly customerRoles: readonly { customer: string; role: CustomerRoleName }[];
	readonly projectRoles: readonly { project: string; role: ProjectRoleName }[];
	/** Offerings that the viewer manages, and sees from the provider's side, by a role of their own. */
	readonly managedOfferings: readonly string[];
	/** Every offering that the viewer sees from the provider's side: those managed, and all those of the viewer's customers. */
	readonly providedOfferings: readonly string[];
}

/** Who has not signed in, and sees nothing. */
export const nobody: Viewer = {
	asOf: new Date(0),
	uuid: "00000000-0000-0000-0000-000000000000",
	username: "",
	isStaff: false,
	isSupport: false,
	customerRoles: [],
	projectRoles: [],
	managedOfferings: [],
	providedOfferings: [],
};

/** Staff and support see everything. */
export const seesEverything = (viewer: Viewer): boolean => viewer.isStaff || viewer.isSupport;

/** Whether the viewer saw something by a right that they no longer have. */
export function hasLostSight(before: Viewer, now: Viewer): boolean {
	if (seesEverything(now)) return before.isStaff && !now.isStaff;
	const rights = rightsOf(now);
	return seesEverything(before) || [...rightsOf(before)].some((right) => !rights.has(right));
}

const rightsOf = ({ customerRoles, projectRoles, managedOfferings, providedOfferings }: Viewer): ReadonlySet<string> =>
	new Set([
		...customerRoles.map(({ customer, role }) => `${role} ${customer}`),
		...projectRoles.map(({ project, role }) => `${role} ${project}`),
		...managedOfferings,
		...providedOfferings,
	]);

/** Customers whose consumer's side the viewer sees. */
export const customersOf = (viewer: Viewer): string[] =>
	viewer.customerRoles.filter(({ role }) => consumingCustomerRoles.includes(role)).map(({ customer }) => customer);

/** Projects that the viewer sees from the consumer's side by a role of their own. */
export const projectsOf = (viewer: Viewer): string[] =>
	viewer.projectRoles.filter(({ role }) => consumingProjectRoles.includes(role)).map(({ project }) => project);

const consumingCustomerRoles = rolesOpening("consumed", "customer");
const consumingProjectRoles = rolesOpening("consumed", "project");
const providingCustomerRoles = rolesOpening("provided", "customer");
const providingOfferingRoles = rolesOpening("provided", "offering");

/** The user behind a token, or undefined when the token is unknown, revoked or expired, or its user inactive. One statement. */
export async function viewerOf(database: Queries, token: string, now: Date): Promise<Viewer | undefined> {
	if (!isToken(token)) return undefined;
	const [viewer] = await database.rows<Omit<Viewer, "asOf">>(sql`
		select u."uuid", u."username", u."isStaff", u."isSupport",
			coalesce((
				select json_agg(json_build_object('customer', c."customerUuid", 'role', c."role"))
				from "CustomerRole" c where c."userUuid" = u."uuid" and (c."expires" is null or c."expires" > ${now}::timestamptz)
			), '[]') "customerRoles",
			coalesce((
				select json_agg(json_build_object('project', p."projectUuid", 'role', p."role"))
				from "ProjectRole" p join "Project" held on held."uuid" = p."projectUuid" and not held."isRemoved"
				where p."userUuid" = u."uuid" and (p."expires" is null or p."expires" > ${now}::timestamptz)
			), '[]') "projectRoles",
			coalesce((
				select json_agg(m."offeringUuid")
				from "OfferingRole" m
				where m."userUuid" = u."uuid" and (m."expires" is null or m."expires" > ${now}::timestamptz) and m."role"::text = any(${providingOfferingRoles}::text[])
			), '[]') "managedOfferings",
			coalesce((
				select json_agg(provided."uuid") from (
					select o."uuid" from "CustomerRole" c join "Offering" o on o."providerUuid" = c."customerUuid"
					where c."userUuid" = u."uuid" and (c."expires" is null or c."expires" > ${now}::timestamptz) and c."role"::text = any(${providingCustomerRoles}::text[])
					union
					select m."offeringUuid" from "OfferingRole" m
					where m."userUuid" = u."uuid" and (m."expires" is null or m."expires" > ${now}::timestamptz) and m."role"::text = any(${providingOfferingRoles}::text[])
				) provided
			), '[]') "providedOfferings"
		from "Token" t join "User" u on u."uuid" = t."userUuid"
		where t."hash" = ${tokenHash(token)} and t."revoked" is null and (t."expires" is null or t."expires" > ${now}::timestamptz) and u."isActive"
	`);
	return viewer === undefined ? undefined : { ...viewer, asOf: now };
}
