import { writeOrSplit } from "./attempt.ts";
import { type Outcome, rowsMeet } from "./batch.ts";
import type { ImportOptions, ListSummary } from "./import-types.ts";
import { changeAlone } from "./later.ts";
import type { Attempt, ListImport, ParsedRecord, Refusal, WritableRecord } from "./list.ts";
import { listImports } from "./lists.ts";
import { SeenKeys } from "./seen-keys.ts";
import { withSource } from "./statement.ts";
import { Warnings } from "./warnings.ts";

const keptRefusals = 1_000;

const waiting = "Other transactions report usage or import: waiting until projects can be removed or restored. pg_stat_activity shows who does.";

const numbers = (): Record<Outcome, number> => ({ created: 0, updated: 0, unchanged: 0, refused: 0 });

/** How lists are read and written; what is done after them is the caller's. */
type RunOptions = Omit<ImportOptions, "evaluatePolicies">;

/** One pass over all lists, and what has become of the records so far. */
export class Run {
	readonly #options: RunOptions;
	readonly #lists: ListSummary[] = [];
	readonly #refusals: Refusal[] = [];
	readonly #warnings = new Warnings();
	/** What is to be changed later, by list and uuid. */
	readonly #later = new Map<ListImport, Map<string, boolean>>();
	#hasToldOfWaiting = false;

	constructor(options: RunOptions) {
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
			warnings: this.#warnings.all(),
		};
	}

	/** Writes as many batches of a list at once as the attempts allow, where its records do not point at each other. */
	async importLists(attempt: Attempt, atOnce: 1 | 2): Promise<void> {
		const { timeZone, sourceId } = this.#options;
		for (const given of listImports(timeZone)) {
			const list = { ...given, tables: given.tables.map((table) => withSource(table, sourceId)) };
			await this.#importList(list, attempt, list.independent ? atOnce : 1);
			if (this.#options.strict !== true) await this.changeLater();
		}
	}

	/**
	 * Changes what is changed later, each in a transaction of its own. What a process that is killed leaves undone, the next
	 * import does: the rows still differ from their records.
	 */
	async changeLater(): Promise<void> {
		for (const [{ changeLater }, values] of this.#later) {
			if (changeLater === undefined) continue;
			for (const [uuid, value] of values) await changeAlone(this.#options.database, changeLater(uuid, value), () => this.#tellOfWaiting());
		}
		this.#later.clear();
	}

	/** Reads one list in batches: memory does not grow with the list. */
	async #importList(list: ListImport, attempt: Attempt, atOnce: number): Promise<void> {
		const { source, progress, batchSize = 4_000, filters, onRecord, around, aroundSums, ended } = this.#options;
		const counts = { name: list.name, ...numbers() };
		this.#lists.push(counts);
		progress?.begin(list.name);
		let batch: WritableRecord[] = [];
		let later: { record: WritableRecord; refusal: Refusal }[] = [];
		const refuse = (refusals: readonly Refusal[], times = refusals.length) => {
			counts.refused += times;
			for (const refusal of refusals) this.#refuse(refusal);
		};
		const seen = new SeenKeys();
		const remembers = list.release !== undefined || list.tables.some(({ sameAs }) => sameAs !== undefined);
		const remember = (uuid: string | null | undefined) => {
			if (remembers && uuid != null) seen.add(uuid);
		};
		const write = async (records: readonly WritableRecord[], isAll: boolean) => {
			const { outcomes, refusals, later: flags } = await writeOrSplit(list, records, attempt, { seen, isAll }, around);
			for (const [uuid, value] of flags) this.#takeLater(list, uuid, value);
			for (const outcome of outcomes) if (outcome !== "refused") counts[outcome]++;
			for (const refusal of refusals) {
				const record = refusal.field === list.laterField ? records.find(({ uuid }) => uuid === refusal.uuid) : undefined;
				if (record === undefined) refuse([refusal]);
				else later.push({ record, refusal });
			}
		};
		// While one batch is written, the next one is read: the database and this process work at once.
		let writing = Promise.resolve();
		let isWhole = false;
		const writeNext = async () => {
			const size = atOnce === 1 || rowsMeet(list, batch) ? batch.length : Math.ceil(batch.length / atOnce);
			const parts = Array.from({ length: Math.ceil(batch.length / size) }, (_, part) => batch.slice(part * size, (part + 1) * size));
			await writing;
			writing = all(parts.map((part) => write(part, false)));
			writing.catch(() => {}); // the next `await writing` throws it
			batch = [];
		};
		try {
			for await (const { records, done, whole = false } of source.read(list.name, filters?.(list.name))) {
				isWhole = whole;
				for (const record of records) {
					const parsed = list.parse(record);
					remember("parts" in parsed ? parsed.uuid : parsed[0]?.uuid);
					if ("parts" in parsed) {
						refuse(parsed.refusals);
						onRecord?.(keyOf(list, parsed));
						for (const unknown of parsed.unknown) this.#warnings.add(list.name, unknown);
						if (!isWritable(parsed)) continue;
						if (batch.push(parsed) >= batchSize * atOnce) await writeNext();
					} else {
						// A role is not recognised by a uuid, nor is what is refused by the rest of it.
						onRecord?.(isByUuid(list) ? (parsed[0]?.uuid ?? undefined) : undefined);
						refuse(parsed, 1);
					}
				}
				progress?.advance(counts, done);
			}
			if (batch.length > 0) await writeNext();
		} finally {
			await writing; // also when the source cannot be read any more: nothing is left under way
		}
		if (isWhole && later.length > 0)
			await this.#release(
				list,
				attempt,
				later.map(({ record }) => record),
				seen,
			);
		// Records that pointed at a later one: again, as long as some of them go in.
		for (let waiting = 0; later.length > 0 && later.length !== waiting; ) {
			waiting = later.length;
			const records = later.map(({ record }) => record);
			later = [];
			await write(records, true);
		}
		refuse(later.map(({ refusal }) => refusal));
		// Of a list that was not read whole, what did not come may be there all the same.
		await list.afterwards?.(attempt, isWhole ? seen : { has: () => true }, aroundSums && ((tx, wholes, settle) => aroundSums(tx, list.name, wholes, settle)));
		progress?.end(counts);
		await ended?.(counts, isWhole);
	}

	/** Names that the records get go to them, where their holders came from the source, which has these no more. */
	async #release(list: ListImport, attempt: Attempt, records: readonly WritableRecord[], read: SeenKeys): Promise<void> {
		const { holders, release } = list;
		const { sourceId } = this.#options;
		if (holders === undefined || release === undefined || sourceId === undefined) return;
		const rows = JSON.stringify(records.flatMap(({ parts }) => parts[0]?.rows.map(({ values }) => values) ?? []));
		await attempt(async (tx) => {
			const gone = (await tx.rows<{ uuid: string }>(holders(rows, sourceId))).map(({ uuid }) => uuid).filter((uuid) => !read.has(uuid));
			if (gone.length > 0) await tx.rows(release(gone));
		});
	}

	#takeLater(list: ListImport, uuid: string, value: boolean | undefined): void {
		const values = this.#later.get(list) ?? new Map<string, boolean>();
		this.#later.set(list, values);
		if (value === undefined) values.delete(uuid);
		else values.set(uuid, value);
	}

	#tellOfWaiting(): void {
		if (!this.#hasToldOfWaiting) this.#options.tell?.(waiting);
		this.#hasToldOfWaiting = true;
	}

	#refuse(refusal: Refusal): void {
		if (this.#refusals.length < keptRefusals) this.#refusals.push(refusal);
		this.#options.onRefusal?.(refusal);
	}
}

/** What identifies the record: its uuid, or what its row is recognised by. A record that is left out is identified by its uuid alone, if it has one. */
function keyOf(list: ListImport, { uuid, parts }: ParsedRecord): string | undefined {
	const values = parts?.[0]?.rows[0]?.values;
	if (values === undefined) return uuid ?? "";
	return list.tables[0]?.key.map((column) => String(values[column])).join(" ");
}

const isByUuid = (list: ListImport): boolean => list.tables[0]?.key.join() === "uuid";

const isWritable = (record: ParsedRecord): record is WritableRecord => record.parts !== null;

/** Waits for the end of all of them. Throws what the first has thrown. */
async function all(works: readonly Promise<void>[]): Promise<void> {
	const failed = (await Promise.allSettled(works)).find((ended) => ended.status === "rejected");
	if (failed !== undefined) throw failed.reason;
}
