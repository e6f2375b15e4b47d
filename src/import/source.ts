import { Failure } from "../shared/failure.ts";

/** The lists of a Waldur in the order in which they are imported: an object comes after what it points at. */
export const listNames = [
	"organization-groups",
	"customers",
	"users",
	"projects",
	"customer-permissions",
	"project-permissions",
	"marketplace-categories",
	"marketplace-provider-offerings",
	"offering-permissions",
	"marketplace-resources",
	"resource-plan-periods",
	"marketplace-offering-users",
	"marketplace-component-usages",
	"marketplace-component-user-usages",
	"component-user-usage-limits",
	"marketplace-offering-usage-policies",
	"customer-quotas",
] as const;

export type ListName = (typeof listNames)[number];

/** Some records of a list, as they were written: numbers are JsonNumber, everything else is a JSON value. */
export interface Piece {
	readonly records: readonly unknown[];
	/** Part of the list that is read with this piece, 0 to 1; undefined when the source does not say. */
	readonly done?: number;
	/**
	 * With the last piece of a reading that was not cut short: whether all that the source has in this list was read, and counted. Only
	 * then is what did not come absent from the source. Not so when filters left records out, when the source does not count its
	 * records, or when it lacks the list. What was deleted while the list was read may have come nevertheless.
	 */
	readonly whole?: boolean;
}

/** What is to be read of lists that can be filtered: what changed. Other lists are read whole. */
export interface ReadFilters {
	/** Records that changed at this moment or later, roles that were withdrawn included: these have `is_active` false. */
	readonly since?: Date;
	/** Usages of these billing months come in any case: first days, such as 2026-11-01. */
	readonly periods?: readonly string[];
}

/** Where records come from: a folder or a running Waldur. */
export interface Source {
	/** What to call it in a message. */
	readonly name: string;
	/** Looks whether the source can be read at all. Throws SourceError. */
	check(): Promise<void>;
	/**
	 * The records of one list, read while they are taken. A source that changes meanwhile may be read again: then what differs from
	 * before comes, such as a record's later version, and nothing twice. Throws SourceError.
	 */
	read(list: ListName, filters?: ReadFilters): AsyncIterable<Piece>;
}

/** The source cannot be read. */
export class SourceError extends Failure {}
