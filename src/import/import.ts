import { retried } from "../database/retry.ts";
import { withSavepoint } from "./attempt.ts";
import type { ImportOptions, ImportSummary } from "./import-types.ts";
import { Run } from "./run.ts";

/**
 * Brings everything of the source into the database: new objects are created, changed ones updated, others left alone.
 * Each batch is a transaction of its own, so that an import that was killed can simply be run again.
 * Throws SourceError when the source cannot be read, before anything is written where that can be known.
 */
export async function importDataset(options: ImportOptions): Promise<ImportSummary> {
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
