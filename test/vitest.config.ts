import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	root: here(".."),
	resolve: {
		// One copy of graphql: vitest would load its other build beside the one that Node loads for the packages.
		alias: [{ find: /^graphql$/, replacement: here("../node_modules/graphql/index.js") }],
	},
	test: {
		include: ["test/**/*.test.ts"],
		// Their packages are installed by npm run test:clients, which asks for them: npm test does not.
		exclude: [...configDefaults.exclude, ...(process.env["CLIENTS"] === "all" ? [] : ["test/clients/**"])],
		globalSetup: [here("support/build.setup.ts"), here("support/templates.setup.ts")],
		pool: "forks",
		maxWorkers: 2,
		// Files share nothing but the process, which has loaded the code once.
		isolate: false,
		// They end a test that hangs, and are no measure of anything: on a busy machine a command takes many seconds.
		testTimeout: 240_000,
		hookTimeout: 240_000,
	},
});
