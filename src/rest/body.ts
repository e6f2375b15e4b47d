import { exactDecimal } from "../shared/decimal.ts";
import type { Json } from "./json.ts";
import { badFields, unreadable } from "./problems.ts";
import { uuidNamed } from "./urls.ts";

/** What a field of a body may be. */
export interface Kind<Value> {
	/** The value; undefined for what is none. */
	readonly read: (value: unknown) => Value | undefined;
	/** What is answered to that. */
	readonly message: string;
	/** Stands for a value that there is none of, until the body is refused. */
	readonly none: Value;
}

/** Reads the fields of an object, and notes what is wrong with each. Null is as if a field was absent. */
export interface Reader {
	readonly required: <Value>(name: string, kind: Kind<Value>) => Value;
	readonly optional: <Value>(name: string, kind: Kind<Value>) => Value | undefined;
	/** A list of objects; undefined when it is absent. */
	readonly objects: <Item>(name: string, read: (item: Reader) => Item) => Item[] | undefined;
	/** The same, and it must be there. */
	readonly requiredObjects: <Item>(name: string, read: (item: Reader) => Item) => Item[];
	/** Says that something is wrong with a field. */
	readonly wrong: (name: string, message: string) => void;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const aText: Kind<string> = { read: text, message: "Not a valid string.", none: "" };

/** An exact decimal, as a text or a number. */
export const aDecimal: Kind<string> = {
	read: (value) => exactDecimal(typeof value === "string" ? value.trim() : value),
	message: "A valid number is required. Send one of more than 15 digits as a string.",
	none: "0",
};

export const aFlag: Kind<boolean> = { read: (value) => (typeof value === "boolean" ? value : undefined), message: "Must be a valid boolean.", none: false };

/** The uuid of an object, or its address. */
export const aLink: Kind<string> = {
	read: (value) => uuidNamed(text(value) ?? ""),
	message: "Enter the URL of an object, or its UUID.",
	none: "",
};

/** Several of them. */
export const links: Kind<readonly string[]> = {
	read: (value) => {
		const uuids = Array.isArray(value) ? value.map(aLink.read) : [undefined];
		const found = uuids.flatMap((uuid) => uuid ?? []);
		return found.length === uuids.length ? found : undefined;
	},
	message: "Enter a list of the URLs of objects, or their UUIDs.",
	none: [],
};

const required = "This field is required.";

/** Reads a body that is an object. Throws all that is wrong with it, by field. */
export function readObject<Value>(body: unknown, read: (reader: Reader) => Value): Value {
	if (!isObject(body)) throw unreadable("The body is not a JSON object.");
	const [value, wrong] = readFields(body, read);
	if (wrong !== undefined) throw badFields(wrong);
	return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

type Wrong = Record<string, Json>;

function readFields<Value>(fields: Readonly<Record<string, unknown>>, read: (reader: Reader) => Value): [Value, Wrong | undefined] {
	const wrong: Wrong = {};
	const given = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? undefined;
	const optional: Reader["optional"] = (name, kind) => {
		const value = given(name);
		if (value === undefined) return undefined;
		const found = kind.read(value);
		if (found === undefined) wrong[name] = [kind.message];
		return found;
	};
	const objects: Reader["objects"] = (name, readItem) => {
		const items = given(name);
		if (items === undefined) return undefined;
		if (!Array.isArray(items)) {
			wrong[name] = ["Expected a list of items."];
			return undefined;
		}
		const [values, ofItems] = readItems(items, readItem);
		if (ofItems !== undefined) wrong[name] = ofItems;
		return values;
	};
	const isAbsent = (name: string): boolean => {
		if (given(name) !== undefined) return false;
		wrong[name] = [required];
		return true;
	};
	const value = read({
		optional,
		objects,
		required: (name, kind) => (isAbsent(name) ? undefined : optional(name, kind)) ?? kind.none,
		requiredObjects: (name, readItem) => (isAbsent(name) ? undefined : objects(name, readItem)) ?? [],
		wrong: (name, message) => {
			wrong[name] = [message];
		},
	});
	return [value, Object.keys(wrong).length === 0 ? undefined : wrong];
}

/** Reads the objects of a list; what is wrong with them is at their places. */
function readItems<Item>(items: readonly unknown[], read: (reader: Reader) => Item): [Item[], Json | undefined] {
	const values: Item[] = [];
	let isWrong = false;
	const wrong = items.map((item): Json => {
		if (!isObject(item)) {
			isWrong = true;
			return { non_field_errors: ["Invalid data. Expected a dictionary."] };
		}
		const [value, ofItem] = readFields(item, read);
		values.push(value);
		isWrong ||= ofItem !== undefined;
		return ofItem ?? {};
	});
	return [values, isWrong ? wrong : undefined];
}

/** Reads a body that is a list of objects. Throws what is wrong with them, at their places. */
export function readList<Item>(body: unknown, read: (reader: Reader) => Item): Item[] {
	if (!Array.isArray(body)) throw unreadable("The body is not a JSON list.");
	return readObject({ items: body }, (reader) => reader.requiredObjects("items", read));
}
