import { type GraphQLLeafType, type GraphQLOutputType, GraphQLString, isEnumType, isLeafType, isListType, isNonNullType } from "graphql";
import { type Execution, type ObjectPlan, Unplanned, type Write } from "./execution.ts";

/** Writes the values of a type; `object` says how its objects are written. */
export function writer(type: GraphQLOutputType, object: ObjectPlan | undefined): Write {
	if (isNonNullType(type)) return required(presentWriter(type.ofType, object));
	const present = presentWriter(type, object);
	return (value, execution) => (value == null ? "null" : present(value, execution));
}

const required =
	(present: Write): Write =>
	(value, execution) => {
		if (value == null) throw new Unplanned("A value is missing.");
		return present(value, execution);
	};

function presentWriter(type: GraphQLOutputType, object: ObjectPlan | undefined): Write {
	if (isListType(type)) {
		const item = writer(type.ofType, object);
		return (values, execution) => list(values as readonly unknown[], item, execution);
	}
	if (isLeafType(type)) return leaf(type);
	if (object === undefined) throw new Unplanned("There is no plan of the objects.");
	return object.write as Write;
}

/** A member of an object. */
export interface Member<Value> {
	/** Its name as JSON, with the colon. */
	readonly head: string;
	readonly write: Write<Value>;
	/** Whether `write` leaves out the quotes around its text. */
	readonly isBare?: boolean | undefined;
}

/** Writes an object member by member. All text between two values is one string, made before there are any. */
export function objectWriter<Value>(members: readonly Member<Value>[]): Write<Value> {
	if (members.length === 0) return () => "{}"; // all of them are skipped
	const quote = (member: Member<Value> | undefined) => (member?.isBare ? '"' : "");
	const parts = members.map((member, index) => ({
		before: `${quote(members[index - 1])}${index === 0 ? "{" : ","}${member.head}${quote(member)}`,
		write: member.write,
	}));
	const end = `${quote(members.at(-1))}}`;
	return (value, execution) => {
		let text = "";
		for (const { before, write } of parts) text += before + write(value, execution);
		return text + end;
	};
}

/** Writes values of the type without the quotes around them; undefined when they are not always a text. */
export function bareWriter(type: GraphQLOutputType): Write | undefined {
	const text = isNonNullType(type) && isLeafType(type.ofType) ? textOf(type.ofType) : undefined;
	return text && required(text);
}

/** A list as JSON. */
export function list<Value>(values: readonly Value[], write: Write<Value>, execution: Execution): string {
	return `[${values.map((value) => write(value, execution)).join()}]`;
}

/** Scalars whose texts have nothing to escape. */
const plain = new Set(["Date", "DateTime", "Decimal", "UUID"]);

/** How values of the type are written within quotes; undefined when they are not always a text. */
function textOf(type: GraphQLLeafType): ((value: unknown) => string) | undefined {
	if (isEnumType(type) || plain.has(type.name)) return (value) => type.serialize(value) as string;
	return type === GraphQLString ? (value) => escaped(GraphQLString.serialize(value)) : undefined;
}

function leaf(type: GraphQLLeafType): Write {
	const text = textOf(type);
	if (text !== undefined) return (value) => `"${text(value)}"`;
	return (value) => {
		const serialized = type.serialize(value);
		if (typeof serialized === "string") return quoted(serialized);
		if (serialized === undefined) throw new Unplanned("A value cannot be written.");
		return JSON.stringify(serialized);
	};
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A text as it is written within the quotes of JSON; most have nothing to escape. */
const escaped = (text: string): string => (special.test(text) ? JSON.stringify(text).slice(1, -1) : text);

/** A text as JSON. */
export const quoted = (text: string): string => `"${escaped(text)}"`;
