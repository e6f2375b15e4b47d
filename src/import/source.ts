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
}

/** Where records come from: a folder or a running Waldur. */
export interface Source {
	/** What to call it in a message. */
	readonly name: string;
	/** Looks whether the source can be read at all. Throws SourceError. */
	check(): Promise<void>;
	/** The records of one list, read while they are taken. Throws SourceError. */
	read(list: ListName): AsyncIterable<Piece>;
}

/** The source cannot be read. */
export class SourceError extends Failure {}
