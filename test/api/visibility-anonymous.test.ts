import {
	type GraphQLArgument,
	type GraphQLInputType,
	getNamedType,
	isInputObjectType,
	isLeafType,
	isListType,
	isNonNullType,
	isRequiredArgument,
	isRequiredInputField,
} from "graphql";
import { describe, expect, test } from "vitest";
import { typeNamed } from "../support/fixture.fields.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
const someUuid = uuidOf("Customer", "nobody");

/** A literal that the type takes: what stands in it must not matter to someone who is not signed in. */
function literal(type: GraphQLInputType): string {
	if (isNonNullType(type)) return literal(type.ofType);
	if (isListType(type)) return `[${literal(type.ofType)}]`;
	if (isInputObjectType(type)) {
		const fields = Object.values(type.getFields()).filter((field) => type.isOneOf || isRequiredInputField(field));
		return `{ ${(type.isOneOf ? fields.slice(0, 1) : fields).map((field) => `${field.name}: ${literal(field.type)}`).join(", ")} }`;
	}
	if ("getValues" in type) return type.getValues()[0]?.name ?? "";
	const literals: Record<string, string> = {
		UUID: `"${someUuid}"`,
		ID: `"${nodeId("Customer", someUuid)}"`,
		Date: '"2026-11-01"',
		DateTime: '"2026-11-01T00:00:00Z"',
		Decimal: '"1"',
		Int: "1",
		Boolean: "true",
		JSON: "{}",
	};
	return literals[type.name] ?? '"some"';
}

const call = (name: string, args: readonly GraphQLArgument[]): string => {
	const required = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${literal(arg.type)}`);
	return required.length === 0 ? name : `${name}(${required.join(", ")})`;
};

const documents = (["Query", "Mutation", "Subscription"] as const).flatMap((root) =>
	Object.values(typeNamed(root).getFields())
		// What a router composes is the schema: who may ask for that is what INTROSPECTION says (entities.test.ts).
		.filter(({ name }) => name !== "_service")
		.map(({ name, args, type }) => ({
			root,
			name,
			document: `${root.toLowerCase()} { ${call(name, args)} ${isLeafType(getNamedType(type)) ? "" : "{ __typename }"} }`,
		})),
);

/** The codes of what is answered, as one result or as the first event of a stream. */
async function codes(document: string, headers: Record<string, string>): Promise<unknown[]> {
	const response = await fetch(gateway().url, {
		method: "POST",
		headers: { "content-type": "application/json", accept: document.startsWith("subscription") ? "text/event-stream" : "application/json", ...headers },
		body: JSON.stringify({ query: document }),
	});
	const text = await response.text();
	const result = JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
	return (result.errors ?? []).map(({ extensions }: { extensions: { code: unknown } }) => extensions.code);
}

describe.each(documents)("$root.$name", ({ document }) => {
	test("needs a token", async () => {
		expect(await codes(document, {})).toEqual(["UNAUTHENTICATED"]);
	});

	test("needs a token that somebody has", async () => {
		expect(await codes(document, { authorization: "Token demo_nobody" })).toEqual(["UNAUTHENTICATED"]);
	});
});

test("an operation with several fields is refused for each of them, and nothing of it is answered", async () => {
	const { data, errors } = await gateway().send(undefined, "{ viewer { uuid } customers { totalCount } nodes(ids: []) { id } }");

	expect(data ?? null).toBeNull();
	expect(new Set(errors?.map(({ extensions }) => extensions?.["code"]))).toEqual(new Set(["UNAUTHENTICATED"]));
});
