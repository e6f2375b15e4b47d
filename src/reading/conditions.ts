import type { Sql } from "../database/sql.ts";
import type { Maybe } from "../shared/maybe.ts";

/** The conditions of those filters that are given. */
export const conditions = (...parts: (Sql | undefined)[]): Sql[] => parts.filter((part) => part !== undefined);

/** The condition that a given value makes; none without one. */
export const when = <Value>(value: Maybe<Value>, condition: (value: Value) => Sql | undefined): Sql | undefined =>
	value == null ? undefined : condition(value);
