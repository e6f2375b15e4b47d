import { badRequest, persistedQueryNotFound } from "../../graphql/errors.ts";
import { PersistedQueries, sha256 } from "./persisted-queries.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** What a request says of its document: its text, or one of the names that clients give it. */
export interface Naming {
	readonly query?: unknown;
	/** `persistedQuery` is that of Apollo: its hash beside the text, or instead of it. */
	readonly extensions?: unknown;
	/** As the proposal for persisted documents in GraphQL over HTTP has it; `id` and `doc_id` are those of Relay. */
	readonly documentId?: unknown;
	readonly id?: unknown;
	readonly doc_id?: unknown;
}

/** The names under which a request can name its document, beside `extensions`. */
export const nameParameters = ["documentId", "id", "doc_id"] as const;

/** A document that a client means. */
export interface AskedDocument {
	readonly query: string;
	/** The hash under which its client wants to name it from now on. */
	readonly keepAs: string | undefined;
}

/** Finds the documents that requests name, before anything of them is parsed and before it is known who asks. */
export interface AskedDocuments {
	/**
	 * The text of the document; undefined when there is neither text nor name. Throws PERSISTED_QUERY_NOT_FOUND for a name that
	 * is not known, and BAD_REQUEST for a hash that is not that of the text.
	 */
	documentOf(naming: Naming): AskedDocument | undefined;
	/** Whether anybody may send the document: only those of the manifests, where there are any. */
	isTrusted(text: string): boolean;
	/** Keeps a document for those who name it, after it was found to be good, and who asked for it was signed in. */
	keep(hash: string, text: string, owner: string): void;
}

/** `trusted` are the documents of manifests, if these alone are answered: no other can be registered then. No longer text is parsed than `maxLength`. */
export function createAskedDocuments(trusted: TrustedDocuments | undefined, maxLength: number, persisted = new PersistedQueries()): AskedDocuments {
	const find = (name: string): string | undefined => (trusted === undefined ? persisted.find(name.toLowerCase()) : trusted.named(name));
	/** The hash, when it is that of the text. A text that is too long to be parsed is not looked at either. */
	function ofText(hash: string, text: string): string {
		if (text.length <= maxLength && sha256(text) !== hash.toLowerCase())
			throw badRequest("The hash of persistedQuery is not the SHA-256 of the query.", { http: { status: 400 } });
		return hash.toLowerCase();
	}
	return {
		documentOf: (naming) => {
			const hash = hashIn(naming.extensions);
			if (typeof naming.query === "string" && naming.query !== "") return { query: naming.query, keepAs: hash && ofText(hash, naming.query) };
			const name = hash ?? nameIn(naming);
			if (name === undefined) return undefined;
			const query = find(name);
			if (query === undefined) throw persistedQueryNotFound();
			return { query, keepAs: undefined };
		},
		isTrusted: (text) => trusted === undefined || trusted.has(text),
		keep: (hash, text, owner) => {
			if (trusted === undefined) persisted.keep(hash, text, owner);
		},
	};
}

/** The hash of Apollo's protocol. Throws BAD_REQUEST for another version of it, or no text. */
function hashIn(extensions: unknown): string | undefined {
	const asked = typeof extensions === "object" && extensions !== null && "persistedQuery" in extensions ? extensions.persistedQuery : undefined;
	if (asked == null) return undefined;
	const hash = typeof asked === "object" && "sha256Hash" in asked ? asked.sha256Hash : undefined;
	const version = typeof asked === "object" && "version" in asked ? asked.version : undefined;
	if (version !== 1 || typeof hash !== "string" || hash === "")
		throw badRequest("A persistedQuery has version 1, and the hash of its document as sha256Hash.", { http: { status: 400 } });
	return hash;
}

const algorithm = /^sha256:/i;

/** Relay's compiler can write numbers. */
function nameIn(naming: Naming): string | undefined {
	const names = nameParameters.map((parameter) => naming[parameter]);
	const name = names.find((value) => (typeof value === "string" && value !== "") || typeof value === "number");
	return name === undefined ? undefined : String(name).replace(algorithm, "");
}
