import {
	type GraphQLArgument,
	type GraphQLInputField,
	type GraphQLInputType,
	type GraphQLSchema,
	getNullableType,
	isInputObjectType,
	isListType,
	isNonNullType,
} from "graphql";
import { badUserInput, notThere } from "../graphql/errors.ts";
import { exportedLists } from "./exported-lists.ts";

export type ExportFormat = "csv" | "ndjson";

/** An export that is asked for by an address, as a question of GraphQL. */
export interface AskedExport {
	readonly list: string;
	readonly format: ExportFormat;
	/** Whether its columns are those of FOCUS. */
	readonly isFocus: boolean;
	readonly query: string;
	readonly variables: Readonly<Record<string, unknown>>;
}

export const exportPath = "/export/";

/** Arguments of lists that are about a page: an export has all rows. */
const paging: ReadonlySet<string> = new Set(["first", "last", "after", "before", "withRest"]);

/** A parameter: an argument of the list, or a filter within one. */
interface Parameter {
	readonly argument: string;
	readonly filter?: string;
	readonly type: GraphQLInputType;
}

/**
 * What the address asks for: its list as the field of the query is called, and the field's arguments and filters as parameters.
 * Throws for a list or a parameter that there is not, and says which there are.
 */
export function readExportAddress(schema: GraphQLSchema, path: string, given: URLSearchParams): AskedExport {
	const [, list = "", format] = /^([^.]*)\.(csv|ndjson)$/.exec(path.slice(exportPath.length)) ?? [];
	const exported = Object.hasOwn(exportedLists, list) ? exportedLists[list] : undefined;
	const field = schema.getQueryType()?.getFields()[list];
	if (exported === undefined || field === undefined || format === undefined) {
		throw notThere(`There is no such export. Each of these is one, as .csv or .ndjson: ${Object.keys(exportedLists).join(", ")}.`);
	}
	const isFocus = given.has("format");
	const columns = isFocus ? focusOf(exported, given.getAll("format")) : exported.columns;
	const args = field.args.filter(({ name }) => !paging.has(name));
	const variables = variablesOf(args, given);
	for (const { name, type } of args)
		if (isNonNullType(type) && variables[name] === undefined) throw badUserInput(`The export of ${list} needs the parameter ${name}.`);
	const named = args.filter(({ name }) => variables[name] !== undefined);
	const declared = named.map(({ name, type }) => `$${name}: ${type}`).join(", ");
	const passed = named.map(({ name }) => `${name}: $${name}`).join(", ");
	const query = `query${declared && ` (${declared})`} { ${list}${passed && `(${passed})`} { nodes { ${columns.trim()} } } }`;
	return { list, format: format as ExportFormat, isFocus, query, variables };
}

function focusOf({ focus }: { readonly focus?: string }, formats: readonly string[]): string {
	if (formats.length !== 1 || formats[0] !== "focus") throw badUserInput("format is focus, or absent.");
	if (focus === undefined) throw badUserInput("FOCUS has columns for usage records: format=focus is for componentUsages.");
	return focus;
}

function variablesOf(args: readonly GraphQLArgument[], given: URLSearchParams): Record<string, unknown> {
	const parameters = parametersOf(args);
	const variables: Record<string, unknown> = {};
	for (const name of new Set(given.keys())) {
		if (name === "format") continue;
		const parameter = parameters.get(name);
		if (parameter === undefined) {
			const known = parameters.size === 0 ? "It has none." : `It has ${[...parameters.keys()].join(", ")}.`;
			throw badUserInput(`The export has no parameter ${name.slice(0, 60)}. ${known}`);
		}
		const { argument, filter, type } = parameter;
		const value = argument === "orderBy" ? orderOf(given.getAll(name)) : coercible(name, type, given.getAll(name));
		variables[argument] = filter === undefined ? value : { ...(variables[argument] as object | undefined), [filter]: value };
	}
	return variables;
}

/** The arguments by name, and in place of `filter` each of its fields. */
function parametersOf(args: readonly GraphQLArgument[]): Map<string, Parameter> {
	const parameters = new Map<string, Parameter>();
	for (const { name, type } of args) {
		const present = getNullableType(type);
		if (name !== "filter" || !isInputObjectType(present)) parameters.set(name, { argument: name, type });
		else
			for (const field of Object.values<GraphQLInputField>(present.getFields()))
				parameters.set(field.name, { argument: name, filter: field.name, type: field.type });
	}
	return parameters;
}

/** By one column, falling with a - in front. */
function orderOf(texts: readonly string[]): { field: string; direction: string } {
	const [text = ""] = texts;
	if (texts.length !== 1 || text.includes(",")) throw badUserInput("Give one order: orderBy is a column, with - in front where it falls.");
	return { field: text.replace(/^-/, ""), direction: text.startsWith("-") ? "DESC" : "ASC" };
}

/** What the texts are as a value of the type, as JSON has it: whether it is one, GraphQL decides. Items of a list come as several parameters, or between commas. */
function coercible(name: string, type: GraphQLInputType, texts: readonly string[]): unknown {
	const present = getNullableType(type);
	if (isListType(present)) return texts.flatMap((text) => text.split(",")).map((text) => coercible(name, present.ofType, [text]));
	const [text = ""] = texts;
	if (texts.length !== 1) throw badUserInput(`Give ${name} once.`);
	if (isInputObjectType(present) || String(present) === "Boolean") return parsed(name, text);
	return String(present) === "Int" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function parsed(name: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw badUserInput(`${name} is no JSON.`);
	}
}
