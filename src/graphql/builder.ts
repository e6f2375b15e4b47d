import "./identifiers.plugin.ts";
import SchemaBuilder from "@pothos/core";
import ErrorsPlugin from "@pothos/plugin-errors";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import type { ModelName, Row } from "../database/model.ts";
import { getDatamodel, type default as PrismaTypes } from "../generated/pothos.ts";
import { defaultPageSize, largestPageSize } from "../reading/page.ts";
import type { Context } from "./context.ts";
import { unauthenticated } from "./errors.ts";
import { nodeById, nodeSource, nodesSource } from "./fields/node.ts";
import type { ScalarTypes } from "./scalar-types.ts";

/** Prisma's models, with rows as this service reads them. */
type Models = { [Model in ModelName]: Omit<PrismaTypes[Model], "Shape"> & { Shape: Row<Model> } };

interface SchemaTypes {
	Context: Context;
	PrismaTypes: Models;
	Scalars: ScalarTypes;
	AuthScopes: { signedIn: boolean };
	DefaultFieldNullability: false;
	DefaultEdgesNullability: false;
	DefaultNodeNullability: false;
	Connection: { totalCount: () => Promise<number> };
}

export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>;

/** The one schema builder. It holds no types: each noun adds its own in its `.schema.ts`. */
export const builder: Builder = new SchemaBuilder<SchemaTypes>({
	// The last is the nearest to the resolvers: what it throws is answered as theirs is.
	plugins: [RelayPlugin, ScopeAuthPlugin, ErrorsPlugin, PrismaPlugin, "identifiers"],
	defaultFieldNullability: false,
	relay: {
		cursorType: "String",
		nodesOnConnection: { description: "The objects of this page." },
		idFieldOptions: { description: "Identifies the object among all objects: pass it to node(id)." },
		edgesFieldOptions: { nullable: false, description: "The objects of this page, each with its cursor." },
		nodeFieldOptions: { nullable: false, description: "The object." },
		cursorFieldOptions: { description: "Where the object stands in the list: pass it as after or before." },
		firstArgOptions: { description: `How many objects from the start, 1 to ${largestPageSize}; ${defaultPageSize} when neither first nor last is given.` },
		lastArgOptions: { description: `How many objects from the end, 1 to ${largestPageSize}. Not together with first.` },
		afterArgOptions: { description: "Only objects behind this cursor of the same list." },
		beforeArgOptions: { description: "Only objects before this cursor of the same list." },
		pageInfoTypeOptions: { description: "What lies beyond a page." },
		hasNextPageFieldOptions: { description: "Whether there are objects behind the page." },
		hasPreviousPageFieldOptions: { description: "Whether there are objects before the page." },
		startCursorFieldOptions: { description: "Where the page's first object stands; null for an empty page." },
		endCursorFieldOptions: { description: "Where the page's last object stands; null for an empty page." },
		pageInfoFieldOptions: { description: "What lies beyond this page." },
		nodeTypeOptions: { description: "An object that can be fetched again by its id." },
		nodeQueryOptions: {
			description: "The object with the id; null when there is none that the viewer sees.",
			args: { id: { description: "The object's id." } },
			extensions: { source: nodeSource },
			resolve: (_root, { id }, context, info) => nodeById(id, context, info),
		},
		nodesQueryOptions: {
			description: "The objects with the ids, in their order; null in place of each that is not there or not seen by the viewer.",
			args: { ids: { description: "The objects' ids." } },
			extensions: { source: nodesSource },
			resolve: (_root, { ids }, context, info) => ids.map((id) => nodeById(id, context, info)),
		},
	},
	scopeAuth: {
		authorizeOnSubscribe: true,
		authScopes: (context) => ({ signedIn: context.isSignedIn }),
		unauthorizedError: () => unauthenticated(),
	},
	errors: { defaultTypes: [], directResult: true },
	prisma: {
		// Rows are read by src/reading, never by the plugin: it takes types and prose from the datamodel.
		client: () => {
			throw new Error("Rows are read through context.read.");
		},
		dmmf: getDatamodel(),
		exposeDescriptions: true,
	},
});

builder.queryType({
	description: "What can be read. Every field needs a token; one that fails is null, with its error, and takes no other with it.",
	authScopes: { signedIn: true },
});
builder.mutationType({
	description:
		"What can be changed. Every field needs a token, and answers a payload or a typed error, FORBIDDEN among them. One that fails otherwise is null, with its error; what others have stored stays stored, and answered.",
	authScopes: { signedIn: true },
});
builder.subscriptionType({ description: "What can be listened to, over WebSocket or server-sent events.", authScopes: { signedIn: true } });

builder.globalConnectionField("totalCount", (t) =>
	t.int({ description: "How many objects the whole list has. Counted only when asked for.", resolve: ({ totalCount }) => totalCount() }),
);
