import type { AnyRow, Statements } from "../../reading/statements.ts";
import type { Context } from "../context.ts";

/** One execution of a plan. */
export interface Execution {
	readonly context: Context;
	readonly statements: Statements;
	readonly variables: Readonly<Record<string, unknown>>;
	/** What each part of the plan has read, by the part's number. */
	readonly found: unknown[];
}

/** Reads what is shown below the objects, level by level. */
export type Read = (objects: readonly AnyRow[], execution: Execution) => Promise<unknown>;

/** Writes a value as JSON. Throws Unplanned for what cannot be written here. */
export type Write<Value = unknown> = (value: Value, execution: Execution) => string;

/** How the objects at one place of a query are read and written. */
export interface ObjectPlan {
	/** Absent when all is there with the objects themselves. */
	readonly read: Read | undefined;
	readonly write: Write<AnyRow>;
}

/** How one field is planned: what it reads for all objects at once, and how it is written for each of them. */
export interface FieldPlan {
	/** Absent when all is there with the objects themselves. */
	readonly read?: Read | undefined;
	readonly write: Write<AnyRow>;
	/** Whether `write` leaves out the quotes around its text. */
	readonly isBare?: boolean | undefined;
}

/** Thrown where a plan ends: the query is then executed field by field, which covers every case and every error. */
export class Unplanned extends Error {}

/** Reads all at once; absent when there is nothing to read. */
export function inParallel(reads: readonly (Read | undefined)[]): Read | undefined {
	const present = reads.filter((read) => read !== undefined);
	return present.length < 2 ? present[0] : (objects, execution) => Promise.all(present.map((read) => read(objects, execution)));
}

/** The objects in a value: itself, or in a list of any depth. */
export const objectsIn = (value: unknown): readonly AnyRow[] => (value == null ? [] : Array.isArray(value) ? value.flatMap(objectsIn) : [value as AnyRow]);
