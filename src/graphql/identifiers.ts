import { type GraphQLArgument, type GraphQLInputField, type GraphQLInputType, getNullableType, isInputObjectType, isListType } from "graphql";
import { type Identifier, identifierIn } from "../shared/identifier.ts";
import { InvalidInputRefusal } from "../shared/refusal.ts";

/** The type of objects that an argument or an input field names, or several: then a resolver is given the type and a colon before the uuid, where the client says it. */
export const naming = (...types: readonly [string, ...string[]]) => ({ extensions: { naming: types } });

/** The ways to name an object, for descriptions. */
export const identifierForms = "its uuid with or without dashes, its id as it was answered, or Waldur's address of it, on whatever host";

/** An identifier as variables hold it: a uuid, with its type before it where that is said. Read again where the argument is, which knows its own. */
export const writtenIdentifier = ({ type, uuid }: Identifier): string => (type === undefined ? uuid : `${type}:${uuid}`);

const writtenForm = /^(?:([A-Za-z]\w*):)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function readIdentifier(text: string): Identifier | undefined {
	const [, type, uuid] = writtenForm.exec(text) ?? [];
	return uuid === undefined ? identifierIn(text) : { uuid, type };
}

type Read = (value: unknown, path: readonly string[]) => unknown;

/** How the values of what is named in the arguments are read, or undefined when none of them names anything. */
const readers = new WeakMap<readonly GraphQLArgument[], Read | "none">();

/**
 * The arguments' values with a uuid wherever an object is named. Throws InvalidInputRefusal with the place of what names
 * nothing, or an object of another type.
 */
export function withIdentifiers<Values>(args: readonly GraphQLArgument[], values: Values): Values {
	let reader = readers.get(args);
	if (reader === undefined) {
		reader = readerOfFields(args) ?? "none";
		readers.set(args, reader);
	}
	return reader === "none" ? values : (reader(values, []) as Values);
}

function readerOfFields(fields: readonly (GraphQLArgument | GraphQLInputField)[]): Read | undefined {
	const readersByName = fields.flatMap(({ name, type, extensions }) => {
		const read = readerOf(type, (extensions as { naming?: readonly string[] }).naming);
		return read === undefined ? [] : [[name, read] as const];
	});
	if (readersByName.length === 0) return undefined;
	return (values, path) => {
		const read: Record<string, unknown> = { ...(values as object) };
		for (const [name, reader] of readersByName) if (read[name] != null) read[name] = reader(read[name], [...path, name]);
		return read;
	};
}

function readerOf(type: GraphQLInputType, types: readonly string[] | undefined): Read | undefined {
	const present = getNullableType(type);
	if (isListType(present)) {
		const item = readerOf(present.ofType, types);
		return item && ((values, path) => (values as readonly unknown[]).map((value, index) => (value == null ? value : item(value, [...path, String(index)]))));
	}
	if (isInputObjectType(present)) return readerOfFields(Object.values(present.getFields()));
	if (types === undefined && present.name !== "UUID") return undefined;
	return (value, path) => named(String(value), types ?? [], path);
}

/** The uuid that the text names; with its type where several are possible. */
function named(text: string, types: readonly string[], path: readonly string[]): string {
	const identifier = readIdentifier(text);
	if (identifier === undefined) throw refused(`names nothing: give ${identifierForms}.`, path);
	const { type, uuid } = identifier;
	if (type !== undefined && types.length > 0 && !types.includes(type)) throw refused(`must name a ${types.join(" or a ")}, and names a ${type}.`, path);
	return types.length > 1 ? writtenIdentifier(identifier) : uuid;
}

function refused(message: string, path: readonly string[]): InvalidInputRefusal {
	return new InvalidInputRefusal([{ code: "INVALID_INPUT", message: `${place(path)} ${message}`, path }]);
}

/** A place as JavaScript writes it, such as input.usages[0].amount. */
const place = (path: readonly string[]): string => path.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
