import { expect, test } from "vitest";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { hex, rest } from "./client.ts";

const gateway = gatewayForFile();

test("a client written from the pages sets usage, and finds it in the list", async () => {
	const provider = await makeProvider(gateway());
	await provider.component("cpu");
	const resource = await provider.resource();
	const set = await rest(gateway(), "marketplace-component-usages/set_usage/", {
		method: "POST",
		token: provider.token,
		body: { resource: hex(resource), usages: [{ type: "cpu", amount: "12345678901234567.25", description: "ok" }] },
	});
	expect(set).toMatchObject({ status: 201, text: "" });
	const list = await rest(gateway(), `marketplace-component-usages/?resource_uuid=${resource}`, { token: provider.token });
	expect(list.status).toBe(200);
	expect(list.text).toContain('"usage":12345678901234567.25');
	expect(gateway().bugs()).toEqual([]);
});
