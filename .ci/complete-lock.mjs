// Run after npm install has changed a package-lock.json: node .ci/complete-lock.mjs, and the folder of another than the root's
//
// npm leaves packages for other platforms out of the lock file when the registry that it asked does not offer them, and
// then refuses the lock file wherever it is installed («Missing: … from lock file»). This adds what the installed
// packages themselves name as optional, with the platform that the name tells.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL(`../${process.argv[2] ?? "."}/package-lock.json`, import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

const systems = ["android", "darwin", "linux", "win32", "freebsd", "openbsd", "netbsd", "sunos", "aix", "openharmony"];
const processor = /(arm64|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el|wasm32|arm)(?![a-z0-9])/;

function entry(name, version, dev) {
	const os = systems.find((system) => name.includes(system));
	const cpu = processor.exec(name)?.[1];
	const libc = name.includes("-musl") ? "musl" : name.includes("-gnu") ? "glibc" : undefined;
	return { version, ...(cpu && { cpu: [cpu] }), ...(dev && { dev }), ...(libc && { libc: [libc] }), optional: true, ...(os && { os: [os] }) };
}

const { "": root, ...packages } = lock.packages;
const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
	Object.entries(optionalDependencies)
		.filter(([name]) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages))
		.map(([name, version]) => [`node_modules/${name}`, entry(name, version, dev)]),
);
const sorted = [...Object.entries(packages), ...missing].sort(([one], [other]) => one.localeCompare(other, "en"));
lock.packages = { "": root, ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${missing.length} platform packages added.\n`);
