import { describe, expect, test } from "vitest";
import { nameIn } from "../../src/federation/representation.ts";
import { nodeId } from "../support/fixture.rows.ts";

const uuid = "84c3d8b4-7c1e-582d-93d0-cad07cfd302a";
const other = "00000000-0000-4000-8000-000000000001";
const id = nodeId("Resource", uuid);
const named = (representation: unknown) => nameIn(representation, (typename) => ["Resource", "Offering"].includes(typename));

describe("a representation names an object", () => {
	test.each<[string, unknown]>([
		["by its id", { __typename: "Resource", id }],
		["by its uuid", { __typename: "Resource", uuid }],
		["by its uuid as Waldur writes it", { __typename: "Resource", uuid: uuid.replaceAll("-", "") }],
		["by both", { __typename: "Resource", id, uuid }],
		["beside what else a router knows", { __typename: "Resource", uuid, name: ["x"], nothing: null }],
		["as a document's literal is read", Object.assign(Object.create(null), { __typename: "Resource", uuid })],
	])("%s", (_how, representation) => {
		expect(named(representation)).toEqual({ typename: "Resource", id: uuid });
	});
});

describe("a representation names nothing", () => {
	test.each<[string, unknown]>([
		["as a text", id],
		["as a number", 7],
		["as a truth", true],
		["as a list", [{ __typename: "Resource", uuid }]],
		["as nothing", null],
		["without a key", { __typename: "Resource" }],
		["without a type", { uuid }],
		["of a type that is no text", { __typename: ["Resource"], uuid }],
		["of a type that is no entity", { __typename: "Query", uuid }],
		["of a type that every object has as a property", { __typename: "constructor", uuid }],
		["with its keys in its prototype", JSON.parse(`{ "__proto__": { "__typename": "Resource", "uuid": "${uuid}" } }`)],
		["by an id of another type", { __typename: "Offering", id }],
		["by an id and a uuid of two objects", { __typename: "Resource", id, uuid: other }],
		["by a good id beside a bad uuid", { __typename: "Resource", id, uuid: null }],
		["by a good uuid beside a bad id", { __typename: "Resource", id: "?", uuid }],
		["by an id that is no text", { __typename: "Resource", id: { toString: id } }],
		["by an id that is a uuid", { __typename: "Resource", id: uuid }],
		["by an id of no uuid", { __typename: "Resource", id: nodeId("Resource", "7") }],
		["by an empty id", { __typename: "Resource", id: "" }],
		["by a uuid that is none", { __typename: "Resource", uuid: "x".repeat(100_000) }],
	])("%s", (_how, representation) => {
		expect(named(representation)).toEqual({ typename: "", id: "" });
	});
});
