import type { CodegenConfig } from "@graphql-codegen/cli";

const { GATEWAY_URL: url = "", GATEWAY_TOKEN: token = "" } = process.env;

/** How the schema's scalars come and are sent, as JSON. */
export const scalars = {
	Date: "string",
	DateTime: "string",
	Decimal: { input: "string | number", output: "string" },
	JSON: "unknown",
	UUID: "string",
};

/** The configuration of a front-end that generates its types from the running service. */
const config: CodegenConfig = {
	schema: [{ [url]: { headers: { authorization: `Token ${token}` } } }],
	documents: ["codegen/app/*.ts"],
	generates: {
		"generated/codegen/": {
			preset: "client",
			presetConfig: { persistedDocuments: { hashAlgorithm: "sha256" }, fragmentMasking: { unmaskFunctionName: "unmasked" } },
			config: {
				enumType: "string-literal",
				useTypeImports: true,
				strictScalars: true,
				scalars,
			},
		},
	},
};

export default config;
