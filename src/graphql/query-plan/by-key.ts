import type { AnyRow } from "../../reading/statements.ts";
import { type Execution, type FieldPlan, objectsIn } from "./execution.ts";
import { writer } from "./json.ts";
import type { Place } from "./planner.ts";

export const uuidOf = (row: AnyRow): string => row["uuid"] as string;

/** Plans a field whose values go by a key of each object: they are loaded once for all keys, each key once. */
export function byKey(
	{ field, asked, planner }: Place,
	keyOf: (object: AnyRow, execution: Execution) => string | null,
	load: (keys: readonly string[], execution: Execution) => Promise<readonly unknown[]>,
): FieldPlan {
	const objects = planner.objects(field, asked);
	const write = writer(field.type, objects);
	const part = planner.nextPart();
	planner.reads(1);
	return {
		read: async (rows, execution) => {
			const keys = [...new Set(rows.flatMap((row) => keyOf(row, execution) ?? []))];
			const values = keys.length === 0 ? [] : await load(keys, execution);
			execution.found[part] = new Map(keys.map((key, index) => [key, values[index]]));
			await objects?.read?.(objectsIn(values), execution);
		},
		write: (object, execution) => write((execution.found[part] as Map<string | null, unknown>).get(keyOf(object, execution)) ?? null, execution),
	};
}
