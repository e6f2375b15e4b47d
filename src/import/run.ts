import { type Attempt, writeOrSplit } from "./attempt.ts";
import type { Outcome } from "./batch.ts";
import type { ImportOptions, ListSummary } from "./import.ts";
import type { ListImport, ParsedRecord, Refusal } from "./list.ts";
import { listImports } from "./lists.ts";

const keptRefusals = 1_000;

const numbers = (): Record<Outcome, number> => ({ created: 0, updated: 0, unchanged: 0, refused: 0 });

/** One pass over all lists, and what has become of the records so far. */
export class Run {
	readonly #options: ImportOptions;
	readonly #lists: ListSummary[] = [];
	readonly #refusals: Refusal[] = [];

	constructor(options: ImportOptions) {
		this.#options = options;
	}

	total(outcome: Outcome): number {
		return this.#lists.reduce((sum, list) => sum + list[outcome], 0);
	}

	summary() {
		return {
			lists: this.#lists,
			created: this.total("created"),
			updated: this.total("updated"),
			unchanged: this.total("unchanged"),
			refused: this.total("refused"),
			refusals: this.#refusals,
		};
	}

	async importLists(attempt: Attempt): Promise<void> {
		for (const list of listImports(this.#options.timeZone)) await this.#importList(list, attempt);
	}

	/** Reads one list in batches: memory does not grow with the list. */
	async #importList(list: ListImport, attempt: Attempt): Promise<void> {
		const { source, progress, batchSize = 1_000 } = this.#options;
		const counts = { name: list.name, ...numbers() };
		this.#lists.push(counts);
		progress?.begin(list.name);
		let batch: ParsedRecord[] = [];
		let later: { record: ParsedRecord; refusal: Refusal }[] = [];
		const refuse = (refusals: readonly Refusal[], times = refusals.length) => {
			counts.refused += times;
			for (const refusal of refusals) this.#refuse(refusal);
		};
		const write = async (records: readonly ParsedRecord[]) => {
			const { outcomes, refusals } = await writeOrSplit(list, records, attempt);
			for (const outcome of outcomes) if (outcome !== "refused") counts[outcome]++;
			for (const refusal of refusals) {
				const record = refusal.field === list.laterField ? records.find(({ uuid }) => uuid === refusal.uuid) : undefined;
				if (record === undefined) refuse([refusal]);
				else later.push({ record, refusal });
			}
		};
		// While one batch is written, the next one is read: the database and this process work at once.
		let writing = Promise.resolve();
		const writeNext = async () => {
			await writing;
			writing = write(batch);
			writing.catch(() => {}); // whoever waits for it is told
			batch = [];
		};
		try {
			for await (const { records, done } of source.read(list.name)) {
				for (const record of records) {
					const parsed = list.parse(record);
					if ("parts" in parsed) {
						refuse(parsed.refusals);
						if (batch.push(parsed) >= batchSize) await writeNext();
					} else refuse(parsed, 1);
				}
				progress?.advance(counts, done);
			}
			if (batch.length > 0) await writeNext();
		} finally {
			await writing; // also when the source cannot be read any more: nothing is left under way
		}
		// Records that pointed at a later one: again, as long as some of them go in.
		for (let waiting = 0; later.length > 0 && later.length !== waiting; ) {
			waiting = later.length;
			const records = later.map(({ record }) => record);
			later = [];
			await write(records);
		}
		refuse(later.map(({ refusal }) => refusal));
		progress?.end(counts);
	}

	#refuse(refusal: Refusal): void {
		if (this.#refusals.length < keptRefusals) this.#refusals.push(refusal);
		this.#options.onRefusal?.(refusal);
	}
}
