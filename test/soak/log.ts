import type { Database } from "../../src/database/database.ts";
import { raw, sql } from "../../src/database/sql.ts";

/** From now on the database notes in which transaction each total of usage changed. */
export async function noteChanges(database: Database): Promise<void> {
	for (const statement of [
		`create index on "LogEntry" ("xid", "componentUsageUuid")`,
		`create table "SoakChange" ("id" bigserial, "xid" bigint, "resource" uuid, "type" text, "month" date, "uuid" uuid, "before" numeric, "after" numeric)`,
		`create index on "SoakChange" ("resource", "type", "month")`,
		`create function "noteSoakChange"() returns trigger language plpgsql as $$ begin
			if tg_op = 'INSERT' or old."usage" <> new."usage" or old."uuid" <> new."uuid" then
				insert into "SoakChange" ("xid", "resource", "type", "month", "uuid", "before", "after") values (
					(pg_current_xact_id()::text)::bigint, new."resourceUuid", new."type", new."billingPeriod", new."uuid",
					case when tg_op = 'UPDATE' then old."usage" end, new."usage"
				);
			end if;
			return new;
		end $$`,
		`create index on "SoakChange" ("resource", "type", "month")`,
		`create trigger "noteSoakChange" after insert or update on "ComponentUsage" for each row execute function "noteSoakChange"()`,
	])
		await database.rows(raw(statement));
}

/** How many totals changed, and those of them whose transaction has no entry of the log. */
export async function changesWithoutEntry(database: Database): Promise<{ changes: number; missing: unknown[] }> {
	const changes = sql`
		select "xid", "resource", "type", "month", (array_agg("before" order by "id"))[1] as "before",
			(array_agg("after" order by "id" desc))[1] as "after"
		from "SoakChange" group by 1, 2, 3, 4
	`;
	const changed = sql`select * from (${changes}) c where c."before" is distinct from c."after"`;
	const [row] = await database.rows<{ count: number }>(sql`select count(*)::int as "count" from (${changed}) c`);
	const missing = await database.rows(sql`
		select c."resource", c."type", c."month"::text as "month", c."before"::text as "before", c."after"::text as "after" from (${changed}) c
		where not exists (
			select from "LogEntry" e where e."xid" = c."xid" and e."componentUsageUuid" in (
				-- Entries follow a record that goes by another uuid later.
				select known."uuid" from "SoakChange" known where (known."resource", known."type", known."month") = (c."resource", c."type", c."month")
			)
		) limit 20
	`);
	return { changes: row?.count ?? 0, missing };
}

/** Firings that follow one of the same kind, or are in no entry of the log. */
export function wrongFirings(database: Database): Promise<unknown[]> {
	return database.rows(sql`
		select f.* from (
			select "uuid", coalesce("policyUuid", "deletedPolicyUuid") as "policy", "kind"::text as "kind",
				lag("kind"::text) over (partition by coalesce("policyUuid", "deletedPolicyUuid") order by "number") as "before"
			from "PolicyFiring"
		) f
		where f."kind" = f."before" or f."before" = 'WITHDRAWN' or (f."before" is null and f."kind" <> 'FIRED')
			or not exists (select from "LogEntry" e where e."policyFiringUuid" = f."uuid")
	`);
}
