import { isOneOfWords, type Sql, sql } from "../../database/sql.ts";
import type { Filter, FilterColumn, FilterContext } from "../../reading/declared-list.ts";
import type { builder } from "../builder.ts";

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
}

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

/** The column has the uuid. */
export const uuid = (description: string, column?: FilterColumn): ListFilter<string> =>
	condition("UUID", description, (value, { column }) => sql`${column} = ${value}::uuid`, column);

/** The column, of the enumeration of the same name, has one of the values. */
export const oneOf = <Word extends string>(
	enumeration: PothosSchemaTypes.EnumRef<Types, Word>,
	description: string,
	column?: FilterColumn,
): ListFilter<readonly Word[]> => ({
	...column,
	conditions: (words, { column }) => [isOneOfWords(column, enumeration.name, words)],
	field: (t) => t.field({ type: [enumeration], description }),
});
