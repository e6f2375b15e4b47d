import { valueFromASTUntyped } from "graphql";
import { builder } from "../graphql/builder.ts";
import { nodesNamed } from "../graphql/fields/node.ts";
import { nodes } from "../graphql/nodes.ts";
import { nameIn } from "./representation.ts";
import { subgraphOf } from "./subgraph.ts";

/** What a router asks a subgraph of Apollo Federation 2 for. It is no part of the contract with clients: see contract.ts. */
builder.scalarType("_Any", {
	description: "A representation: what a router knows of an object, which is its __typename and its id or uuid.",
	serialize: (value) => value,
	parseValue: (value) => value,
	parseLiteral: valueFromASTUntyped,
});

const Entity = builder.unionType("_Entity", { description: "An object that a router can ask for by its keys.", types: [...nodes] });

const Service = builder.objectRef<{ sdl: string }>("_Service").implement({
	description: "What a router composes its schema from.",
	fields: (t) => ({ sdl: t.exposeString("sdl", { description: "The schema with its keys, as text." }) }),
});

builder.queryField("_service", (t) =>
	t.field({
		type: Service,
		description: "This service as a part of a federation. Who may ask is what INTROSPECTION says.",
		skipTypeScopes: true, // of what the schema is, the admission decides, as it does of __schema
		resolve: (_root, _args, _context, { schema }) => ({ sdl: subgraphOf(schema) }),
	}),
);

const entityTypes: ReadonlySet<string> = new Set(nodes.map(({ name }) => name));
const isEntity = (typename: string): boolean => entityTypes.has(typename);

builder.queryField("_entities", (t) =>
	t.field({
		type: [Entity],
		nullable: { list: false, items: true },
		description: "The objects with the keys, in their order; null in place of each that is not there, not seen by the viewer, or no representation.",
		args: {
			representations: t.arg({ type: ["_Any"], required: true, description: "What is known of the objects: at most 250." }),
		},
		resolve: nodesNamed(({ representations }: { representations: readonly unknown[] }) => representations.map((one) => nameIn(one, isEntity))),
	}),
);
