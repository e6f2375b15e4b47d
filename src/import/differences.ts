import { uuidOf } from "./fields.ts";
import { Fingerprints } from "./fingerprints.ts";

/** What readings of a list bring that no reading before brought: a record that comes again as it was is not written, nor counted, twice. */
export class Differences {
	readonly #met = new Fingerprints();
	#readings = 0;

	/** Begins another reading. */
	begin(): void {
		this.#readings++;
		this.#met.begin();
	}

	/** The records of a page that are new or differ; undefined when one came on a page before of the same reading: the list moved. */
	of(records: readonly unknown[]): unknown[] | undefined {
		const inPage = new Set<string>();
		const different: unknown[] = [];
		for (const record of records) {
			const content = contentOf(record);
			const identity = identityOf(record);
			const meeting = this.#met.meet(identity ?? content, content);
			if (meeting === "repeated" && identity !== undefined && !inPage.has(identity)) return undefined;
			if (identity !== undefined) inPage.add(identity);
			// Of records without an identity, such as quotas, two may be equal: the first reading has brought both.
			const isKnown = meeting === "known" || (meeting === "repeated" && identity === undefined && this.#readings > 1);
			if (!isKnown) different.push(record);
		}
		return different;
	}
}

/** What tells each record from the others of its list: its uuid, or else all of it. */
export const keysOf = (records: readonly unknown[]): string[] => records.map((record) => identityOf(record) ?? contentOf(record));

/** The uuid of a record, or of what its link names; undefined when there is none. */
export function identityOf(record: unknown): string | undefined {
	if (typeof record !== "object" || record === null) return undefined;
	return uuidOf("uuid" in record ? record.uuid : "url" in record ? record.url : undefined);
}

const contentOf = (record: unknown): string => JSON.stringify(record) ?? "";
