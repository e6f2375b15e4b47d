import { beforeAll, expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published } from "../service.ts";
import { application, compile, emptyFolder, run } from "../tools.ts";

const gateway = gatewayForFile(published);
beforeAll(async () => {
	const folder = emptyFolder("genql");
	const scalars = ["Date:string", "DateTime:string", "Decimal:string", "JSON:unknown", "UUID:string"].flatMap((scalar) => ["--scalar", scalar]);
	await run("genql", ["--output", folder, "--endpoint", gateway().url, "--header", "Authorization: Token demo_owner", ...scalars]);
});

test("the client that genql generates compiles, and answers only what was selected", async () => {
	await compile("genql");
});

test("a nested graph is read by the generated client", async () => {
	const { usageOf } = await application("genql", "graph.ts");
	const lines: string[] = await usageOf(gateway().url, "demo_owner", demoHandles.customer);
	expect(lines).toHaveLength(12);
	for (const line of lines) expect(line).toMatch(/^\w+ \w+, [\w ]+: \d+(\.\d{1,2})? \w+$/);
});

test("a report is answered as one of its result's members", async () => {
	const { report } = await application("genql", "graph.ts");
	const reported = (amount: string) => report(gateway().url, "demo_provider", demoHandles.resource, amount);
	expect(await reported("1250.50")).toBe("1250.5");
	expect(JSON.parse(await reported("-1"))).toEqual({ __typename: "InvalidInputError", code: "INVALID_INPUT", message: expect.any(String) });
});
