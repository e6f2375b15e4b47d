import type { Database } from "../database/database.ts";
import { retried } from "../database/retry.ts";
import { withSavepoint } from "./attempt.ts";
import type { Outcome } from "./batch.ts";
import type { Refusal } from "./list.ts";
import { Run } from "./run.ts";
import type { ListName, Source } from "./source.ts";

/** Records of one list by what became of them; `refused` also counts refused parts, such as one component of an offering. */
export type ListSummary = { readonly name: ListName } & Readonly<Record<Outcome, number>>;

export interface ImportSummary {
	/** One entry per list, in the order of the import. */
	readonly lists: readonly ListSummary[];
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly refused: number;
	/** The first thousand refusals; `onRefusal` is told of all. */
	readonly refusals: readonly Refusal[];
	/** False when `strict` and a refusal kept everything out: then the numbers tell what would have been. */
	readonly written: boolean;
}

/** Told how the import goes on, list by list. */
export interface ImportProgress {
	begin(list: ListName): void;
	/** `done` is the part of the list that is read, 0 to 1; undefined when the source cannot tell. */
	advance(summary: ListSummary, done: number | undefined): void;
	end(summary: ListSummary): void;
}

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
}

/**
 * Brings everything of the source into the database: new objects are created, changed ones updated, others left alone.
 * Each batch is a transaction of its own, so that an import that was killed can simply be run again.
 * Throws SourceError when the source cannot be read, before anything is written where that can be known.
 */
export async function importWorld(options: ImportOptions): Promise<ImportSummary> {
	const { database, source, evaluatePolicies, strict = false } = options;
	await source.check();
	const run = new Run(options);
	let written = true;
	if (strict) {
		await database
			.transaction(
				async (tx) => {
					await run.importLists((work) => retried(() => withSavepoint(tx, work)), 1);
					written = run.total("refused") === 0;
					if (!written) throw new NothingWritten();
				},
				{ once: true }, // it counts what it has read
			)
			.catch((error: unknown) => {
				if (!(error instanceof NothingWritten)) throw error;
			});
	} else {
		await run.importLists((work) => database.transaction(work), 2);
	}
	if (written) await run.changeLater();
	// Also when nothing changed: the run before may have been killed before it came to this.
	if (written) await evaluatePolicies(database);
	return { ...run.summary(), written };
}

/** Rolls a strict import back. */
class NothingWritten extends Error {}
