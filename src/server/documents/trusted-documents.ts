import { sha256 } from "./persisted-queries.ts";

/** A document of a manifest. */
export interface TrustedDocument {
	/** The name that clients send. */
	readonly id: string;
	readonly text: string;
	/** The manifest's file. */
	readonly file: string;
}

/** The documents that are answered, where no others are. They are there for as long as the process is. */
export class TrustedDocuments {
	readonly all: readonly TrustedDocument[];
	readonly #texts: ReadonlySet<string>;
	readonly #byName: ReadonlyMap<string, string>;

	constructor(all: readonly TrustedDocument[]) {
		this.all = all;
		this.#texts = new Set(all.map(({ text }) => text));
		this.#byName = new Map([...all.map(({ text }): [string, string] => [sha256(text), text]), ...all.map(({ id, text }): [string, string] => [id, text])]);
	}

	has(text: string): boolean {
		return this.#texts.has(text);
	}

	/** The text of the document that has the id, or the SHA-256. */
	named(name: string): string | undefined {
		return this.#byName.get(name);
	}
}
