// See sbom. npm lists all that package-lock.json names (its --omit=dev leaves out what tools for development need as well, such
// as pg): of these the ones that are in the folder are kept, and what depends on what among them.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder, ...more] = process.argv.slice(2);
if (folder === undefined || folder.startsWith("-") || more.length > 0) fail("Say of which folder: .deploy/sbom FOLDER");
if (!existsSync(join(folder, "node_modules"))) fail(`${folder} holds no packages: make it with .deploy/assemble ${folder}`);

const listed = JSON.parse(
	execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"], {
		cwd: fileURLToPath(new URL("..", import.meta.url)),
		encoding: "utf8",
		maxBuffer: 64 * 1024 * 1024,
		stdio: ["ignore", "pipe", "inherit"],
	}),
);
const installed = new Set(packagesIn(folder));
const components = listed.components.filter((component) => installed.has(component["bom-ref"]));
const missing = [...installed].filter((reference) => !components.some((component) => component["bom-ref"] === reference));
if (missing.length > 0) fail(`package-lock.json does not name ${missing.join(", ")}: assemble the folder anew, from this version.`);

const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const own = `${name}@${version}`;
const dependencies = listed.dependencies
	.filter(({ ref }) => ref === own || installed.has(ref))
	.map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => installed.has(other)) }));
const metadata = { ...listed.metadata, component: { ...listed.metadata.component, name } };
process.stdout.write(`${JSON.stringify({ ...listed, metadata, components, dependencies }, undefined, 2)}\n`);

/** Each package below the folder as `name@version`. */
function packagesIn(place) {
	const home = join(place, "node_modules");
	if (!existsSync(home)) return [];
	const names = readdirSync(home).flatMap((entry) => (entry.startsWith("@") ? readdirSync(join(home, entry)).map((part) => `${entry}/${part}`) : [entry]));
	return names.flatMap((each) => {
		const inside = join(home, each);
		const described = join(inside, "package.json");
		const { name: called, version: which } = existsSync(described) ? JSON.parse(readFileSync(described, "utf8")) : {};
		return [...(called === undefined ? [] : [`${called}@${which}`]), ...packagesIn(inside)];
	});
}

function fail(sentence) {
	process.stderr.write(`${sentence}\n`);
	process.exit(1);
}
