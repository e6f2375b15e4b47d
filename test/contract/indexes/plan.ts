import type { Queries } from "../../../src/database/database.ts";
import { type Sql, sql } from "../../../src/database/sql.ts";

/** A node of PostgreSQL's plan, as EXPLAIN (ANALYZE, FORMAT JSON) tells it. */
interface Node {
	readonly "Node Type": string;
	readonly "Relation Name"?: string;
	readonly "Index Cond"?: string;
	readonly "Index Name"?: string;
	readonly "Actual Rows": number;
	readonly "Actual Loops": number;
	readonly "Rows Removed by Filter"?: number;
	readonly "Rows Removed by Index Recheck"?: number;
	readonly Plans?: readonly Node[];
}

/** How a statement read one of its tables. */
export interface Scan {
	readonly table: string;
	/** Read from one end to the other, without an index. */
	readonly isWhole: boolean;
	readonly index: string | undefined;
	readonly condition: string;
	/** Rows that were looked at, in all repetitions together. */
	readonly rows: number;
}

/** Runs the statement and answers how it read its tables. */
export async function scansOf(queries: Queries, statement: Sql): Promise<Scan[]> {
	const [row] = await queries.rows<{ "QUERY PLAN": readonly [{ Plan: Node }] }>(sql`explain (analyze, timing off, format json) ${statement}`);
	return row === undefined ? [] : scans(row["QUERY PLAN"][0].Plan);
}

function scans(node: Node): Scan[] {
	const below = (node.Plans ?? []).flatMap(scans);
	const table = node["Relation Name"];
	// What was never run did not read anything: planners keep two ways for some conditions, and choose when they get there.
	if (table === undefined || node["Actual Loops"] === 0) return below;
	const looked = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
	const indexes = [node, ...indexScans(node)];
	return [
		...below,
		{
			table,
			isWhole: node["Node Type"] === "Seq Scan",
			index: indexes.flatMap((scan) => scan["Index Name"] ?? []).join(" ") || undefined,
			condition: indexes.flatMap((scan) => scan["Index Cond"] ?? []).join(" "),
			rows: Math.round(looked * node["Actual Loops"]),
		},
	];
}

/** The scans of indexes that a bitmap is made of. */
const indexScans = (node: Node): Node[] =>
	(node.Plans ?? []).flatMap((plan) => [...(plan["Node Type"] === "Bitmap Index Scan" ? [plan] : []), ...indexScans(plan)]);
