import { createHash } from "node:crypto";
import type { VisibleModel } from "../../src/access/visibility.ts";
import type { Queries } from "../../src/database/database.ts";
import type { ModelName } from "../../src/database/model.ts";
import { list, name as quotedName, sql } from "../../src/database/sql.ts";

/** Where something of the fixture belongs: what a row of the access table decides by. Empty where it belongs to no consumer. */
export interface Place {
	readonly customer: string;
	readonly project: string;
	readonly offering: string;
	readonly provider: string;
}

/** Something in the fixture, by a name that is unique among its kind. */
export interface Thing {
	readonly model: VisibleModel;
	readonly name: string;
	readonly place: Place;
}

/** The same name has the same uuid in every run; uuids sort in no order that means anything. */
export function uuidOf(model: ModelName, name: string): string {
	const hex = createHash("sha256").update(`${model} ${name}`).digest("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** The id that node(id) takes. */
export const nodeId = (model: string, uuid: string): string => Buffer.from(`${model}:${uuid}`).toString("base64");

/** Stores rows with the same columns each. */
export async function insert(queries: Queries, table: ModelName, rows: readonly object[]): Promise<void> {
	const columns = list(Object.keys(rows[0] ?? {}).map(quotedName));
	await queries.rows(
		sql`insert into ${quotedName(table)} (${columns}) select ${columns} from json_populate_recordset(null::${quotedName(table)}, ${JSON.stringify(rows)}::json)`,
	);
}
