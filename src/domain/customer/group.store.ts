import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** Those of the groups that the viewer sees. */
export async function visibleGroups(queries: Queries, viewer: Viewer, uuids: readonly string[]): Promise<Set<string>> {
	const rows = await queries.rows<{ uuid: string }>(sql`
		select g."uuid" from "OrganizationGroup" g where g."uuid" = any(${uuids}::uuid[]) and ${visibility.OrganizationGroup(viewer, sql`g`)}
	`);
	return new Set(rows.map(({ uuid }) => uuid));
}
