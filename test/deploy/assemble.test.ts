import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { ask, begin, directoriesForFile, type Service, type Settings, startService } from "../command/process.ts";
import { bareDatabase, urlOf } from "../support/database.ts";
import type { Data } from "../support/gateway.ts";
import { smoke } from "../support/smoke.ts";
import { deploy, filesOf, foldersForFile } from "./assembled.ts";
import { probes, readImage } from "./manifests.ts";

const newFolder = foldersForFile();
const directory = directoriesForFile();

/** On 30 November 2026: 40 MB in 1,480 files, of 116 MB that npm installs without tools for development. Half is the embedded database, a quarter GraphiQL. */
const max = { megabytes: 44, files: 1_700 };

let folder: string;
let place: { readonly folder: string; readonly cwd: string };
beforeAll(async () => {
	folder = join(await newFolder(), "image");
	expect(await deploy("assemble", [folder])).toMatchObject({ exitCode: 0, stderr: "" });
	place = { folder, cwd: await newFolder() };
});

describe("what is assembled", () => {
	test("is the same each time, and no larger than what runs needs", async () => {
		const files = await filesOf(folder);
		const again = join(await newFolder(), "again");
		await deploy("assemble", [again]);

		expect(await filesOf(again)).toEqual(files);
		expect(files.length).toBeLessThan(max.files);
		expect(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toBeLessThan(max.megabytes);
	});

	test("has nothing of Prisma: its client is what types are made from, and takes a fifth of a second to load", async () => {
		const files = (await filesOf(folder)).map(({ file }) => file);
		expect(files.filter((file) => /node_modules\/@?prisma\//.test(file))).toEqual([]);
	});

	test("has no tools for development, no sources and no types", async () => {
		const files = (await filesOf(folder)).map(({ file }) => file);
		expect(files.filter((file) => /^(src|test)\/|\.c?m?ts$|node_modules\/(prisma|esbuild|@esbuild|typescript|vitest|@types)\//.test(file))).toEqual([]);
	});
});

test("the packages that are assembled are listed in CycloneDX, with licences and hashes, and no others", async () => {
	const { exitCode, stdout } = await deploy("sbom", [folder]);
	const { bomFormat, metadata, components, dependencies } = JSON.parse(stdout);
	const files = (await filesOf(folder)).map(({ file }) => file);
	const packages = files.filter((file) => /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file));

	expect({ exitCode, bomFormat, name: metadata.component.name }).toEqual({ exitCode: 0, bomFormat: "CycloneDX", name: "usage-gateway" });
	const names: string[] = components.map(({ name }: { name: string }) => name);
	expect([...new Set(packages.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1]))].sort()).toEqual([...new Set(names)].sort());
	expect(names).toEqual(expect.arrayContaining(["pg", "graphql", "zod", "ws", "@electric-sql/pglite"]));
	expect(components.filter(({ hashes, licenses }: Record<string, unknown[]>) => !hashes?.length || !licenses?.length)).toEqual([]);
	expect(dependencies.find(({ ref }: { ref: string }) => ref.startsWith("usage-gateway@")).dependsOn.length).toBeGreaterThan(20);
});

test("packages of a folder that holds none are not listed, in one sentence", async () => {
	const empty = await newFolder();
	expect(await deploy("sbom", [empty])).toEqual({ exitCode: 1, stdout: "", stderr: `${empty} holds no packages: make it with .deploy/assemble ${empty}\n` });
});

describe("assembling refuses in one sentence", () => {
	test("a folder that is not empty", async () => {
		const full = await newFolder();
		await writeFile(join(full, "mine"), "");
		const { exitCode, stderr } = await deploy("assemble", [full]);
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `${full} is not empty: name a folder that is, or is not there yet.\n` });
		expect((await filesOf(full)).map(({ file }) => file)).toEqual(["mine"]);
	});

	test.each([[[]], [["--help"]], [["one", "two"]]])("%j", async (args) => {
		expect(await deploy("assemble", args)).toEqual({ exitCode: 1, stdout: "", stderr: "Say into which folder: .deploy/assemble FOLDER\n" });
	});
});

/** Does what the image's HEALTHCHECK does, and answers its exit code. */
function checkHealth(port: string): Promise<number | null> {
	const text = readImage().instructions.find(({ name }) => name === "HEALTHCHECK")?.text ?? "";
	const [program = "", ...args] = JSON.parse(/CMD (.*)$/.exec(text)?.[1] ?? "");
	return new Promise((ended) => execFile(program, args, { env: { PATH: process.env["PATH"], OPERATIONS_PORT: port } }).on("exit", ended));
}

describe("what is assembled runs from another working directory, without the project's packages", () => {
	const command = (name: Parameters<typeof begin>[0], settings: Settings, ...args: string[]) => begin(name, settings, args, place).ended;
	const gatewayOf = ({ url }: Service) => ({
		url,
		ask: async (token: string, query: string, variables?: Data) => {
			const { data, errors } = await ask({ url }, token, query, variables);
			if (errors !== undefined) throw new Error(JSON.stringify(errors));
			return data;
		},
	});
	const done = { read: { project: { customer: { name: "University of Larkholm" } } }, stored: { __typename: "SetUsagePayload" }, alert: { kind: "FIRED" } };

	test("on the embedded database: the demo, its alerts, GraphiQL's page and the commands", async () => {
		const data = await directory();
		const settings = { DATA_DIR: data };
		const service = await startService(settings, place);
		expect(await smoke(gatewayOf(service))).toMatchObject(done);
		const page = await fetch(service.url, { headers: { accept: "text/html" } });
		expect(await page.text()).toContain("graphiql");
		expect(await service.stop()).toMatchObject({ exitCode: 0 });

		const copy = { DATA_DIR: await directory() }; // as a backup is made
		await cp(data, copy.DATA_DIR, { recursive: true });
		expect(await command("verify", copy)).toMatchObject({ exitCode: 0, stderr: "" });
		expect(await command("token", settings, "create", "owner")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("ugw_") });
	});

	test.skipIf(inject("templates").engine !== "PostgreSQL")(
		"on PostgreSQL: a world that is imported into it, its alerts, health and the commands (skipped without PostgreSQL)",
		async () => {
			const database = await bareDatabase();
			const settings = { DATABASE_URL: await urlOf(database), OPERATIONS_PORT: "0" };
			expect(await command("migrate", settings)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Applied: /) });
			const world = join(place.cwd, "world");
			await mkdir(world);
			expect(await command("world", {}, "--out", world, "--months", "3")).toMatchObject({ exitCode: 0 });
			expect(await command("import", settings, world)).toMatchObject({ exitCode: 0 });
			const tokenOf = async (user: string) => (await command("token", settings, "create", user)).stdout.trim();
			const tokens = { owner: await tokenOf("owner"), provider: await tokenOf("provider") };

			const service = await startService(settings, place);
			expect(await smoke(gatewayOf(service), tokens)).toMatchObject(done);
			const operations = /^Health and metrics: (\S+)$/m.exec(service.greeting)?.[1];
			for (const { kind, path } of probes()) expect({ kind, status: (await fetch(new URL(path, operations))).status }).toEqual({ kind, status: 200 });
			expect(await checkHealth(new URL(operations ?? "").port)).toBe(0);
			expect(await service.stop()).toMatchObject({ exitCode: 0 });
			expect(await checkHealth(new URL(operations ?? "").port)).toBe(1);
			expect(await command("turn-month", settings)).toMatchObject({ exitCode: 0, stderr: "" });
			expect(await command("notifications", settings, "list")).toMatchObject({ exitCode: 0 });
			expect(await command("verify", settings)).toMatchObject({ exitCode: 0, stderr: "" });
			await database.close();
		},
	);

	test("but for the comparison of schema and migrations, which says so in one line", async () => {
		expect(await command("migrate", {}, "--check")).toEqual({
			exitCode: exitCodes.failed,
			stdout: "",
			stderr: "Schema and migrations are compared where the sources are: prisma/schema.prisma is not part of what is installed to run.\n",
		});
	});
});
