import type { ModelName, Row } from "../../database/model.ts";
import type { FieldPlan } from "../query-plan/execution.ts";
import { Unplanned } from "../query-plan/execution.ts";
import { writer } from "../query-plan/json.ts";
import type { Place } from "../query-plan/planner.ts";
import { withSource } from "./source.ts";

/** Resolves to the row in hand as an object of another type: it is read once, with what is asked of it under both. */
export const itself = <Model extends ModelName>() => withSource({ kind: "itself" }, (row: Row<Model>): Row<Model> => row);

export function planItself({ field, asked, planner }: Place): FieldPlan {
	const objects = planner.objects(field, asked);
	if (objects === undefined) throw new Unplanned("A row is shown by its fields.");
	const write = writer(field.type, objects);
	return { ...(objects.read === undefined ? {} : { read: objects.read }), write: (row, execution) => write(row, execution) };
}
