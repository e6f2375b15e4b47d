import type { Database, Queries } from "../database/database.ts";
import type { BatchResult, Outcome } from "./batch.ts";
import type { Refusal, WritableRecord } from "./list.ts";
import type { ListName, ReadFilters, Source } from "./source.ts";
import type { Warning } from "./warnings.ts";

/** Records of one list by what became of them; `refused` also counts refused parts, such as one component of an offering. */
export type ListSummary = { readonly name: ListName } & Readonly<Record<Outcome, number>>;

export interface ImportSummary {
	/** One entry per list, in the order of the import. */
	readonly lists: readonly ListSummary[];
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly refused: number;
	/** The first thousand refusals; `onRefusal` is called with all. */
	readonly refusals: readonly Refusal[];
	/** Values that are not known, and what was taken for them. */
	readonly warnings: readonly Warning[];
	/** False when `strict` and a refusal kept everything out: then the numbers are what would have been. */
	readonly written: boolean;
}

/** Called as the import goes on, list by list. */
export interface ImportProgress {
	begin(list: ListName): void;
	/** `done` is the part of the list that is read, 0 to 1; undefined when the source does not say. */
	advance(summary: ListSummary, done: number | undefined): void;
	end(summary: ListSummary): void;
}

/** Writes records of a list in the transaction at hand. */
export type WriteBatch = (records: readonly WritableRecord[]) => Promise<BatchResult>;

export interface ImportOptions {
	readonly database: Database;
	readonly source: Source;
	/** Billing months of records that name none are of this zone: an IANA name. */
	readonly timeZone: string;
	/** Called once at the end when anything was created or updated, outside of any transaction. */
	readonly evaluatePolicies: (database: Database) => Promise<void>;
	/** All or nothing, in one transaction: a single refusal leaves the database as it was. Projects are removed and restored after it. */
	readonly strict?: boolean;
	readonly progress?: ImportProgress;
	readonly onRefusal?: (refusal: Refusal) => void;
	/** Takes a line about what is waited for. */
	readonly tell?: (line: string) => void;
	/** Records per statement and transaction. */
	readonly batchSize?: number;
	/** The source that rows take which have none; rows of another one are left alone. Rows take none without it. */
	readonly sourceId?: number | undefined;
	/** What is read of a list; all of it without. */
	readonly filters?: (list: ListName) => ReadFilters;
	/** Called with what identifies each record that was read, refused ones included; undefined of one without a readable identity. */
	readonly onRecord?: (key: string | undefined) => void;
	/** Surrounds the writing of a batch, in its transaction. */
	readonly around?: (tx: Queries, list: ListName, records: readonly WritableRecord[], write: WriteBatch) => Promise<BatchResult>;
	/** Surrounds the settling of sums of several records, in its transaction. */
	readonly aroundSums?: (tx: Queries, list: ListName, wholes: readonly string[], settle: (some: readonly string[]) => Promise<void>) => Promise<void>;
	/** Called when all of a list was written, with whether it was read whole and counted. */
	readonly ended?: (summary: ListSummary, whole: boolean) => Promise<void>;
}
