import { beforeAll, describe, expect, test } from "vitest";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

const firing = nodeId("PolicyFiring", uuidOf("PolicyFiring", "compute one FIRED"));
const names = ["owner", "colleague", "auditor"];
const uuidOfOne = (to: string) => uuidOf("Notification", `compute one FIRED ${to}`);

/** Reads the firing's notifications. */
const notifications = async (viewer: string, fields: string, page = ""): Promise<Answer> => {
	const document = `query ($firing: ID!) { node(id: $firing) { ... on PolicyFiring { notifications${page} { ${fields} } } } }`;
	return (await gateway().ask(`demo_${viewer}`, document, { firing })).node.notifications;
};

describe("a firing's notifications", () => {
	test("tell how each message fares", async () => {
		const { nodes } = await notifications("alpineowner", "nodes { action recipient state attempts error sent created modified firing { kind } }");
		const [auditor] = nodes.filter(({ recipient }: Answer) => recipient === "auditor@example.org");
		const [colleague] = nodes.filter(({ recipient }: Answer) => recipient === "colleague@example.org");
		const [owner] = nodes.filter(({ recipient }: Answer) => recipient === "owner@example.org");

		expect(auditor).toMatchObject({ action: "NOTIFY_EXTERNAL_USER", state: "PENDING", attempts: 0, error: null, sent: null, firing: { kind: "FIRED" } });
		expect(colleague).toMatchObject({ action: "NOTIFY_ORGANIZATION_OWNERS", state: "FAILED", attempts: 10, error: "550 the recipient is unknown" });
		expect(owner).toMatchObject({ state: "SENT", attempts: 1, sent: "2026-11-19T11:00:00.000Z", created: "2026-11-19T09:00:00.000Z" });
		expect(owner.modified).toEqual(expect.any(String));
	});

	test("come oldest first, those of one moment by uuid", async () => {
		const { nodes } = await notifications("alpineowner", "nodes { uuid }");
		const together = [uuidOfOne("owner"), uuidOfOne("colleague")].sort();

		expect(nodes.map(({ uuid }: Answer) => uuid)).toEqual([...together, uuidOfOne("auditor")]);
	});

	test("come in pages", async () => {
		const first = await notifications("alpineowner", "nodes { uuid } totalCount pageInfo { hasNextPage endCursor }", "(first: 2)");
		const second = await notifications(
			"alpineowner",
			"nodes { uuid } pageInfo { hasNextPage hasPreviousPage }",
			`(first: 2, after: "${first.pageInfo.endCursor}")`,
		);

		expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
		expect(second).toEqual({ nodes: [{ uuid: uuidOfOne("auditor") }], pageInfo: { hasNextPage: false, hasPreviousPage: true } });
	});

	test.each([
		["[PENDING]", ["auditor"]],
		["[SENT, FAILED]", ["owner", "colleague"]],
		["[]", []],
	])("in the states %s are %j", async (states, of) => {
		const { nodes, totalCount } = await notifications("alpineowner", "nodes { uuid } totalCount", `(filter: { states: ${states} })`);

		expect(nodes.map(({ uuid }: Answer) => uuid).sort()).toEqual(of.map(uuidOfOne).sort());
		expect(totalCount).toBe(of.length);
	});

	test("of a reset are none", async () => {
		const reset = nodeId("PolicyFiring", uuidOf("PolicyFiring", "compute one RESET"));
		const { node } = await gateway().ask("demo_alpineowner", "query ($id: ID!) { node(id: $id) { ... on PolicyFiring { notifications { totalCount } } } }", {
			id: reset,
		});

		expect(node.notifications.totalCount).toBe(0);
	});
});

describe("the recipients", () => {
	const all = names.map((name) => `${name}@example.org`).sort();
	const none = [null, null, null];

	test.each([
		["staff", all],
		["support", all],
		["alpineowner", all],
		["alpinemanager", none],
		["alpinesupport", none],
		["computemanager", none],
	])("of a firing's notifications are for %s: %j", async (viewer, recipients) => {
		const { nodes } = await notifications(viewer, "nodes { recipient }");

		expect(nodes.map(({ recipient }: Answer) => recipient).sort()).toEqual(recipients);
	});

	test.each([
		["staff", "owner@example.org"],
		["alpineowner", "owner@example.org"],
		["alpinemanager", null],
	])("by node(id) are for %s: %s", async (viewer, recipient) => {
		const id = nodeId("Notification", uuidOfOne("owner"));
		const { node } = await gateway().ask(`demo_${viewer}`, "query ($id: ID!) { node(id: $id) { ... on Notification { recipient } } }", { id });

		expect(node).toEqual({ recipient });
	});

	test("of another provider's notifications are not for a provider's owner: there is nothing to see", async () => {
		const id = nodeId("Notification", uuidOfOne("owner"));
		const { node } = await gateway().ask("demo_balticowner", "query ($id: ID!) { node(id: $id) { ... on Notification { recipient } } }", { id });

		expect(node).toBeNull();
	});

	test("cost one statement, however many notifications are read, beside those for the viewer, the firings and the notifications", async () => {
		const statements = await gateway().statementsOf(async () => {
			const read = "{ policyFirings(first: 100) { nodes { notifications { nodes { recipient } } } } }";
			const { policyFirings } = await gateway().ask("demo_staff", read);
			expect(policyFirings.nodes.flatMap(({ notifications }: Answer) => notifications.nodes)).toHaveLength(42);
		});

		expect(statements).toHaveLength(4);
	});
});
