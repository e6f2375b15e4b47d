import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { ask, begin, directoriesForFile, startService } from "../command/process.ts";
import type { Data } from "../support/gateway.ts";
import { smoke } from "../support/smoke.ts";
import { foldersForFile } from "./assembled.ts";

const newFolder = foldersForFile();
const directory = directoriesForFile();

interface Locked {
	readonly dev?: true;
	readonly devOptional?: true;
}

/** The places of the packages that `npm ci --omit=dev` installs, as package-lock.json has them; of optional ones those that are there. */
const installed = Object.entries<Locked>(JSON.parse(readFileSync(projectPath("package-lock.json"), "utf8")).packages)
	.filter(([place, { dev }]) => place !== "" && dev !== true && existsSync(projectPath(place)))
	.map(([place]) => place);

describe("what npm installs without tools for development", () => {
	let place: { readonly folder: string; readonly cwd: string };
	beforeAll(async () => {
		const folder = await newFolder();
		const isNested = (path: string, home: string) => path.slice(projectPath(home).length).includes("node_modules");
		for (const home of installed) cpSync(projectPath(home), join(folder, home), { recursive: true, filter: (path) => !isNested(path, home) });
		for (const source of ["dist", "prisma", "package.json"]) cpSync(projectPath(source), join(folder, source), { recursive: true });
		place = { folder, cwd: await newFolder() };
	});

	test("has none of Prisma, esbuild and TypeScript", () => {
		expect(installed.filter((home) => /node_modules\/(@?prisma|@?esbuild|@?typescript)(\/|$)/.test(home))).toEqual([]);
		expect(installed.length).toBeGreaterThan(50);
	});

	test("is all that the bundled service and its commands need", async () => {
		const settings = { DATA_DIR: await directory() };
		const service = await startService(settings, place);
		const gateway = {
			url: service.url,
			ask: async (token: string, query: string, variables?: Data) => (await ask({ url: service.url }, token, query, variables)).data,
		};
		expect(await smoke(gateway)).toMatchObject({ stored: { __typename: "SetUsagePayload" }, alert: { kind: "FIRED" } });
		expect(await service.stop()).toMatchObject({ exitCode: 0 });
		expect(await begin("verify", settings, [], place).ended).toMatchObject({ exitCode: 0, stderr: "" });
		for (const command of ["import", "migrate", "notifications", "token", "turn-month", "world"] as const) {
			expect(await begin(command, {}, ["--help"], place).ended).toMatchObject({ exitCode: 0, stderr: "" });
		}
	});

	test("does not compare schema and migrations, and says in one line what to install for it", async () => {
		expect(await begin("migrate", {}, ["--check"], place).ended).toEqual({
			exitCode: exitCodes.failed,
			stdout: "",
			stderr: "Schema and migrations are compared by packages that are not installed with --omit=dev: run npm ci.\n",
		});
	});
});
