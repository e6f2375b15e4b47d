import { expect, test } from "vitest";
import { gatewayForFile } from "../../support/gateway.ts";
import { published } from "../service.ts";
import { compile, emptyFolder, run } from "../tools.ts";

const gateway = gatewayForFile(published);

test("gql.tada reads the served schema, and documents are typed by it without generated code of their own", async () => {
	emptyFolder("gql-tada");
	const project = ["--tsconfig", "gql-tada/app/tsconfig.json"];
	await run("gql.tada", ["generate-schema", gateway().url, "--header", "authorization: Token demo_owner", ...project]);
	await run("gql.tada", ["generate-output", ...project]);
	await compile("gql-tada");
	expect(await run("gql.tada", ["check", ...project])).not.toMatch(/error|warning/i);
});
