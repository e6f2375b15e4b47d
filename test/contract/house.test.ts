import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";

/** The layers from the ground up: a file imports from its own layer and those it may stand on. */
const layers = {
	shared: [],
	generated: [],
	rules: ["shared"],
	config: ["shared"],
	database: ["config", "generated", "shared"],
	access: ["database", "shared"],
	reading: ["access", "database", "shared"],
	store: ["rules", "reading", "access", "database", "shared"],
	transport: ["config", "rules", "shared"],
	service: ["transport", "store", "rules", "access", "database", "shared"],
	graphql: ["service", "store", "rules", "reading", "access", "database", "generated", "shared"],
	world: ["import", "shared"],
	import: ["rules", "database", "shared"],
	operations: ["database", "shared"],
	subscription: ["graphql", "store", "access", "shared"],
	admission: ["reading", "access", "database", "shared"],
	plan: ["graphql", "reading", "database", "shared"],
	server: ["admission", "plan", "subscription", "operations", "graphql", "world", "access", "shared"],
	demo: ["import", "world", "service", "access", "database", "shared"],
	main: ["admission", "server", "operations", "demo", "graphql", "service", "transport", "store", "import", "world", "access", "database", "config", "shared"],
} as const satisfies Record<string, readonly string[]>;

type Layer = keyof typeof layers;

/** Folders that are a layer of their own; in every other folder, a noun's, the ending tells the layer. */
const folderLayers: readonly string[] = [
	"shared",
	"generated",
	"database",
	"access",
	"reading",
	"world",
	"import",
	"server",
	"demo",
	"graphql",
	"subscription",
	"plan",
	"admission",
	"operations",
];

function layerOf(file: string): Layer {
	const [folder, ...rest] = file.split("/");
	if (file.endsWith("main.ts")) return "main";
	if (rest.length === 0) return "config";
	if (folder !== undefined && folderLayers.includes(folder)) return folder as Layer;
	if (/\.(schema|inputs|subscription)\.ts$/.test(file)) return "graphql";
	if (/\.service\.ts$/.test(file)) return "service";
	if (/\.transport\.ts$/.test(file)) return "transport";
	if (/\.(store|lists)\.ts$|log-reader\.ts$|^log\/position\.ts$/.test(file)) return "store";
	return "rules";
}

const files = readdirSync(projectPath("src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !file.startsWith("generated"));

const importsOf = (file: string): string[] =>
	[...readFileSync(projectPath("src", file), "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, path]) => normalize(join(dirname(file), path ?? "")));

describe("the house", () => {
	test("lets dependencies point one way", () => {
		const wrong = files.flatMap((file) => {
			const layer = layerOf(file);
			const allowed: readonly string[] = [layer, ...layers[layer]];
			return importsOf(file)
				.filter((imported) => !allowed.includes(layerOf(imported)))
				.map((imported) => `${file} (${layer}) imports ${imported} (${layerOf(imported)})`);
		});
		expect(wrong).toEqual([]);
	});

	test("keeps rules pure: they import nothing but rules, what is shared, and exact arithmetic", () => {
		const wrong = files
			.filter((file) => layerOf(file) === "rules")
			.flatMap((file) => [...readFileSync(projectPath("src", file), "utf8").matchAll(/from "([^."][^"]*)"/g)].map(([, name]) => `${file} imports ${name}`));
		expect(wrong).toEqual([]);
	});

	test("reads the clock and the environment in the composition root and the commands alone", () => {
		const wrong = files.filter(
			(file) =>
				layerOf(file) !== "main" &&
				file !== "shared/clock.ts" &&
				/new Date\(\)|Date\.now\(\)|process\.env|process\.argv/.test(readFileSync(projectPath("src", file), "utf8")),
		);
		expect(wrong).toEqual([]);
	});
});
