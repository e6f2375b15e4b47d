import { type ExecutionArgs, type ExecutionResult, execute, getOperationAST, type OperationDefinitionNode, parse, validate } from "graphql";
import { describe, expect, test, vi } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { contractOf } from "../../src/federation/contract.ts";
import { createContext } from "../../src/graphql/context.ts";
import { planOf } from "../../src/graphql/query-plan/query-plan.ts";
import { schema } from "../../src/schema.ts";
import { KnownDocuments } from "../../src/server/known-documents.ts";
import { usePlannedQueries } from "../../src/server/planned-queries.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { answeredDocuments, graph, plannedDocuments } from "./planned-queries.documents.ts";

const gateway = gatewayForFile({ template: "demo" });

/** What is answered, byte for byte: names that every object has are lost where answers are compared as objects. */
async function textOf(token: string, query: string, variables: object | undefined): Promise<string> {
	const headers = { "content-type": "application/json", authorization: `Token ${token}`, connection: "close" };
	return (await fetch(gateway().url, { method: "POST", headers, body: JSON.stringify({ query, variables }) })).text();
}

const viewers = ["demo_staff", "demo_provider", "demo_owner", "demo_member"];

/** The same answer, executed field by field by graphql-js. */
async function fieldByField(token: string, query: string, variableValues: Record<string, unknown> | undefined): Promise<ExecutionResult> {
	const { services } = gateway();
	const viewer = await services.authenticate(token);
	if (viewer === undefined) throw new Error(`${token} signs in.`);
	const contextValue = createContext(services, { token, viewer });
	return execute({ schema: query.includes("__schema") ? contractOf(schema) : schema, document: parse(query), variableValues, contextValue });
}

/** An answer as its text, and its errors by what they are about. */
const comparable = ({ data, errors }: ExecutionResult) => ({
	data: JSON.stringify(data),
	errors: errors?.map(({ message, path, locations }) => JSON.stringify({ message, path, locations })).sort(),
});

test.each([...answeredDocuments, ...plannedDocuments])(
	"is answered by a plan as field by field, the first time and again: %s",
	async (_what, document, given) => {
		const { nodes } = (await gateway().ask("demo_owner", "{ resources(first: 2) { nodes { id offering { id } } } }")).resources;
		const variables = document.includes("$ids")
			? { ids: [...nodes.flatMap(({ id, offering }: { id: string; offering: { id: string } }) => [id, offering.id]), nodes[0].id, btoa("Resource:none")] }
			: given;
		for (const viewer of viewers) {
			const fresh = `${document} # ${viewer}`;
			const expected = await fieldByField(viewer, fresh, variables);
			const first = await textOf(viewer, fresh, variables);
			expect(comparable(JSON.parse(first))).toEqual(comparable(expected));
			expect(await textOf(viewer, fresh, variables)).toBe(first);
		}
	},
);

test.each(['"', "\\", 'a "quoted" name\\', "\n\r\t", "\u0001\u001f", "\u2028", "é 漢 😀", "</script>"])(
	"a text is answered as it is, the first time and again: %j",
	async (text) => {
		const { uuid } = (await gateway().ask("demo_staff", "{ customers(first: 1) { nodes { uuid } } }")).customers.nodes[0];
		await gateway().database.rows(sql`update "Customer" set "name" = ${text}, "abbreviation" = ${text} where "uuid" = ${uuid}::uuid`);
		for (let time = 0; time < 3; time++) {
			expect((await gateway().ask("demo_staff", `{ customer(uuid: "${uuid}") { name abbreviation } }`)).customer).toEqual({ name: text, abbreviation: text });
		}
	},
);

test.each(plannedDocuments)("is read level by level: %s", (_what, document, variables) => {
	const parsed = parse(document);
	expect(planOf(schema, parsed, getOperationAST(parsed) as OperationDefinitionNode, { b: true, ...variables })).toBeTypeOf("function");
});

test("what variables skip and include is planned for each of their values, and each is answered its own", async () => {
	const document = "query ($a: Boolean!) { resources(first: 1) { nodes { name @skip(if: $a) uuid @include(if: $a) } } }";
	const fields = [];
	for (const a of [true, false, true, false]) fields.push(Object.keys((await gateway().ask("demo_owner", document, { a })).resources.nodes[0]).join());
	expect(fields).toEqual(["uuid", "name", "uuid", "name"]);
});

describe("a document that skips and includes in many ways", () => {
	const names = ["a", "b", "c", "d"];
	const text = `query (${names.map((name) => `$${name}: Boolean!`).join()}) { resources(first: 1) { nodes { uuid ${names.map((name) => `${name}: name @skip(if: $${name})`).join(" ")} } } }`;
	const ways = Array.from({ length: 2 ** names.length }, (_, way) => Object.fromEntries(names.map((name, bit) => [name, (way & (1 << bit)) > 0])));

	/** Executes the document; returns how often it was executed field by field, and how often it was planned. */
	async function executed(asked: readonly Record<string, boolean>[]) {
		const { services } = gateway();
		const viewer = await services.authenticate("demo_staff");
		if (viewer === undefined) throw new Error("Staff signs in.");
		const contextValue = createContext(services, { token: "demo_staff", viewer });
		const documents = new KnownDocuments((text) => ({
			document: parse(text),
			introspection: { isAsked: false, isOfData: true, isOfEntities: false, isOfRouter: false },
		}));
		const document = documents.read(text);
		const planned = vi.spyOn(documents, "reckon");
		let fieldByField = 0;
		const executeFn = (args: ExecutionArgs) => {
			fieldByField++;
			return execute(args);
		};
		for (const variableValues of asked) {
			let run = executeFn as (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;
			const args = { schema, document, variableValues, contextValue };
			usePlannedQueries(documents).onExecute?.({ args, executeFn, setExecuteFn: (chosen: typeof run) => (run = chosen) } as never);
			const { data } = await run(args);
			const [node] = (data as { resources: { nodes: object[] } }).resources.nodes;
			expect(Object.keys(node ?? {})).toEqual(["uuid", ...names.filter((name) => variableValues[name] !== true)]);
		}
		return { fieldByField, planned: planned.mock.calls.length };
	}

	test("is answered by a plan each time: one client cannot push another's ways to field by field", async () => {
		expect((await executed(ways)).fieldByField).toBe(0);
	});

	test("keeps the plans that are asked for again and again, whatever else is asked", async () => {
		const [often = {}, ...others] = ways;
		expect(await executed(others.flatMap((other) => [often, other]))).toEqual({ fieldByField: 0, planned: ways.length });
	});
});

test("a total that is named by its id is answered by a plan as field by field, and one that is not there", async () => {
	const { nodes } = (await gateway().ask("demo_staff", "{ customers { nodes { id categoryComponentUsages(first: 1) { nodes { id } } } } }")).customers;
	const [{ id: total }] = nodes.flatMap((node: { categoryComponentUsages: { nodes: { id: string }[] } }) => node.categoryComponentUsages.nodes);
	const document =
		"query ($id: ID!, $scope: ID!) { categoryComponentUsage(id: $id) { id date } categoryComponentUsages(scope: $scope, first: 1) { nodes { id } } }";
	for (const viewer of viewers) {
		for (const { id: scope } of nodes.slice(0, 2)) {
			for (const id of [total, btoa("CategoryComponentUsage:none")]) {
				const answered = await gateway().send(viewer, document, { id, scope });
				expect(comparable(answered)).toEqual(comparable(await fieldByField(viewer, document, { id, scope })));
			}
		}
	}
});

test("figures of several names are read in one statement for all customers", async () => {
	const document =
		"{ customers(first: 5) { nodes { a: quota(name: NC_RESOURCE_COUNT) { value } b: quota(name: ESTIMATED_PRICE) { value } c: quota(name: NC_USER_COUNT) { value } } } }";
	const statements = await gateway().statementsOf(() => gateway().ask("demo_staff", document));
	expect(statements.filter((text) => text.includes("NC_RESOURCE_COUNT"))).toHaveLength(1);
});

test.each([
	["introspection", "{ __schema { queryType { name } } }"],
	[
		"a field that declares no source",
		'{ previewOfferingUsagePolicy(input: { scope: "00000000-0000-4000-8000-000000000000", componentLimits: [] }) { __typename } }',
	],
	["an id that is refused", `{ resources(first: 1) { nodes { componentUsages(filter: { resource: "x" }) { nodes { usage } } } } }`],
])("is executed field by field: %s", (_what, document) => {
	const parsed = parse(document);
	expect(validate(schema, parsed)).toEqual([]);
	expect(planOf(schema, parsed, getOperationAST(parsed) as OperationDefinitionNode)).toBeUndefined();
});

test.each(plannedDocuments)("is answered over WebSocket as over HTTP, asked again and again: %s", async (_what, document, variables) => {
	const { data } = await gateway().send("demo_owner", document, variables);
	const socket = await connectRaw(gateway().url, "demo_owner");
	for (const id of ["1", "2", "3"]) {
		socket.subscribe(id, document, variables);
		const { type, payload } = await socket.received((message) => message.id === id);
		expect([type, payload.data]).toEqual(["next", data]);
	}
	socket.close();
});

test("nobody is answered anything, the first time or again", async () => {
	for (let time = 0; time < 3; time++) {
		const { data, errors } = await gateway().send(undefined, `{ ${graph} } # anonymous`);
		expect([data, errors?.map(({ extensions }) => extensions?.["code"])]).toEqual([undefined, ["UNAUTHENTICATED"]]);
	}
});

test("each operation of a document is one of its own", async () => {
	const document = "query A { viewer { username } } query B { viewer { uuid } }";
	const ask = async (operationName: string) => {
		const headers = { "content-type": "application/json", authorization: "Token demo_owner", connection: "close" };
		const response = await fetch(gateway().url, { method: "POST", headers, body: JSON.stringify({ query: document, operationName }) });
		return (await response.json()).data;
	};
	const answers = [];
	for (const name of ["A", "B", "A", "B", "A", "B"]) answers.push(Object.keys((await ask(name)).viewer).join());
	expect(answers).toEqual(["username", "uuid", "username", "uuid", "username", "uuid"]);
});

test("viewers who ask the same document are each answered what they see", async () => {
	const document = "{ resources(first: 100) { totalCount nodes { name } } }";
	const counts = [];
	for (let time = 0; time < 3; time++) for (const viewer of viewers) counts.push((await gateway().ask(viewer, document)).resources.totalCount);
	expect(counts.slice(4)).toEqual([...counts.slice(0, 4), ...counts.slice(0, 4)]);
	expect(new Set(counts).size).toBeGreaterThan(2);
});
