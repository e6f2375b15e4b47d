import type { Context } from "../context.ts";
import { type FieldPlan, Unplanned } from "../query-plan/execution.ts";
import { writer } from "../query-plan/json.ts";
import type { Place } from "../query-plan/planner.ts";
import { type ComputedSource, withSource } from "./source.ts";

/**
 * Resolves to what is computed from the object in hand alone: from the columns that are named, when it is a row. One of a row
 * that it links to is named "link.column": that row is read together with it.
 */
export function computed<Holder, Value>(
	columns: readonly ((keyof Holder & string) | `${string}.${string}`)[],
	value: (holder: Holder, context: Context) => Value,
) {
	const resolve = (holder: Holder, _args: object, context: Context) => value(holder, context);
	return withSource({ kind: "computed", columns, value }, resolve);
}

export function planComputed({ value }: ComputedSource, { field, asked, planner }: Place): FieldPlan {
	const objects = planner.objects(field, asked);
	if (objects?.read !== undefined) throw new Unplanned("What is computed while it is written reads no further.");
	const write = writer(field.type, objects);
	return { write: (object, execution) => write(value(object as never, execution.context), execution) };
}
