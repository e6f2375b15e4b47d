import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** An account at an offering. */
export interface Account {
	readonly uuid: string;
	readonly offeringUuid: string;
}

/** The account, if the viewer sees it. */
export async function accountNamed(queries: Queries, viewer: Viewer, uuid: string): Promise<Account | undefined> {
	const [account] = await queries.rows<Account>(sql`
		select a."uuid", a."offeringUuid" from "OfferingUser" a where a."uuid" = ${uuid}::uuid and ${visibility.OfferingUser(viewer, sql`a`)}
	`);
	return account;
}
