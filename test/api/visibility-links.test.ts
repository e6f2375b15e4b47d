import { beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { sql } from "../../src/database/sql.ts";
import { linkFieldsOf, nodeTypes } from "../support/fixture.fields.ts";
import { insert, nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
let ids: string[];

const account = (person: string, offering: string) => ({
	uuid: uuidOf("OfferingUser", `${person} ${offering}`),
	offeringUuid: uuidOf("Offering", offering),
	userUuid: uuidOf("User", person),
	username: person,
});
const accountId = (person: string, offering: string) => nodeId("OfferingUser", account(person, offering).uuid);

beforeAll(async () => {
	const things: readonly Thing[] = await buildFixture(gateway().database);
	// People with accounts where neither they nor their colleagues consume anything.
	await insert(gateway().database, "OfferingUser", [account("ann", "archive"), account("stranger", "paused"), account("projectadmin", "compute")]);
	ids = [...things.map(({ model, name }) => nodeId(model, uuidOf(model, name))), accountId("ann", "archive"), accountId("stranger", "paused")];
});

const viewers =
	"staff support northowner northmanager northsupport projectadmin projectmanager ann sven alpineowner alpinemanager alpinesupport balticowner computemanager stranger expired";

/** For each kind of object, every link that it has to another. */
const links = nodeTypes.map(
	({ name }) =>
		`... on ${name} { ${linkFieldsOf(name)
			.map((field) => `${name}_${field}: ${field} { id }`)
			.join(" ")} }`,
);

test.each(viewers.split(" "))("whatever an object that %s sees links to, they see by its own id too", async (viewer) => {
	const read = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ${links.filter((link) => !link.endsWith("{  }")).join(" ")} } }`;
	const halves = [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)];
	const answers = await Promise.all(halves.map((half) => gateway().ask(`demo_${viewer}`, read, { ids: half })));
	const nodes: (Record<string, { id: string } | string | null> | null)[] = answers.flatMap((answer) => answer.nodes);
	const linked = new Set<string>(
		nodes
			.filter((node) => node !== null)
			.flatMap((node) => Object.values(node).flatMap((value) => (value !== null && typeof value === "object" ? [value.id] : []))),
	);
	const targets = [...linked];
	const { nodes: again } = await gateway().ask(`demo_${viewer}`, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: targets });
	const missing = targets.filter((_, index) => again[index] === null).map((id) => describedId(id));

	expect(missing).toEqual([]);
});

const describedId = (id: string) => Buffer.from(id, "base64").toString("utf8").split(":")[0] as VisibleModel;

const readNode = "query ($id: ID!) { node(id: $id) { id } }";

describe("accounts", () => {
	test("a colleague's account is seen where the viewer's side consumes the offering", async () => {
		const { node } = await gateway().ask("demo_northowner", readNode, { id: accountId("projectadmin", "compute") });

		expect(node).not.toBeNull();
	});

	test("a colleague's account at an offering that the viewer's side does not consume is not seen", async () => {
		const { node } = await gateway().ask("demo_northowner", readNode, { id: accountId("ann", "archive") });

		expect(node).toBeNull();
	});

	test("an account is not seen by colleagues any more once its user's role has expired", async () => {
		await gateway().database.rows(sql`update "ProjectRole" set "expires" = '2026-11-01' where "userUuid" = ${uuidOf("User", "projectadmin")}::uuid`);
		const { node } = await gateway().ask("demo_northowner", readNode, { id: accountId("projectadmin", "compute") });

		expect(node).toBeNull();
	});

	test("who has an account at an offering that is not on sale is its consumer and sees it", async () => {
		const { offerings } = await gateway().ask("demo_stranger", "{ offerings { nodes { name } } }");

		expect(offerings.nodes.map(({ name }: { name: string }) => name)).toEqual(["compute", "paused", "storage"]);
	});
});
