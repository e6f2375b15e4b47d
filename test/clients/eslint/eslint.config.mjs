import graphql from "@graphql-eslint/eslint-plugin";

const { configs, parser } = graphql;

/** The rules for schemas, recommended and Relay's, with these exceptions. */
const exceptions = {
	// Short lists that never grow, such as an offering's components, and the nodes of a page are plain lists.
	"@graphql-eslint/relay-edge-types": ["error", { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
	// Pages, payloads, errors and figures are values: nothing is stored under an id of theirs. Nodes have one by their interface.
	"@graphql-eslint/strict-id-in-types": "off",
	// User.username is what Waldur calls it.
	"@graphql-eslint/no-typename-prefix": "off",
};

export default [
	{
		files: ["**/*.graphql"],
		languageOptions: { parser, parserOptions: { graphQLConfig: { schema: "./schema.graphql" } } },
		plugins: { "@graphql-eslint": graphql },
		rules: { ...configs["flat/schema-recommended"].rules, ...configs["flat/schema-relay"].rules, ...exceptions },
	},
];
