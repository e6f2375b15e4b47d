import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** Base addresses of other sources that resources are from: what is from there is neither changed nor removed. */
export async function otherSources(queries: Queries, sourceId: number): Promise<string[]> {
	const rows = await queries.rows<{ name: string }>(sql`
		select s."name" from "Source" s where s."id" <> ${sourceId}::smallint and exists (select from "Resource" r where r."sourceId" = s."id") order by 1
	`);
	return rows.map(({ name }) => name);
}

/** The number of the source with the base address, which it is given when it is new. */
export async function sourceNamed(queries: Queries, name: string): Promise<number> {
	const known = await queries.rows<{ id: number }>(sql`select "id" from "Source" where "name" = ${name}`);
	if (known[0] !== undefined) return known[0].id;
	// Several instances may start at once: one of them adds it.
	await queries.rows(sql`insert into "Source" ("name") values (${name}) on conflict do nothing`);
	return sourceNamed(queries, name);
}
