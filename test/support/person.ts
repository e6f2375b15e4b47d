import { addToken } from "../../src/access/token.store.ts";
import type { Gateway } from "./gateway.ts";
import { insert } from "./insert.ts";

/** A role: the table that holds it, and its row without the user. */
export type PersonsRole = readonly [table: "CustomerRole" | "ProjectRole" | "OfferingRole", row: object];

let made = 0;

/** A token of someone with these roles, who is staff or support where told so. */
export async function person(
	{ database }: Pick<Gateway, "database">,
	roles: readonly PersonsRole[] = [],
	flags: { isStaff?: boolean; isSupport?: boolean } = {},
): Promise<string> {
	const username = `someone${String.fromCharCode(97 + Math.floor(made / 26), 97 + (made++ % 26))}`;
	const userUuid = await insert(database, "User", { username, ...flags });
	for (const [table, row] of roles) await insert(database, table, { userUuid, ...row });
	await addToken(database, { token: `demo_${username}`, username, name: "test", expires: null, now: new Date(0) });
	return `demo_${username}`;
}
