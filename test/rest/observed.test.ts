import { beforeEach, expect, test } from "vitest";
import { nameOf } from "../../src/rest/route.ts";
import { routes } from "../../src/rest/routes.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { observedGatewayForFile } from "../operations/observed-gateway.ts";
import { hex, rest } from "./client.ts";

const observed = observedGatewayForFile();
beforeEach(() => void observed().lines());

const resource = `marketplace-resources/${hex(demoHandles.resource)}/`;

test("a request is one line of the log, by the name of its route", async () => {
	await rest(observed().gateway, resource, { token: "demo_provider" });
	expect(observed().lines()).toMatchObject([
		{ viewer: "provider", type: "query", name: "GET /api/marketplace-resources/{uuid}/", cost: 2, statements: 3, outcome: "ok", codes: [] },
	]);
});

test("a refused change is one with the code of its problem", async () => {
	const body = { resource: demoHandles.resource, usages: [{ type: "gpu_hours", amount: "3" }] };
	await rest(observed().gateway, "marketplace-component-usages/set_usage/", { method: "POST", token: "demo_provider", body });
	expect(observed().lines()).toMatchObject([
		{ type: "mutation", name: "POST /api/marketplace-component-usages/set_usage/", cost: 12, outcome: "refused", codes: ["INVALID_COMPONENTS"] },
	]);
});

test("requests are counted by their routes, and their refusals by code", async () => {
	const series = 'usage_gateway_operations_total{type="query",name="GET /api/marketplace-resources/{uuid}/",outcome="ok"}';
	const before = await observed().count(series);
	await rest(observed().gateway, resource, { token: "demo_provider" });
	expect(await observed().count(series)).toBe(before + 1);
	const refused = await observed().count('usage_gateway_errors_total{code="UNAUTHENTICATED"}');
	await rest(observed().gateway, resource);
	expect(await observed().count('usage_gateway_errors_total{code="UNAUTHENTICATED"}')).toBe(refused + 1);
});

test("the names of routes are short enough to be counted apart", () => {
	expect(routes.map(nameOf).filter((name) => name.length > 64)).toEqual([]);
});
