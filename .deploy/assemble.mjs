// See assemble. The packages' files are those that are reached from the programs by the imports in them, at the places where
// Node looks for them, so that what is run is what was tested; what is read in another way is listed here.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Loaded by nobody who runs the service: the comparison of schema and migrations with what it opens. */
const unused = /\/schema-drift\.ts$|^pglite-prisma-adapter$/;

/** What packages read as files beside their code. */
const data = [
	"@electric-sql/pglite/dist/initdb.wasm",
	"@electric-sql/pglite/dist/pglite.data",
	"@electric-sql/pglite/dist/pglite.wasm",
	"@electric-sql/pglite-prepopulatedfs/dist/prepopulatedfs.tgz",
	"@graphql-yoga/render-graphiql/cjs/graphiql.js",
];

const [folder, ...more] = process.argv.slice(2);
if (folder === undefined || folder.startsWith("-") || more.length > 0) fail("Say into which folder: .deploy/assemble FOLDER");
const target = resolve(folder);
if (existsSync(target) && !statSync(target).isDirectory()) fail(`${folder} is not a folder.`);
if (existsSync(target) && readdirSync(target).length > 0) fail(`${folder} is not empty: name a folder that is, or is not there yet.`);

const { bundle } = await import("../src/bundle.mjs");
const bundled = await bundle({ write: false });
const { metafile } = await bundle({
	write: false,
	packages: "bundle",
	sourcemap: false,
	conditions: [], // as Node resolves, without esbuild's own "module"
	ignoreAnnotations: true, // Node loads what is imported for its effects, whatever a package says of them
	plugins: [{ name: "unused", setup: (build) => build.onResolve({ filter: unused }, ({ path }) => ({ path, external: true })) }],
});
const reached = Object.keys(metafile.inputs).filter((file) => file.startsWith("node_modules/"));
const files = new Set([...reached, ...data.map((file) => `node_modules/${file}`), ...filesIn("prisma/migrations"), "prisma/indexes.sql"]);
for (const file of [...files]) for (const described of descriptionsOf(file)) files.add(described);

for (const { path, contents } of bundled.outputFiles) if (!/\/schema-drift-\w+\.js(\.map)?$/.test(path)) write(relative(root, path), contents);
for (const file of [...files].sort()) {
	const copy = join(target, file);
	mkdirSync(dirname(copy), { recursive: true });
	copyFileSync(join(root, file), copy);
}
const { name, version, description, type, engines, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const present = Object.entries(dependencies).filter(([dependency]) => files.has(`node_modules/${dependency}/package.json`));
write(
	"package.json",
	`${JSON.stringify({ name, version, private: true, description, type, engines, dependencies: Object.fromEntries(present) }, undefined, "\t")}\n`,
);

let bytes = 0;
const made = readdirSync(target, { recursive: true, withFileTypes: true });
chmodSync(target, 0o755);
for (const entry of made) {
	const path = join(entry.parentPath, entry.name);
	chmodSync(path, entry.isDirectory() ? 0o755 : 0o644); // whoever runs the service reads them, and does not change them
	if (entry.isFile()) bytes += statSync(path).size;
}
process.stdout.write(`${made.filter((entry) => entry.isFile()).length} files, ${(bytes / 1e6).toFixed(1)} MB in ${folder}\n`);

function filesIn(place) {
	const entries = readdirSync(join(root, place), { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** The package.json files by which Node finds a package's file and knows its kind, and the package's licence. */
function descriptionsOf(file) {
	const [home] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
	if (home === undefined) return [];
	const described = readdirSync(join(root, home)).filter(
		(beside) => /^(licen[cs]e|notice|copying)/i.test(beside) && statSync(join(root, home, beside)).isFile(),
	);
	const found = described.map((beside) => `${home}/${beside}`);
	for (let place = dirname(file); place.length >= home.length; place = dirname(place))
		if (existsSync(join(root, place, "package.json"))) found.push(`${place}/package.json`);
	return found;
}

function write(file, contents) {
	const place = join(target, file);
	mkdirSync(dirname(place), { recursive: true });
	writeFileSync(place, contents);
}

function fail(sentence) {
	process.stderr.write(`${sentence}\n`);
	process.exit(1);
}
