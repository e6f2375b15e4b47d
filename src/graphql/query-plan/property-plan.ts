import { type FieldPlan, objectsIn } from "./execution.ts";
import { bareWriter, writer } from "./json.ts";
import type { Place } from "./planner.ts";

/** Plans a field whose value is a property of the object: a column, or a row that is read together with it. */
export function propertyPlan(property: string, { field, asked, planner }: Place): FieldPlan {
	const bare = bareWriter(field.type);
	if (bare !== undefined) return { write: (row, execution) => bare(row[property], execution), isBare: true };
	const objects = planner.objects(field, asked);
	const write = writer(field.type, objects);
	const read = objects?.read;
	return {
		read: read && ((rows, execution) => read(objectsIn(rows.map((row) => row[property])), execution)),
		write: (row, execution) => write(row[property], execution),
	};
}
