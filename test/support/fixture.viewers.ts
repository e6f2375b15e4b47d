import { addToken } from "../../src/access/token.store.ts";
import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { insert, type Thing, uuidOf } from "./fixture.rows.ts";

interface Role {
	readonly on: "Customer" | "Project" | "Offering";
	readonly name: string;
	readonly role: string;
	readonly expires?: string;
}

interface Person {
	readonly username: string;
	readonly isStaff?: true;
	readonly isSupport?: true;
	readonly isInactive?: true;
	readonly roles?: readonly Role[];
}

const past = "2026-11-20T12:00:00.000Z";

/** One person for each column of the access table, and some whom it tells nothing. Each signs in with demo_<username>. */
const people: readonly Person[] = [
	{ username: "staff", isStaff: true },
	{ username: "support", isSupport: true },
	{ username: "northowner", roles: [{ on: "Customer", name: "north", role: "OWNER" }] },
	{ username: "northmanager", roles: [{ on: "Customer", name: "north", role: "MANAGER" }] },
	{ username: "northsupport", roles: [{ on: "Customer", name: "north", role: "SUPPORT" }] },
	{ username: "northreader", roles: [{ on: "Customer", name: "north", role: "READER" }] },
	{ username: "projectadmin", roles: [{ on: "Project", name: "n1", role: "ADMIN" }] },
	{ username: "projectmanager", roles: [{ on: "Project", name: "n1", role: "MANAGER" }] },
	{ username: "ann", roles: [{ on: "Project", name: "n1", role: "MEMBER" }] },
	{ username: "observer", roles: [{ on: "Project", name: "n1", role: "OBSERVER" }] },
	{ username: "sven", roles: [{ on: "Project", name: "s2", role: "MEMBER" }] },
	{ username: "alpineowner", roles: [{ on: "Customer", name: "alpine", role: "OWNER" }] },
	{ username: "alpinemanager", roles: [{ on: "Customer", name: "alpine", role: "MANAGER" }] },
	{ username: "alpinesupport", roles: [{ on: "Customer", name: "alpine", role: "SUPPORT" }] },
	{ username: "balticowner", roles: [{ on: "Customer", name: "baltic", role: "OWNER" }] },
	{ username: "computemanager", roles: [{ on: "Offering", name: "compute", role: "MANAGER" }] },
	{ username: "stranger" },
	{
		username: "expired",
		roles: [
			{ on: "Customer", name: "north", role: "OWNER", expires: past },
			{ on: "Customer", name: "alpine", role: "OWNER", expires: past },
			{ on: "Project", name: "n1", role: "ADMIN", expires: past },
			{ on: "Offering", name: "compute", role: "MANAGER", expires: past },
		],
	},
	{ username: "inactive", isInactive: true, roles: [{ on: "Customer", name: "north", role: "OWNER" }] },
];

/** Stores the people and their tokens; their roles follow when what they are roles on is there. */
export async function addViewers(queries: Queries): Promise<Thing[]> {
	await insert(
		queries,
		"User",
		people.map(({ username, isStaff = false, isSupport = false }) => ({
			uuid: uuidOf("User", username),
			username,
			fullName: `Full ${username}`,
			email: `${username}@example.org`,
			isStaff,
			isSupport,
			isActive: true,
		})),
	);
	for (const { username } of people) await addToken(queries, { token: `demo_${username}`, username, name: "", expires: null, now: new Date(past) });
	for (const { username, isInactive } of people) {
		if (isInactive) await queries.rows(sql`update "User" set "isActive" = false where "username" = ${username}`);
	}
	return people.map(({ username }) => ({ model: "User", name: username, place: { customer: "", project: "", offering: "", provider: "" } }));
}

/** The roles of a person that have not expired. */
export const rolesOfPerson = (username: string): readonly Role[] =>
	people.flatMap((person) => (person.username === username ? (person.roles ?? []) : [])).filter(({ expires }) => expires === undefined);

/** Stores the people's roles. */
export async function addRoles(queries: Queries): Promise<void> {
	for (const { username, roles = [] } of people) {
		for (const { on, name, role, expires = null } of roles) {
			const uuid = uuidOf(`${on}Role`, `${username} ${name} ${role}`);
			const column = { Customer: "customerUuid", Project: "projectUuid", Offering: "offeringUuid" }[on];
			await insert(queries, `${on}Role`, [{ uuid, userUuid: uuidOf("User", username), [column]: uuidOf(on, name), role, expires }]);
		}
	}
}
