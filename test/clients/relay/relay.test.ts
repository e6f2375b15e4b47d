import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";
import { createElement } from "react";
import { act, create, type ReactTestRenderer } from "react-test-renderer";
import type { Environment } from "relay-runtime";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published } from "../service.ts";
import { application, compile, emptyFolder, run } from "../tools.ts";

const gateway = gatewayForFile(published);
// biome-ignore lint/suspicious/noExplicitAny: the compiler looks at the application by itself, with its artifacts
let app: any;
beforeAll(async () => {
	const folder = emptyFolder("relay");
	mkdirSync(join(folder, "artifacts"));
	const introspection = await gateway().ask("demo_owner", getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true }));
	writeFileSync(join(folder, "schema.graphql"), printSchema(buildClientSchema(introspection)));
	await run("relay-compiler", ["relay/relay.config.json"]);
	app = await application("relay", "page.ts");
	Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
});

let sent: string[];
let environment: Environment;
let buttons: Map<string, { hasNext: boolean; loadNext(count: number, options: { onComplete(): void }): void }>;
let page: ReactTestRenderer;
beforeEach(async () => {
	sent = [];
	buttons = new Map();
	environment = app.environmentOf(gateway().url, "demo_staff", sent);
	await act(async () => {
		page = create(createElement(app.Page, { environment, customer: demoHandles.customer, count: 2, buttons }));
	});
	await settled();
});

/** Until nothing that Relay has asked for is open. */
async function settled(): Promise<void> {
	for (let turns = 0; turns < 1_000 && shown()[0] === "…"; turns++) await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
}

/** Presses a button «more» until there is no more. */
async function readAll(name: string): Promise<void> {
	while (buttons.get(name)?.hasNext === true) {
		await act(() => new Promise<void>((resolve) => void buttons.get(name)?.loadNext(2, { onComplete: () => resolve() })));
	}
}

const shown = (): string[] => [page.toJSON()].flat().join("").trim().split("\n");

test("the artifacts that relay-compiler writes for the served schema compile", async () => {
	await compile("relay");
});

test("a pagination container walks projects and their resources by cursors, each once and in the service's order", async () => {
	const { customer } = await gateway().ask(
		"demo_staff",
		`query ($uuid: UUID!) { customer(uuid: $uuid) { projects(first: 20) { nodes { name resources(first: 20) { nodes { name state } } } } } }`,
		{ uuid: demoHandles.customer },
	);
	const all: { name: string; resources: { nodes: { name: string; state: string }[] } }[] = customer.projects.nodes;
	await readAll("projects");
	for (const { name } of all) await readAll(name);
	expect(shown()).toEqual(all.flatMap(({ name, resources }) => [name, ...resources.nodes.map((node) => `- ${node.name}: ${node.state}`)]));
	expect(new Set(sent)).toEqual(new Set(["documentsPageQuery", "documentsProjectsPaginationQuery", "documentsResourcesPaginationQuery"]));
});

test("the store keeps an object once, under its id, however it was reached", () => {
	const source = environment.getStore().getSource();
	const ids = source.getRecordIDs().filter((id) => source.get(id)?.["__typename"] === "Project");
	expect(ids.length).toBe(2);
	for (const id of ids) expect(source.get(id)?.["id"]).toBe(id);
});

test("what a mutation answers changes what the page shows", async () => {
	const [resource] = shown()
		.filter((line) => line.startsWith("- "))
		.map((line) => line.slice(2).split(": ")[0]);
	const source = environment.getStore().getSource();
	// The store knows an object by its id alone, which is enough to name it.
	const id = source.getRecordIDs().find((record) => source.get(record)?.["name"] === resource) ?? "";
	const state = source.get(id)?.["state"] === "ERRED" ? "OK" : "ERRED";
	await act(async () => void expect(await app.setState(environment, { resource: id, state })).toBe("SetResourceStatePayload"));
	expect(shown()).toContain(`- ${resource}: ${state}`);
});

test("what a delete answers is gone from the store: @deleteRecord finds it by the id in deleted<Name>Id, and so does every list", async () => {
	const { componentUserUsageLimits } = await gateway().ask("demo_staff", "{ componentUserUsageLimits(first: 1) { nodes { id resource { id } } } }");
	const [{ id, resource }] = componentUserUsageLimits.nodes;
	const before: string[] = await app.limitsOf(environment, resource.id);
	expect(before).toContain(id);
	expect(await app.deleteLimit(environment, id)).toBe("DeleteComponentUserUsageLimitPayload");
	expect(environment.getStore().getSource().get(id)).toBeNull();
	expect(await app.limitsOf(environment, resource.id)).toEqual(before.filter((other) => other !== id));
});

test("a change that is refused is data, which Relay does not throw away as the error of its operation", async () => {
	const { componentUserUsageLimits } = await gateway().ask("demo_provider", "{ componentUserUsageLimits(first: 1) { nodes { id } } }");
	const provider: Environment = app.environmentOf(gateway().url, "demo_provider", sent);
	expect(await app.deleteLimit(provider, componentUserUsageLimits.nodes[0].id)).toBe("ForbiddenError");
});

test("a page of customers, their projects, resources, usage records and parts, with cursors at each level, is within the published limits", async () => {
	const { customers } = await app.readDeep(environment, 3);
	expect(customers.edges).toHaveLength(3);
	expect(JSON.stringify(customers)).toContain('"username":');
});
