import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published } from "../service.ts";
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
