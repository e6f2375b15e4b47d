import { type GraphQLObjectType, getNamedType, isObjectType, isRequiredArgument } from "graphql";
import { describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile({ template: "demo" });

const ask = (document: string, variables?: Record<string, unknown>) => gateway().ask("demo_staff", document, variables);

const firstResource = async (): Promise<{ id: string; uuid: string; customer: { id: string; uuid: string } }> =>
	(await ask("{ resources(first: 1, filter: { states: [OK] }) { nodes { id uuid customer { id uuid } } } }")).resources.nodes[0];

const formsOf = ({ id, uuid }: { id: string; uuid: string }, collection: string): string[] => {
	const hex = uuid.replaceAll("-", "");
	return [uuid, hex, id, `https://waldur.example.com/api/${collection}/${hex}/`];
};

describe("an object is named by its uuid, its id or Waldur's address of it", () => {
	test("in a look-up, by a variable and in the query's text", async () => {
		const resource = await firstResource();

		for (const form of formsOf(resource, "marketplace-resources")) {
			expect(await ask("query ($uuid: UUID!) { resource(uuid: $uuid) { uuid } }", { uuid: form })).toEqual({ resource: { uuid: resource.uuid } });
			expect(await ask(`{ resource(uuid: "${form}") { uuid } }`)).toEqual({ resource: { uuid: resource.uuid } });
		}
	});

	test.each([
		["query ($f: ComponentUsageFilter) { componentUsages(filter: $f) { totalCount } }", "resource"],
		["query ($f: ComponentUsageFilter) { componentUsages(filter: $f) { totalCount } }", "resourceUuid"],
		["query ($f: ComponentUserUsageLimitFilter) { list: componentUserUsageLimits(filter: $f) { totalCount } }", "resource"],
	])("in a filter: %s by %s", async (document, filter) => {
		const resource = await firstResource();
		const answers = [];
		for (const form of formsOf(resource, "marketplace-resources")) answers.push(JSON.stringify(await ask(document, { f: { [filter]: form } })));

		expect(new Set(answers).size).toBe(1);
	});

	test("in the scope of totals, which may be of two types: one that a uuid alone does not say", async () => {
		const { customer } = await firstResource();
		const { nodes } = (await ask("{ projects(first: 1) { nodes { id uuid } } }")).projects;
		const counted = async (scope: string) =>
			(await ask("query ($s: ID!) { categoryComponentUsages(scope: $s) { totalCount nodes { id } } }", { s: scope })).categoryComponentUsages;
		for (const [scope, collection] of [
			[customer, "customers"],
			[nodes[0], "projects"],
		] as const) {
			const expected = await counted(scope.id);

			for (const form of formsOf(scope, collection)) expect(await counted(form)).toEqual(expected);
		}
	});

	test("in the input of a mutation, where it is the same request under the same idempotency key", async () => {
		const resource = await firstResource();
		const mutation = `mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename ... on SetUsagePayload { componentUsages { uuid } } ... on Error { message } } }`;
		const { type } = (await ask("query ($u: UUID!) { resource(uuid: $u) { offering { components { type } } } }", { u: resource.uuid })).resource.offering
			.components[0];
		const answers = [];
		for (const form of formsOf(resource, "marketplace-resources")) {
			answers.push(JSON.stringify(await ask(mutation, { input: { resource: form, usages: [{ type, amount: 1 }], idempotencyKey: "one report" } })));
		}

		expect(answers[0]).toContain("SetUsagePayload");
		expect(new Set(answers).size).toBe(1);
	});
});

describe("what names an object of another type", () => {
	test("is bad input that says both types: of a look-up, at the top", async () => {
		const { customer } = await firstResource();
		for (const form of [customer.id, `https://waldur.example.com/api/customers/${customer.uuid}/`]) {
			const { errors, data } = await gateway().send("demo_staff", "query ($uuid: UUID!) { resource(uuid: $uuid) { uuid } }", { uuid: form });

			expect(data).toEqual({ resource: null });
			expect(errors?.map(({ message, extensions }) => [message, extensions["code"]])).toEqual([
				["uuid must name a Resource, and names a Customer.", "BAD_USER_INPUT"],
			]);
		}
	});

	test("is typed data of a mutation, with its place", async () => {
		const { customer } = await firstResource();
		const mutation = `mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { __typename ... on Error { message code path } } }`;

		expect(await ask(mutation, { input: [{ resource: customer.id, usages: [] }] })).toEqual({
			setUsages: {
				__typename: "InvalidInputError",
				message: "input[0].resource must name a Resource, and names a Customer.",
				code: "INVALID_INPUT",
				path: ["input", "0", "resource"],
			},
		});
	});

	test("is refused among those of a list", async () => {
		const resource = await firstResource();
		const mutation = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on Error { path } } }`;

		expect(await ask(mutation, { input: { uuid: resource.customer.id, organizationGroups: [resource.id] } })).toEqual({
			updateCustomer: { __typename: "InvalidInputError", path: ["input", "organizationGroups", "0"] },
		});
	});
});

describe("every id that is answered", () => {
	/** All fields below the type that need no argument, and never one type within itself. */
	function selection(type: GraphQLObjectType, above: readonly string[]): string {
		const fields = Object.values(type.getFields()).flatMap((field) => {
			const below = getNamedType(field.type);
			if (field.name === "id") return ["__typename id"];
			if (!isObjectType(below) || field.args.some(isRequiredArgument) || above.includes(below.name) || above.length > 6) return [];
			const text = selection(below, [...above, below.name]);
			const page = field.args.some(({ name }) => name === "first") ? "(first: 2)" : "";
			return text === "" ? [] : [`${field.name}${page} { ${text} }`];
		});
		return fields.join(" ");
	}

	const idsIn = (value: unknown): { __typename: string; id: string }[] => {
		if (typeof value !== "object" || value === null) return [];
		const own = "id" in value && "__typename" in value ? [{ __typename: String(value.__typename), id: String(value.id) }] : [];
		return [...own, ...Object.values(value).flatMap(idsIn)];
	};

	test("resolves to its object through node, and every type that has one is among them", async () => {
		const found = new Map<string, string>();
		for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
			const type = getNamedType(field.type);
			if (!isObjectType(type) || field.args.some(isRequiredArgument)) continue;
			const below = selection(type, ["Query", type.name]);
			if (below === "") continue;
			const page = field.args.some(({ name }) => name === "first") ? "(first: 3)" : "";
			for (const { __typename, id } of idsIn(await ask(`{ ${field.name}${page} { ${below} } }`))) found.set(id, __typename);
		}
		const ids = [...found.keys()];
		const wanted = Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) && type.getFields()["id"] !== undefined ? [type.name] : []));

		expect(wanted.filter((name) => !name.endsWith("Payload") && ![...found.values()].includes(name))).toEqual([]);
		for (let start = 0; start < ids.length; start += 50) {
			const some = ids.slice(start, start + 50);
			const { nodes } = await ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", { ids: some });
			expect(nodes).toEqual(some.map((id) => ({ __typename: found.get(id), id })));
		}
	});

	test("of a total is null through node for who may not read it, and for what is none", async () => {
		const { nodes } = (await ask("{ customers(first: 100) { nodes { categoryComponentUsages(first: 1) { nodes { id } } } } }")).customers;
		const ids = nodes.flatMap(({ categoryComponentUsages }: { categoryComponentUsages: { nodes: { id: string }[] } }) =>
			categoryComponentUsages.nodes.map(({ id }) => id),
		);
		const other = btoa(`${atob(ids[0])}x`);
		const mine = (await gateway().ask("demo_member", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids })).nodes;

		expect(mine.every((node: unknown) => node === null)).toBe(true);
		expect(await ask("query ($id: ID!) { node(id: $id) { id } }", { id: other })).toEqual({ node: null });
		expect(gateway().bugs()).toEqual([]);
	});
});
