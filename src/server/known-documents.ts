import type { DocumentNode, OperationDefinitionNode } from "graphql";
import { BoundedCache } from "../shared/bounded-cache.ts";
import type { Introspection } from "./introspection.ts";
import type { Cost } from "./limits/cost.ts";
import { RecentPlans } from "./recent-plans.ts";

/** All that is known of one document. It goes with the document. */
export interface KnownDocument {
	readonly text: string;
	readonly document: DocumentNode;
	readonly introspection: Introspection;
	/** What its operations cost, where that does not depend on variables. */
	readonly costs: Map<OperationDefinitionNode, Cost>;
	/** By the name of each query that has been executed, and what it skips: its plan. */
	readonly plans: RecentPlans;
	/** The variables that say which fields are skipped and included; undefined until it is first planned. */
	conditions: readonly string[] | undefined;
	/** Whether the schema has all that it asks for. */
	isValid: boolean;
}

/** Together, as many bytes of documents are kept. */
const maxBytes = 32 * 1024 * 1024;

/** As many plans are kept of one document, for its operations and for what they skip: more are hardly ever asked, and each takes memory. */
const maxPlans = 10;

/** What is kept for a word, a line, and a field of a plan, as measured; in bytes. */
const bytesOf = { character: 2, token: 550, line: 300, field: 600, document: 1_000 };

type Read = Pick<KnownDocument, "document" | "introspection">;

/** Documents, parsed once for as long as they are asked for. `parse` throws what is wrong with a text, or too large. */
export class KnownDocuments {
	readonly #parse: (text: string) => Read;
	readonly #retained: BoundedCache<KnownDocument>;
	/** Those that are there for good, by their texts. */
	readonly #trusted = new Map<string, KnownDocument>();
	readonly #known = new WeakMap<DocumentNode, KnownDocument>();

	constructor(parse: (text: string) => Read, max = maxBytes) {
		this.#parse = parse;
		this.#retained = new BoundedCache(max);
	}

	/** The document with the text: the one that is kept, or one that is gone after the request. */
	read(text: string): DocumentNode {
		const retained = this.#retainedWith(text);
		if (retained !== undefined) return retained.document;
		const { document, introspection } = this.#parse(text);
		this.#known.set(document, { text, document, introspection, costs: new Map(), plans: new RecentPlans(maxPlans), conditions: undefined, isValid: false });
		return document;
	}

	/** Keeps a document that is known to be good for as long as the process runs, besides those that clients bring. */
	trust(known: KnownDocument): void {
		this.#trusted.set(known.text, known);
	}

	#retainedWith(text: string): KnownDocument | undefined {
		return this.#trusted.get(text) ?? this.#retained.get(text);
	}

	of(document: DocumentNode): KnownDocument {
		const known = this.#known.get(document);
		if (known === undefined) throw new Error("A document was not read here.");
		return known;
	}

	/**
	 * Keeps a document that is valid, and came from a client that signed in and paid for it: no other client takes room here.
	 * Returns the one that is kept, for the same text may have been read several times at once.
	 */
	keep(known: KnownDocument): KnownDocument {
		const retained = this.#retainedWith(known.text);
		if (retained !== undefined) return retained;
		this.#retained.set(known.text, known, sizeOf(known));
		return known;
	}

	/** Reckons again with what a document takes that is kept, when more is known of it. */
	reckon(known: KnownDocument): void {
		if (this.#retained.get(known.text) === known) this.#retained.set(known.text, known, sizeOf(known));
	}
}

function sizeOf({ text, document, plans }: KnownDocument): number {
	const lines = document.loc?.endToken.line ?? 0;
	return (
		bytesOf.document +
		text.length * bytesOf.character +
		(document.tokenCount ?? text.length) * bytesOf.token +
		lines * bytesOf.line +
		plans.fields * bytesOf.field
	);
}
