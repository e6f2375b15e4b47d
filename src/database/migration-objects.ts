import { list, type Sql, sql } from "./sql.ts";

/** Something that a migration adds to the schema. A column's owner is its table. */
export interface SchemaObject {
	readonly kind: "relation" | "column" | "type" | "function";
	readonly name: string;
	readonly owner?: string;
}

/** The tables, indexes, columns, types and functions that a script makes, by its statements as migrations write them. */
export function objectsMadeBy(script: string): SchemaObject[] {
	const statements = script.replace(/--.*$/gm, "").replace(/\$\$[\s\S]*?\$\$/g, "");
	const named = (kind: SchemaObject["kind"], pattern: RegExp) => [...statements.matchAll(pattern)].map(([, name = ""]): SchemaObject => ({ kind, name }));
	const columns = [...statements.matchAll(/ALTER TABLE "(\w+)"([^;]*)/gi)].flatMap(([, owner = "", changes = ""]) =>
		[...changes.matchAll(/ADD COLUMN\s+"(\w+)"/gi)].map(([, name = ""]): SchemaObject => ({ kind: "column", name, owner })),
	);
	return [
		...named("relation", /CREATE (?:UNLOGGED )?TABLE "(\w+)"/gi),
		...named("relation", /CREATE (?:UNIQUE )?INDEX "(\w+)"/gi),
		...named("type", /CREATE TYPE "(\w+)"/gi),
		...named("function", /CREATE FUNCTION "(\w+)"/gi),
		...columns,
	];
}

/** How many of the objects are in the schema. */
export function presentOf(objects: readonly SchemaObject[]): Sql {
	const tests = objects.map(({ kind, name, owner = "" }) => {
		if (kind === "relation") return sql`to_regclass(quote_ident(${name})) is not null`;
		if (kind === "type") return sql`to_regtype(quote_ident(${name})) is not null`;
		if (kind === "function") return sql`exists (select from pg_proc where "proname" = ${name} and "pronamespace" = current_schema()::regnamespace)`;
		return sql`exists (select from pg_attribute where "attrelid" = to_regclass(quote_ident(${owner})) and "attname" = ${name} and not "attisdropped")`;
	});
	return sql`select ${list(
		tests.map((test) => sql`(${test})::int`),
		" + ",
	)} as "present"`;
}
