import { type GraphQLLeafType, type GraphQLOutputType, isEnumType, isLeafType, isListType, isNonNullType } from "graphql";
import { type Execution, type ObjectPlan, Unplanned, type Write } from "./execution.ts";

/** Writes the values of a type; `object` says how its objects are written. */
export function writer(type: GraphQLOutputType, object: ObjectPlan | undefined): Write {
	if (!isNonNullType(type)) {
		const present = presentWriter(type, object);
		return (value, execution) => (value == null ? "null" : present(value, execution));
	}
	const present = presentWriter(type.ofType, object);
	return (value, execution) => {
		if (value == null) throw new Unplanned("A value is missing.");
		return present(value, execution);
	};
}

function presentWriter(type: GraphQLOutputType, object: ObjectPlan | undefined): Write {
	if (isListType(type)) {
		const item = writer(type.ofType, object);
		return (values, execution) => list(values as readonly unknown[], item, execution);
	}
	if (isLeafType(type)) return leaf(type);
	if (object === undefined) throw new Unplanned("There is no plan of the objects.");
	return object.write as Write;
}

/** A list as JSON. */
export function list<Value>(values: readonly Value[], write: Write<Value>, execution: Execution): string {
	return `[${values.map((value) => write(value, execution)).join()}]`;
}

/** Scalars whose texts have nothing to escape. */
const plain = new Set(["Date", "DateTime", "Decimal", "UUID"]);

function leaf(type: GraphQLLeafType): Write {
	if (isEnumType(type) || plain.has(type.name)) return (value) => `"${type.serialize(value)}"`;
	return (value) => {
		const serialized = type.serialize(value);
		if (typeof serialized === "string") return quoted(serialized);
		if (serialized === undefined) throw new Unplanned("A value cannot be written.");
		return JSON.stringify(serialized);
	};
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A text as JSON; most have nothing to escape. */
export const quoted = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);
