import type { Queries } from "../../database/database.ts";
import type { ModelName } from "../../database/model.ts";
import { isOneOf, isOneOfTexts, isOneOfWords, type Sql, sql } from "../../database/sql.ts";
import type { Filter, FilterColumn, FilterContext } from "../../reading/declared-list.ts";
import type { builder } from "../builder.ts";
import { naming } from "../identifiers.ts";

type Types = typeof builder.$inferSchemaTypes;

type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, "InputObject">;

/** A filter of a list: what it does, and the field of GraphQL that its value is given in. */
export interface ListFilter<Value> extends Filter<Value> {
	readonly field: (t: InputFields) => PothosSchemaTypes.InputFieldRef<Types, unknown>;
}

export type ListFilters = Readonly<Record<string, ListFilter<never>>>;

/** The types that filters have besides those of objects and enumerations. */
interface Values {
	UUID: string;
	String: string;
	Int: number;
	Date: string;
	Boolean: boolean;
}

/** What a list of values in a filter means, and how many a request may hold (src/server/limits). */
const severalValues = "At most 250; an empty list finds nothing.";

/** A filter with conditions of its own. */
export const condition = <Type extends keyof Values>(
	type: Type,
	description: string,
	conditions: (value: Values[Type], context: FilterContext) => Sql | readonly Sql[],
	column: FilterColumn = {},
): ListFilter<Values[Type]> => ({
	...column,
	conditions: (value, context) => [conditions(value, context)].flat(),
	field: (t) => t.field({ type, description }),
});

/** A filter whose condition depends on what else is stored: it is looked up before the rows are. */
export const lookedUp = (description: string, lookUp: (text: string) => (queries: Queries) => Promise<Sql>): ListFilter<string> => ({
	...condition("String", description, () => []),
	lookUp,
});

/** A filter by an object of the type, however a client names it, with a condition of its own on the object's uuid. */
export const identifierWhere = (
	type: ModelName,
	description: string,
	conditions: (uuid: string, context: FilterContext) => Sql,
	column: FilterColumn = {},
): ListFilter<string> => ({
	...condition("UUID", description, conditions, column),
	field: (t) => t.field({ type: "UUID", description, ...naming(type) }),
});

/** The column has the uuid of the object of the type. */
export const identifier = (type: ModelName, description: string, column?: FilterColumn): ListFilter<string> =>
	identifierWhere(type, description, hasUuid, column);

/** The same, as an ID: for clients that have ids alone. */
export const globalId = (type: ModelName, description: string, column?: FilterColumn): ListFilter<string> => ({
	...identifierWhere(type, description, hasUuid, column),
	field: (t) => t.field({ type: "ID", description, ...naming(type) }),
});

const hasUuid = (uuid: string, { column }: FilterContext): Sql => sql`${column} = ${uuid}::uuid`;

/** The column has the text, exactly. */
export const text = (description: string, column?: FilterColumn): ListFilter<string> =>
	condition("String", description, (value, { column }) => sql`${column} = ${value}`, column);

/** The column has the uuid of one of the objects of the type. */
export const identifiers = (type: ModelName, description: string, column?: FilterColumn): ListFilter<readonly string[]> => ({
	...column,
	conditions: (values, { column }) => [isOneOf(column, [...new Set(values)])],
	field: (t) => t.field({ type: ["UUID"], description: `${description} ${severalValues}`, ...naming(type) }),
});

/** The column has one of the texts, exactly. */
export const texts = (description: string, column?: FilterColumn): ListFilter<readonly string[]> => ({
	...column,
	conditions: (values, { column }) => [isOneOfTexts(column, values)],
	field: (t) => t.field({ type: ["String"], description: `${description} ${severalValues}` }),
});

/** The column is true, or is not. */
export const flag = (description: string, column?: FilterColumn): ListFilter<boolean> =>
	condition("Boolean", description, (value, { column }) => sql`${column} = ${value}::boolean`, column);

/** The column, of the enumeration of the same name, has one of the values. */
export const oneOf = <Word extends string>(
	enumeration: PothosSchemaTypes.EnumRef<Types, Word>,
	description: string,
	column?: FilterColumn,
): ListFilter<readonly Word[]> => ({
	...column,
	conditions: (words, { column }) => [isOneOfWords(column, enumeration.name, words)],
	field: (t) => t.field({ type: [enumeration], description: `${description} ${severalValues}` }),
});

/** The same filters on the row behind a link. */
export const behind = <Filters extends ListFilters>(link: string, filters: Filters): Filters =>
	Object.fromEntries(Object.entries(filters).map(([called, filter]) => [called, { ...filter, link }])) as Filters;
