import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { readManifests } from "../../src/server/documents/manifests.ts";
import { sha256 } from "../../src/server/documents/persisted-queries.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "usage-gateway-manifests-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function manifest(name: string, content: unknown): string {
	const path = join(folder, name);
	writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
	return path;
}

const viewer = "query Viewer { viewer { username } }";
const names = "query Names { resources { nodes { name } } }";
const apollo = (operations: unknown, more: object = {}) => ({ format: "apollo-persisted-query-manifest", version: 1, operations, ...more });

test.each<[string, unknown, string]>([
	["of GraphQL Code Generator", { "3f2a9c": viewer }, "3f2a9c"],
	["of Relay's compiler", { "0f1e2d3c4b5a69788796a5b4c3d2e1f0": viewer }, "0f1e2d3c4b5a69788796a5b4c3d2e1f0"],
	["of Apollo", apollo([{ id: "abc", body: viewer, name: "Viewer", type: "query" }]), "abc"],
])("a manifest %s names its documents", (_whose, content, id) => {
	const trusted = readManifests(manifest("persisted.json", content));
	expect([trusted.named(id), trusted.named(sha256(viewer)), trusted.has(viewer)]).toEqual([viewer, viewer, true]);
	expect([trusted.named("other"), trusted.has(names), trusted.named("__proto__")]).toEqual([undefined, false, undefined]);
});

test("of a folder, all manifests are read, and nothing else", () => {
	manifest("one.json", { a: viewer });
	manifest("other.json", apollo([{ id: "b", body: names }]));
	manifest("README.md", "no manifest");
	mkdirSync(join(folder, "inner"));
	expect(readManifests(folder).all.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("the same document may be in two manifests", () => {
	manifest("one.json", { a: viewer });
	manifest("other.json", { a: viewer });
	expect(readManifests(folder).all).toHaveLength(1);
});

test.each<[string, Record<string, unknown>, string]>([
	["a name for two documents", { "one.json": { a: viewer }, "two.json": { a: names } }, 'two.json has another document "a" than one.json.'],
	["a document that is no text", { "one.json": { a: { query: viewer } } }, 'one.json has a document "a" that is no text.'],
	["a document without a name", { "one.json": { "": viewer } }, 'one.json has a document "" that is no text.'],
	["a list", { "one.json": [viewer] }, "one.json is no manifest: no object of documents."],
	["what is no JSON", { "one.json": "{" }, "one.json is no JSON."],
	[
		"another format",
		{ "one.json": { format: "other", version: 1 } },
		"one.json is no manifest of Apollo of version 1: an apollo-persisted-query-manifest with operations.",
	],
	[
		"another version",
		{ "one.json": apollo([], { version: 2 }) },
		"one.json is no manifest of Apollo of version 1: an apollo-persisted-query-manifest with operations.",
	],
	["an operation without an id", { "one.json": apollo([{ id: "a", body: viewer }, { body: names }]) }, "one.json has an operation without an id, number 2."],
	["an operation without a body", { "one.json": apollo([{ id: "a" }]) }, 'one.json has a document "a" that is no text.'],
])("a folder with %s is refused by the file's name", (_what, files, problem) => {
	for (const [name, content] of Object.entries(files)) manifest(name, content);
	expect(() => readManifests(folder)).toThrow(`TRUSTED_DOCUMENTS: ${join(folder, problem)}`);
});

test("a place that is not there, or without documents, is refused", () => {
	expect(() => readManifests(join(folder, "none"))).toThrow(`TRUSTED_DOCUMENTS: ${join(folder, "none")} cannot be read (ENOENT).`);
	expect(() => readManifests(folder)).toThrow(`TRUSTED_DOCUMENTS: ${folder} has no documents.`);
});

test("any document is answered unless manifests are named", () => {
	expect(parseConfig({}).trustedDocuments).toBeUndefined();
	expect(parseConfig({ TRUSTED_DOCUMENTS: "" }).trustedDocuments).toBeUndefined();
	expect(parseConfig({ TRUSTED_DOCUMENTS: "/etc/documents" }).trustedDocuments).toBe("/etc/documents");
});
