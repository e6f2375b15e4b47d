import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";

/** The wings and layers from the ground up: a file imports from its own and from those that it may stand on. */
const layers = {
	shared: [],
	generated: [],
	rules: ["shared"],
	database: ["generated", "shared"],
	access: ["database", "generated", "shared"],
	"event-log": ["database", "shared"],
	reading: ["access", "database", "shared"],
	store: ["rules", "reading", "event-log", "access", "database", "shared"],
	transport: ["rules", "shared"],
	service: ["transport", "store", "rules", "event-log", "access", "database", "shared"],
	config: ["transport", "database", "shared"],
	graphql: ["service", "store", "rules", "reading", "event-log", "access", "database", "generated", "shared"],
	subscriptions: ["graphql", "reading", "event-log", "access", "database", "shared"],
	types: ["subscriptions", "graphql", "service", "store", "rules", "reading", "event-log", "access", "database", "shared"],
	federation: ["graphql", "access", "shared"],
	schema: ["types", "federation", "graphql"],
	import: ["rules", "database", "shared"],
	world: ["import", "service", "access", "database", "shared"],
	sync: ["import", "service", "store", "rules", "event-log", "access", "database", "shared"],
	telemetry: ["database", "shared"],
	rest: ["types", "graphql", "service", "store", "rules", "reading", "access", "database", "generated", "shared"],
	export: ["graphql", "reading", "access", "shared"],
	server: ["export", "rest", "schema", "federation", "subscriptions", "graphql", "telemetry", "world", "reading", "access", "database", "shared"],
	commands: ["schema", "federation", "world", "sync", "import", "service", "store", "access", "database", "config", "shared"],
	main: ["server", "telemetry", "world", "sync", "graphql", "service", "transport", "store", "event-log", "access", "database", "config", "shared"],
} as const satisfies Record<string, readonly string[]>;

type Layer = keyof typeof layers;

const isLayer = (name: string): name is Layer => Object.hasOwn(layers, name);

/** A wing is a layer of its own; in a noun's folder, and at the top, the file's name tells the layer. */
function layerOf(file: string): Layer {
	const [wing = "", ...rest] = file.split("/");
	const name = rest.length === 0 ? wing.replace(/\.ts$/, "") : wing;
	if (name !== "domain") {
		if (!isLayer(name)) throw new Error(`src/${name} is no wing: test/contract/house.test.ts does not say what it may stand on.`);
		return name;
	}
	if (/\.(schema|list|subscription)\.ts$/.test(file)) return "types";
	if (/\.service\.ts$/.test(file)) return "service";
	if (/\.transport\.ts$/.test(file)) return "transport";
	if (/\.store\.ts$/.test(file)) return "store";
	return "rules";
}

/** The noun of the domain that a file is about; undefined outside of the domain. */
const nounOf = (file: string): string | undefined => /^domain\/([^/]+)\//.exec(file)?.[1];

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

	test("has no circles of files", () => {
		const finished = new Set<string>();
		const circles: string[] = [];
		const visit = (file: string, path: readonly string[]): void => {
			if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
			else if (!finished.has(file) && !file.startsWith("generated")) for (const imported of importsOf(file)) visit(imported, [...path, file]);
			finished.add(file);
		};
		for (const file of files) visit(file, []);
		expect(circles).toEqual([]);
	});

	test("has a noun reach another one through its service or its rules, never its statements", () => {
		const wrong = files.flatMap((file) =>
			importsOf(file)
				.filter((imported) => nounOf(file) !== undefined && imported.endsWith(".store.ts"))
				.filter((imported) => nounOf(imported) !== undefined && nounOf(imported) !== nounOf(file))
				.map((imported) => `${file} imports ${imported}`),
		);
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
				!["main", "commands"].includes(layerOf(file)) &&
				file !== "shared/clock.ts" &&
				/new Date\(\)|Date\.now\(\)|process\.env|process\.argv/.test(readFileSync(projectPath("src", file), "utf8")),
		);
		expect(wrong).toEqual([]);
	});
});
