import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ template: "demo" });
});
afterAll(() => gateway.stop());

const auditsWith = (more: Record<string, string>) =>
	serverAudits({
		url: () => gateway.url,
		fetchFn: (url: string, init?: RequestInit) =>
			fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), connection: "close", ...more } }),
	});

describe.each([
	["without a token", {}],
	["with a token", { authorization: "Token demo_member" }],
])("GraphQL over HTTP, %s,", (_who, headers) => {
	const audits = auditsWith(headers);

	test("is asked 61 audits: one that a newer release of graphql-http adds or drops is seen here", () => {
		expect(audits).toHaveLength(61);
	});

	test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))("%s: %s", async (_id, _name, audit) => {
		expect(await audit.fn()).toMatchObject({ status: "ok" });
	});
});
