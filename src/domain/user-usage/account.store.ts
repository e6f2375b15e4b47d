import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** An account at an offering. */
export interface Account {
	readonly uuid: string;
	readonly offeringUuid: string;
}

/** Those of the accounts that the viewer sees, by uuid. */
export async function accountsNamed(queries: Queries, viewer: Viewer, uuids: readonly string[]): Promise<Map<string, Account>> {
	if (uuids.length === 0) return new Map();
	const accounts = await queries.rows<Account>(sql`
		select a."uuid", a."offeringUuid" from "OfferingUser" a where a."uuid" = any(${[...uuids]}::uuid[]) and ${visibility.OfferingUser(viewer, sql`a`)}
	`);
	return new Map(accounts.map((account) => [account.uuid, account]));
}
