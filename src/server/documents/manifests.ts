import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { exitCodes, Failure } from "../../shared/failure.ts";
import { shown } from "./shown.ts";
import { type TrustedDocument, TrustedDocuments } from "./trusted-documents.ts";

/**
 * Reads the manifests of the documents that front-ends ask with, as their builds write them: the persisted documents of
 * GraphQL Code Generator and of Relay's compiler, which map an id to a text, and the manifest of Apollo. `path` is a file, or a
 * folder whose files *.json are read. Throws a Failure that names the file, and the document, that is not good.
 */
export function readManifests(path: string): TrustedDocuments {
	const documents = filesAt(path).flatMap((file) => documentsIn(file));
	if (documents.length === 0) throw refused(path, "has no documents");
	const byId = new Map<string, TrustedDocument>();
	for (const document of documents) {
		const other = byId.get(document.id);
		if (other !== undefined && other.text !== document.text)
			throw refused(document.file, `has another document ${shown(document.id)} than ${basename(other.file)}`);
		byId.set(document.id, document);
	}
	return new TrustedDocuments([...byId.values()]);
}

/** The same words for all that keeps the service from starting. */
export const refused = (file: string, problem: string): Failure => new Failure(`TRUSTED_DOCUMENTS: ${file} ${problem}.`, exitCodes.badConfig);

function filesAt(path: string): readonly string[] {
	try {
		if (!statSync(path).isDirectory()) return [path];
		const files = readdirSync(path).filter((name) => name.endsWith(".json"));
		return files.sort().map((name) => join(path, name));
	} catch (error) {
		throw refused(path, `cannot be read (${codeOf(error)})`);
	}
}

function documentsIn(file: string): TrustedDocument[] {
	const manifest = jsonIn(file);
	if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) throw refused(file, "is no manifest: no object of documents");
	const entries = "format" in manifest ? ofApollo(file, manifest) : Object.entries(manifest);
	return entries.map(([id, text]) => {
		if (id === "" || typeof text !== "string") throw refused(file, `has a document ${shown(id)} that is no text`);
		return { id, text, file };
	});
}

/** Operations with their bodies, under ids. */
function ofApollo(file: string, manifest: object): [string, unknown][] {
	const { format, version, operations } = manifest as Record<string, unknown>;
	if (format !== "apollo-persisted-query-manifest" || version !== 1 || !Array.isArray(operations))
		throw refused(file, "is no manifest of Apollo of version 1: an apollo-persisted-query-manifest with operations");
	return operations.map((operation: unknown, index) => {
		const { id, body } = typeof operation === "object" && operation !== null ? (operation as Record<string, unknown>) : {};
		if (typeof id !== "string") throw refused(file, `has an operation without an id, number ${index + 1}`);
		return [id, body];
	});
}

function jsonIn(file: string): unknown {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		throw refused(file, `cannot be read (${codeOf(error)})`);
	}
	try {
		return JSON.parse(text);
	} catch {
		throw refused(file, "is no JSON");
	}
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : String(error));
