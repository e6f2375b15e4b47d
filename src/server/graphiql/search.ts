import { inBrowser } from "./in-browser.ts";

/** What is searched of a schema: the classes of graphql-js have it, whichever copy of the library made them. */
interface Described {
	readonly name: string;
	readonly description?: string | null | undefined;
}
interface Field extends Described {
	readonly args?: readonly Described[];
}
interface Type extends Described {
	getFields?(): Readonly<Record<string, Field>>;
}
interface Schema {
	getTypeMap(): Readonly<Record<string, Type>>;
}
interface Match {
	readonly type: Type;
	readonly field?: Field;
	readonly argument?: Described;
}

/** What GraphiQL lists under its search: fields of the type that it shows, other types, fields of other types. */
export interface Found {
	readonly within: readonly Match[];
	readonly types: readonly Match[];
	readonly fields: readonly Match[];
}

/**
 * What has all the words in its name, then what has them in its description, then what takes an argument that has them, 100 at
 * most; fields that an operation begins with are first. GraphiQL's own search looks at names alone, and so finds no "export".
 * It runs in the browser, as the text of this function: it uses nothing from outside of it.
 */
export function searchSchema(schema: Schema | null | undefined, shown: Described | undefined, search: string): Found {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word));
	const rankOf = ({ name, description }: Described) => {
		if (matches(name)) return 0;
		return matches(`${name} ${description ?? ""}`) ? 1 : undefined;
	};
	const isRoot = ({ name }: Type) => name === "Query" || name === "Mutation" || name === "Subscription";
	const types = Object.values(schema?.getTypeMap() ?? {}).filter(({ name }) => !name.startsWith("__"));
	const found: (Match & { readonly rank: number })[] = [];
	for (const type of [...types.filter(isRoot), ...types.filter((other) => !isRoot(other))]) {
		const rank = rankOf(type);
		if (rank !== undefined && type.name !== shown?.name) found.push({ rank, type });
		for (const field of Object.values(type.getFields?.() ?? {})) {
			const rank = rankOf(field);
			if (rank !== undefined) found.push({ rank, type, field });
			else for (const argument of field.args ?? []) if (rankOf(argument) !== undefined) found.push({ rank: 2, type, field, argument });
		}
	}
	const best = words.length === 0 ? [] : found.sort((one, other) => one.rank - other.rank).slice(0, 100);
	return {
		within: best.filter(({ type, field }) => field !== undefined && type.name === shown?.name),
		types: best.filter(({ field }) => field === undefined),
		fields: best.filter(({ type, field }) => field !== undefined && type.name !== shown?.name),
	};
}

/** GraphiQL's search in its minified script, from its parameter to its end: it names the words, the schema and what is shown. */
const ownSearch = /([\w$]+)=>\{const ([\w$]+)=\{within:\[\],types:\[\],fields:\[\]\};if\(!([\w$]+)\)return \2;const [\w$]+=([\w$]+)\.def,.{1,900}?return \2\}/s;

/** GraphiQL's script with our search in the place of its own. Throws when that is not found, as in another version. */
export function withSearch(script: string): string {
	if (!ownSearch.test(script)) throw new Error("GraphiQL's own search was not found in its script: see src/server/graphiql/search.ts.");
	const replaced = script.replace(
		ownSearch,
		(_all, words: string, _found, schema: string, place: string) => `${words}=>searchSchema(${schema},${place}.def,${words})`,
	);
	return inBrowser("searchSchema", searchSchema) + replaced;
}
