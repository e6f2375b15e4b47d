import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { insert, insertRow } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();

const quotaNames =
	"NC_PROJECT_COUNT NC_USER_COUNT NC_RESOURCE_COUNT OS_CPU_COUNT OS_RAM_SIZE OS_STORAGE_SIZE VPC_CPU_COUNT VPC_RAM_SIZE VPC_STORAGE_SIZE VPC_FLOATING_IP_COUNT VPC_INSTANCE_COUNT ESTIMATED_PRICE".split(
		" ",
	);

const listDocument = `query ($quotaName: QuotaName!, $orderBy: CustomerQuotaOrder, $first: Int, $last: Int, $after: String, $before: String) {
	customerQuotas(quotaName: $quotaName, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
		totalCount
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
		nodes { quotaName name abbreviation value customer { uuid name } }
	}
}`;

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }: Answer) => extensions?.["code"]);

let provider: Provider;
let staff: string;
let customer: string;
beforeEach(async () => {
	gateway().setTime("2026-11-20T12:00:00Z");
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	customer = await provider.customer();
});

const figureOf = async (name: string): Promise<string | null> =>
	(await gateway().ask(staff, `query ($uuid: UUID!) { customer(uuid: $uuid) { quota(name: ${name}) { value } } }`, { uuid: customer })).customer.quota.value;

const store = (customerUuid: string, quotaName: string, value: string) => insertRow(gateway().database, "CustomerQuota", { customerUuid, quotaName, value });
const project = (isRemoved = false) => insert(gateway().database, "Project", { name: "Project", customerUuid: customer, isRemoved });
const user = () => insert(gateway().database, "User", { username: `someone ${Math.random()}` });

describe("the count of projects", () => {
	test("leaves out removed ones and other customers'", async () => {
		await project();
		await project();
		await project(true);
		await provider.resource();

		expect(await figureOf("NC_PROJECT_COUNT")).toBe("2");
	});
});

describe("the count of users", () => {
	const customerRole = (userUuid: string, role: string, expires: string | null = null) =>
		insert(gateway().database, "CustomerRole", { userUuid, customerUuid: customer, role, expires });
	const projectRole = (userUuid: string, projectUuid: string, role: string, expires: string | null = null) =>
		insert(gateway().database, "ProjectRole", { userUuid, projectUuid, role, expires });

	test("counts a person of many roles once", async () => {
		const [someone, other] = [await user(), await user()];
		const [one, two] = [await project(), await project()];
		await customerRole(someone, "OWNER");
		await customerRole(someone, "MANAGER");
		await projectRole(someone, one, "ADMIN");
		await projectRole(other, one, "MEMBER");
		await projectRole(other, two, "MANAGER");

		expect(await figureOf("NC_USER_COUNT")).toBe("2");
	});

	test("leaves out roles that have expired, from the moment that they do", async () => {
		await customerRole(await user(), "OWNER", "2026-11-20T12:00:00Z");
		await projectRole(await user(), await project(), "ADMIN", "2026-11-20T12:00:00Z");
		await customerRole(await user(), "OWNER", "2026-11-20T12:00:01Z");

		expect(await figureOf("NC_USER_COUNT")).toBe("1");
	});

	test("leaves out roles on removed projects and on other customers", async () => {
		await projectRole(await user(), await project(true), "ADMIN");
		await provider.owner(await provider.customer(), `owner of another ${customer}`);

		expect(await figureOf("NC_USER_COUNT")).toBe("0");
	});
});

test("the count of resources leaves out terminated ones and other customers'", async () => {
	for (const state of ["CREATING", "OK", "ERRED", "TERMINATED"]) await provider.resource({ customer, state });
	await provider.resource();

	expect(await figureOf("NC_RESOURCE_COUNT")).toBe("3");
});

describe("a figure that is not counted", () => {
	test("is the stored one", async () => {
		await store(customer, "OS_RAM_SIZE", "1024.5");
		await store(await provider.customer(), "OS_RAM_SIZE", "7");

		expect(await figureOf("OS_RAM_SIZE")).toBe("1024.5");
	});

	test("is 0 where none is stored", async () => {
		for (const name of quotaNames.filter((name) => name !== "ESTIMATED_PRICE")) expect([name, await figureOf(name)]).toEqual([name, "0"]);
	});

	test("is null where nobody estimated the price", async () => {
		expect(await figureOf("ESTIMATED_PRICE")).toBeNull();
	});
});

test("a figure tells whose it is and which", async () => {
	await gateway().database.rows(sql`update "Customer" set "abbreviation" = 'CON' where "uuid" = ${customer}::uuid`);
	const document = `query ($uuid: UUID!) { customer(uuid: $uuid) { quota(name: OS_CPU_COUNT) { quotaName name abbreviation value customer { uuid } } } }`;

	expect((await gateway().ask(staff, document, { uuid: customer })).customer.quota).toEqual({
		quotaName: "OS_CPU_COUNT",
		name: "Consumer",
		abbreviation: "CON",
		value: "0",
		customer: { uuid: customer },
	});
});

test("all figures of fifty customers cost one statement", async () => {
	const uuids: string[] = [];
	for (let index = 0; index < 50; index++) uuids.push(await provider.customer());
	await store(uuids[7] ?? "", "VPC_CPU_COUNT", "77");
	const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${quotaNames.map((name) => `${name}: quota(name: ${name}) { value customer { name } }`)} } } }`;
	let nodes: Answer[] = [];
	const statements = await gateway().statementsOf(async () => {
		nodes = (await gateway().ask(staff, document, { ids: uuids.map((uuid) => nodeId("Customer", uuid)) })).nodes;
	});

	expect(nodes.map((node) => node.VPC_CPU_COUNT.value)).toEqual(uuids.map((_, index) => (index === 7 ? "77" : "0")));
	// The viewer, the customers, the figures, and the customers that the figures link to.
	expect(statements).toHaveLength(4);
});

describe("the list of a figure of all customers", () => {
	const figures = { ash: "9", beech: "10", cedar: null, dogwood: "-1.5", elm: null, fir: "10" };
	beforeEach(async () => {
		await gateway().database.rows(sql`truncate "Customer" cascade`);
		for (const [name, value] of Object.entries(figures)) {
			const uuid = await insert(gateway().database, "Customer", { name, abbreviation: name.slice(0, 1) });
			if (value !== null) await store(uuid, "ESTIMATED_PRICE", value);
		}
	});

	const list = async (variables: Data = {}): Promise<Answer> =>
		(await gateway().ask(staff, listDocument, { quotaName: "ESTIMATED_PRICE", ...variables })).customerQuotas;
	const namesOf = (nodes: Answer[]) => nodes.map(({ name }) => name).join(" ");

	test("is by name unless another order is asked for, with the figure of each", async () => {
		const { nodes, totalCount } = await list();

		expect(nodes.map(({ name, abbreviation, value, customer, quotaName }: Answer) => [name, abbreviation, value, customer.name, quotaName])).toEqual(
			Object.entries(figures).map(([name, value]) => [name, name.slice(0, 1), value, name, "ESTIMATED_PRICE"]),
		);
		expect(totalCount).toBe(6);
	});

	const orders: [string, string, string][] = [
		["NAME", "ASC", "ash beech cedar dogwood elm fir"],
		["NAME", "DESC", "fir elm dogwood cedar beech ash"],
		["VALUE", "ASC", "dogwood ash beech fir cedar elm"],
		["VALUE", "DESC", "fir beech ash dogwood elm cedar"],
	];

	test.each(orders)("by %s, %s, has what is not known last", async (field, direction, expected) => {
		expect(namesOf((await list({ orderBy: { field, direction } })).nodes)).toBe(expected);
	});

	test.each(orders)("by %s, %s, is walked page by page from either end", async (field, direction, expected) => {
		const walk = async (size: Data, cursor: string, end: string, more: string) => {
			const pages: string[] = [];
			for (
				let page = await list({ orderBy: { field, direction }, ...size });
				;
				page = await list({ orderBy: { field, direction }, ...size, [cursor]: page.pageInfo[end] })
			) {
				pages.push(namesOf(page.nodes));
				if (!page.pageInfo[more]) return pages;
			}
		};

		expect((await walk({ first: 2 }, "after", "endCursor", "hasNextPage")).join(" ")).toBe(expected);
		expect((await walk({ last: 2 }, "before", "startCursor", "hasPreviousPage")).reverse().join(" ")).toBe(expected);
	});

	test("shows each customer once though another came between the pages", async () => {
		const { pageInfo } = await list({ first: 3 });
		await insert(gateway().database, "Customer", { name: "alder" });

		expect(namesOf((await list({ after: pageInfo.endCursor })).nodes)).toBe("dogwood elm fir");
	});

	test("is ordered by the counted figures as well", async () => {
		const [row] = await gateway().database.rows<{ uuid: string }>(sql`select "uuid" from "Customer" where "name" = 'elm'`);
		await insert(gateway().database, "Project", { name: "Project", customerUuid: row?.uuid });
		const { nodes } = await list({ quotaName: "NC_PROJECT_COUNT", orderBy: { field: "VALUE", direction: "DESC" }, first: 2 });

		expect(nodes.map(({ name, value }: Answer) => [name, value])).toEqual([["elm", "1"], ["fir", "0"]]); // biome-ignore format: a table
	});

	test.each([
		["first and last together", { first: 1, last: 1 }],
		["more than a hundred rows", { first: 101 }],
		["a cursor of another order", { after: Buffer.from(JSON.stringify(["-name,-customerUuid", "a", uuidOf("Customer", "a")])).toString("base64url") }],
	])("refuses %s", async (_what, page) => {
		expect(codesOf(await gateway().send(staff, listDocument, { quotaName: "ESTIMATED_PRICE", ...page }))).toEqual(["BAD_USER_INPUT"]);
	});

	test("costs one statement, and its count one more", async () => {
		const statements = await gateway().statementsOf(() => gateway().ask(staff, `{ customerQuotas(quotaName: NC_USER_COUNT) { totalCount nodes { value } } }`));
		expect(statements).toHaveLength(3); // the viewer first
	});

	test("has to be told which figure", async () => {
		expect(codesOf(await gateway().send(staff, `{ customerQuotas { nodes { value } } }`))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
	});
});

/** The list of a figure, and the figures of one customer: north, whose project n1 alpine serves. */
describe("who reads quotas", () => {
	beforeAll(async () => {
		await buildFixture(gateway().database);
	});

	const north = nodeId("Customer", uuidOf("Customer", "north"));
	const rows: [who: string, viewer: string, list: string, ofNorth: string][] = [
		["staff", "staff", "allowed", "allowed"],
		["support", "support", "allowed", "allowed"],
		["a customer's owner", "northowner", "FORBIDDEN", "allowed"],
		["a customer's manager", "northmanager", "FORBIDDEN", "FORBIDDEN"],
		["a customer's support", "northsupport", "FORBIDDEN", "FORBIDDEN"],
		["a project's admin", "projectadmin", "FORBIDDEN", "FORBIDDEN"],
		["a project's manager", "projectmanager", "FORBIDDEN", "FORBIDDEN"],
		["a project's member", "ann", "FORBIDDEN", "FORBIDDEN"],
		["a member of another tenant's project", "sven", "FORBIDDEN", "sees no such customer"],
		["a provider's owner", "alpineowner", "FORBIDDEN", "FORBIDDEN"],
		["a provider's manager", "alpinemanager", "FORBIDDEN", "FORBIDDEN"],
		["a provider's support", "alpinesupport", "FORBIDDEN", "FORBIDDEN"],
		["an offering's manager", "computemanager", "FORBIDDEN", "FORBIDDEN"],
		["a stranger", "stranger", "FORBIDDEN", "sees no such customer"],
		["someone whose roles have expired", "expired", "FORBIDDEN", "sees no such customer"],
	];

	test.each(rows)("of all customers: %s", async (_who, viewer, expected) => {
		const answer = await gateway().send(`demo_${viewer}`, listDocument, { quotaName: "NC_PROJECT_COUNT" });

		expect(answer.data.customerQuotas !== null).toBe(expected === "allowed");
		expect(codesOf(answer)).toEqual(expected === "allowed" ? [] : [expected]);
	});

	test.each(rows)("of one customer: %s", async (_who, viewer, _list, expected) => {
		const answer = await gateway().send(
			`demo_${viewer}`,
			`query ($id: ID!) { node(id: $id) { ... on Customer { quota(name: NC_PROJECT_COUNT) { value } } } }`,
			{ id: north },
		);
		const { node } = answer.data;

		expect(node === null ? "sees no such customer" : (codesOf(answer)[0] ?? "allowed")).toBe(expected);
		expect(node?.quota?.value).toBe(expected === "allowed" ? "2" : undefined);
	});

	test("nobody who is not signed in", async () => {
		expect(codesOf(await gateway().send(undefined, listDocument, { quotaName: "NC_PROJECT_COUNT" }))).toEqual(["UNAUTHENTICATED"]);
	});
});
