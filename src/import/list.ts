import type { Queries } from "../database/database.ts";
import type { Sql } from "../database/sql.ts";
import type { SeenKeys } from "./seen-keys.ts";
import type { ListName } from "./source.ts";

/** Does the work so that it is undone when it throws, and again when it is the victim of a deadlock with reports that come in meanwhile. */
export type Attempt = <Result>(work: (tx: Queries) => Promise<Result>) => Promise<Result>;

/** A record, or a part of one, that is left out, and why. */
export interface Refusal {
	readonly list: ListName;
	/** Identifier of the record, where it has a readable one. */
	readonly uuid: string | null;
	/** Path of the field within the record, such as components[2].type. */
	readonly field: string;
	readonly reason: string;
}

/** A value that this version does not know. */
export interface UnknownValue {
	/** The field, the same for all parts of a record: `components[].billing_type`. */
	readonly field: string;
	/** The value as JSON, shortened. */
	readonly value: string;
	/** What was taken for it; null when what has the value is left out. */
	readonly taken: string | null;
}

/** A row on its way into a table, by the names of the table's incoming columns. */
export interface Row {
	/** Its path in the record, such as `components[2].`; empty for the record itself. */
	readonly path: string;
	readonly values: Readonly<Record<string, unknown>>;
}

/** What one record brings for one table. */
export interface TablePart {
	readonly rows: readonly Row[];
	/** Owners whose whole set of rows is given here: their other rows are removed. */
	readonly complete?: readonly string[];
}

/** One record of a list, read and ready to be written. */
export interface ParsedRecord {
	readonly uuid: string | null;
	/** What it brings, table by table, in the order of the list's tables; null when the record is left out. */
	readonly parts: readonly TablePart[] | null;
	/** Parts of the record that are malformed. */
	readonly refusals: readonly Refusal[];
	/** Values in it that are not known. */
	readonly unknown: readonly UnknownValue[];
}

/** A record that brings something. */
export type WritableRecord = ParsedRecord & { readonly parts: readonly TablePart[] };

/** Refuses a row when the condition holds. All are SQL over the incoming row `i` and the table's joins. */
export interface Problem {
	readonly when: string;
	/** Name of the field to blame. */
	readonly field: string;
	/** SQL expression of text. */
	readonly reason: string;
}

/** How a stored row is found that is what comes in, by what makes it what it is. It becomes the incoming row, whose uuid it takes. */
interface SameAs {
	/** SQL expression of uuid[]: the stored rows; null where there is none, or where a row with the incoming uuid is stored. */
	readonly uuids: string;
	/** What becomes of the incoming row when the source has the stored ones too. */
	readonly whenBoth: "refused" | "apart" | "summed";
	/** Why it is refused. */
	readonly reason: string;
	/** Decided when all of the list has been read: whether the stored one comes later. The list's `laterField` is uuid then. */
	readonly decidedLast?: boolean;
}

/** A table with a row for each of several records of the source that are one row here. */
export interface Summed {
	readonly parts: string;
	/** Its column of the row that they are parts of. */
	readonly whole: string;
	/** SQL expression of uuid: the row that the incoming one is a part of already; null where it is of none. */
	readonly partOf: string;
	/** SQL condition: several records may be one row. */
	readonly when: string;
	/** Columns that are those of the part that comes last by the column `by`. */
	readonly latest: readonly string[];
	readonly by: string;
}

/** How rows get into one table with one statement per batch. Everything is SQL from our own code, never input. */
export interface TableImport {
	readonly table: string;
	/** Columns that a stored row is recognised by; there is a unique index on them. */
	readonly key: readonly string[];
	/** Columns of the incoming rows and their SQL types. */
	readonly incoming: Readonly<Record<string, string>>;
	/** Stored columns and the SQL expression of each. */
	readonly columns: Readonly<Record<string, string>>;
	/** Stored columns that are written once and never updated. */
	readonly onCreation?: readonly string[];
	/** A stored flag that rows are created with, and that is changed after they are written: see `changeLater` of the list. */
	readonly changedLater?: string;
	/** Joins that find what the incoming row points at. */
	readonly joins?: string;
	/** The first that holds refuses the row. */
	readonly problems?: readonly Problem[];
	/** Stored rows that are the same thing as the incoming one, under another uuid. */
	readonly sameAs?: SameAs;
	/** Where the source may have several records of what is one row here. */
	readonly summed?: Summed;
	/** A column of incoming rows that may name one of several records of what is one row here. */
	readonly namesSummed?: { readonly column: string; readonly summed: Summed };
	/** Stored columns that become null when the figure beside them changes. */
	readonly forgets?: Readonly<Record<string, string>>;
	/** SQL condition: the source has no figure any more, and the stored row is removed. */
	readonly removedWhen?: string;
	/** Runs before the rows are written, in their transaction: lets go of names that some of them have and others of them get. */
	readonly freedFirst?: (rows: string) => Sql;
	/** Sets of incoming columns in which no two rows of one statement are equal; the key, and each other unique index. */
	readonly distinct: readonly (readonly string[])[];
	/** The stored rows carry a `modified` that a change sets. */
	readonly modified: boolean;
	/** The stored rows, known by their `uuid`, are locked by a statement before: what is computed of others cannot change in between. */
	readonly lockedFirst?: boolean;
	/** Its rows say where they were imported from. */
	readonly sourced?: true;
	/** Stored column of the owner, for sets that are replaced as a whole. */
	readonly owner?: string;
}

/** Surrounds the settling of sums in its transaction: which of the stored rows are settled, and what follows from it. */
export type AroundSums = (tx: Queries, wholes: readonly string[], settle: (some: readonly string[]) => Promise<void>) => Promise<void>;

/** How one list is read and written. */
export interface ListImport {
	readonly name: ListName;
	/** The record's rows, or the refusals of the whole record. */
	parse(record: unknown): ParsedRecord | readonly Refusal[];
	/** Tables in the order in which they are written; the first one is the record's own. */
	readonly tables: readonly TableImport[];
	/** No record points at another of the list: batches can be written at once. */
	readonly independent?: boolean;
	/** Changes the flag of its own table's row that is changed later. It runs alone in a short transaction: it holds others up. */
	readonly changeLater?: (uuid: string, value: boolean) => Sql;
	/** Done once when the whole list has been read and written: what follows from all of it. */
	readonly afterwards?: (attempt: Attempt, seen: Pick<SeenKeys, "has">, around: AroundSums | undefined) => Promise<void>;
	/** SQL: the stored rows of the source that hold a name which one of these rows, a JSON array, gets: by `uuid`. */
	readonly holders?: (rows: string, sourceId: number) => Sql;
	/** Lets the rows go without their names, for the source has them no more. */
	readonly release?: (uuids: readonly string[]) => Sql;
	/** A record refused for this field is tried again at the end of the list: it may point at a later one. */
	readonly laterField?: string;
}
