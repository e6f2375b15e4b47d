import { name, type Sql, sql } from "../database/sql.ts";
import { InvalidInput } from "../shared/invalid-input.ts";
import type { Given } from "../shared/maybe.ts";
import { parsedUuid } from "../shared/uuid.ts";

/** The conditions of those filters that are given. */
export const conditions = (...parts: (Sql | undefined)[]): Sql[] => parts.filter((part) => part !== undefined);

/** The condition that a given value makes; none without one. */
export const when = <Value>(value: Given<Value>, condition: (value: Value) => Sql | undefined): Sql | undefined =>
	value == null ? undefined : condition(value);

/** The column has the given uuid; no condition without one. */
export const hasUuid = (alias: string, column: string, uuid: Given<string>): Sql | undefined =>
	when(uuid, (value) => sql`${name(alias)}.${name(column)} = ${value}::uuid`);

/** The column has the uuid in the given global id; no condition without one. Throws InvalidInput when there is no uuid in it. */
export const hasId = (alias: string, column: string, globalId: Given<{ id: string }>): Sql | undefined =>
	when(globalId, ({ id }) => {
		const uuid = parsedUuid(id);
		if (uuid === undefined) throw new InvalidInput("An id in the filter holds no uuid: pass the id of an object as it was answered.");
		return hasUuid(alias, column, uuid);
	});
