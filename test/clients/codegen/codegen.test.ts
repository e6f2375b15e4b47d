import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { readManifests } from "../../../src/server/documents/manifests.ts";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile, startGateway } from "../../support/gateway.ts";
import { unlimited } from "../../support/unlimited.ts";
import { published, signedIn } from "../service.ts";
import { compile, emptyFolder, run } from "../tools.ts";
import { scalars as table } from "./codegen.ts";

const gateway = gatewayForFile(published);
let folder: string;
beforeAll(async () => {
	folder = emptyFolder("codegen");
	await run("graphql-codegen", ["--config", "codegen/codegen.ts", "--verbose"], { GATEWAY_URL: gateway().url, GATEWAY_TOKEN: "demo_owner" });
});

test("types that the client preset generates from the served schema compile with documents, masked fragments and unions of results", async () => {
	await compile("codegen");
});

test("the table of scalars has a type for every scalar of the schema", async () => {
	const { __schema } = await gateway().ask("demo_owner", "{ __schema { types { kind name } } }");
	const builtIn = ["Boolean", "Float", "ID", "Int", "String"];
	const scalars = __schema.types.filter(({ kind }: { kind: string }) => kind === "SCALAR").map(({ name }: { name: string }) => name);
	expect(Object.keys(table)).toEqual(scalars.filter((name: string) => !builtIn.includes(name)).sort());
});

test("each persisted document is answered, and is known by the SHA-256 of its text", async () => {
	const documents = Object.entries<string>(JSON.parse(readFileSync(join(folder, "persisted-documents.json"), "utf8")));
	expect(documents).toHaveLength(2);
	for (const [hash, text] of documents) {
		expect(hash).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
		const input = { resource: demoHandles.resource, usages: [{ type: demoHandles.componentType, amount: "1" }] };
		const { errors } = await gateway().send("demo_staff", text, { first: 3, input });
		expect(errors).toBeUndefined();
	}
});

test("a service that trusts the manifest answers its documents by the names in it, and no other document", async () => {
	const manifest = join(folder, "persisted-documents.json");
	const trusting = await startGateway({ ...published, limits: { ...unlimited, trusted: readManifests(manifest) } });
	onTestFinished(() => trusting.stop());
	const [name = ""] = Object.entries<string>(JSON.parse(readFileSync(manifest, "utf8"))).find(([, text]) => text.includes("query Resources")) ?? [];
	const ask = async (body: object) => {
		const headers = { "content-type": "application/json", ...signedIn("demo_owner") };
		return await (await fetch(trusting.url, { method: "POST", headers, body: JSON.stringify(body) })).json();
	};
	expect(await ask({ documentId: name, variables: { first: 3 } })).toMatchObject({ data: { resources: { nodes: [{}, {}, {}] } } });
	expect(await ask({ query: "{ viewer { username } }" })).toMatchObject({ errors: [{ extensions: { code: expect.any(String) } }] });
});
