import type { Context } from "../context.ts";
import { byKey } from "../query-plan/by-key.ts";
import type { FieldPlan } from "../query-plan/execution.ts";
import { type Place, refusalAt } from "../query-plan/planner.ts";
import { type LoadedSource, withSource } from "./source.ts";

/** Resolves to a value for the row, loaded in one batch for all rows that are asked the same; `name` distinguishes it from other values. */
export function loaded<Args, Value>(name: string, load: (uuids: readonly string[], args: Args, context: Context) => Promise<readonly Value[]>) {
	const batch = (args: Args) => `${name} ${JSON.stringify(args)}`;
	return loadedBy({ key: ({ uuid }: { uuid: string }) => uuid, batch, load });
}

/** The same for a value that goes by another key than a row's uuid. */
export function loadedBy<Holder, Args, Value>(source: {
	key: (holder: Holder, args: Args, context: Context) => string;
	batch: (args: Args) => string;
	load: (keys: readonly string[], args: Args, context: Context) => Promise<readonly Value[]>;
	refusal?: (key: string) => Error;
}) {
	const { key, batch, load, refusal } = source;
	const resolve = async (holder: Holder, args: Args, context: Context): Promise<NonNullable<Value> | Extract<Value, null>> => {
		const found = key(holder, args, context);
		const value = await context.read.load(batch(args), (keys) => load(keys, args, context), found);
		if (value == null && refusal !== undefined) throw refusal(found);
		return (value ?? null) as NonNullable<Value> | Extract<Value, null>;
	};
	return withSource({ kind: "loaded", ...source }, resolve);
}

/** Batched with others of the operation that load the same, such as other names of the same figure. */
export function planLoaded({ key, batch, load, refusal }: LoadedSource, place: Place): FieldPlan {
	const args = place.planner.args(place.asked);
	return byKey(
		place,
		(object, execution) => {
			try {
				return key(object as never, args(execution), execution.context);
			} catch (error) {
				throw refusalAt(place, error);
			}
		},
		(keys, execution) => {
			const { context } = execution;
			const given = args(execution);
			const name = batch(given);
			const loadedValue = async (key: string) => {
				const value = await context.read.load(name, (keys) => load(keys, given, context), key);
				if (value == null && refusal !== undefined) throw refusalAt(place, refusal(key));
				return value;
			};
			return Promise.all(keys.map(loadedValue));
		},
	);
}
