import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import type { Database } from "../../src/database/database.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw } from "../../src/database/sql.ts";
import { fillWithDemo } from "../../src/world/fill-demo.ts";
import { demoMoment, type Template, templates } from "./moments.ts";
import { isServerInstalled, startOwnServer } from "./postgres-server.ts";

/** Where the tests' databases come from: templates that are made once and cloned for each test file. */
export type Templates = { engine: "PGlite"; folder: string } | { engine: "PostgreSQL"; url: string; prefix: string };

declare module "vitest" {
	export interface ProvidedContext {
		templates: Templates;
	}
}

/** Tests share a machine with others: they do not fail because it is slow. */
export const patient = { connect: 30_000, freeConnection: 120_000, statement: 60_000, idleInTransaction: 60_000 };

/**
 * The engine is the PostgreSQL server of TEST_DATABASE_URL, whose user may create databases; without one a PostgreSQL 18
 * of the tests' own, which answers several times faster than the embedded database. That one is taken with
 * TEST_DATABASE_URL=embedded, and where npm has no server for the platform.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const url = process.env["TEST_DATABASE_URL"] || undefined;
	if (url === "embedded" || (url === undefined && !isServerInstalled())) return onPGlite(project);
	if (url !== undefined) return onPostgres(project, url);
	const server = startOwnServer("tests");
	const finish = await onPostgres(project, server.url).catch(async (error: unknown) => {
		await server.stop();
		throw error;
	});
	return () => finish().finally(() => server.stop());
}

const fill: Record<Template, (database: Database) => Promise<void>> = {
	empty: async () => {},
	demo: (database) => fillWithDemo(database, demoMoment),
};

async function onPGlite(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), "usage-gateway-templates-"));
	for (const template of templates) {
		const directory = join(folder, `${template}.data`);
		const database = await openPGlite(directory);
		await prepareSchema(database, "on");
		await fill[template](database);
		await database.close();
		const pglite = await PGlite.create(directory);
		await writeFile(join(folder, `${template}.tar`), Buffer.from(await (await pglite.dumpDataDir("none")).arrayBuffer()));
		await pglite.close();
	}
	project.provide("templates", { engine: "PGlite", folder });
	return () => rm(folder, { recursive: true, force: true });
}

async function onPostgres(project: TestProject, url: string): Promise<() => Promise<void>> {
	const prefix = `ugw_test_${randomBytes(6).toString("hex")}`;
	const server = await openPostgres(url, { connections: 1, waits: patient });
	const drop = async () => {
		for (const template of templates) await server.rows(raw(`drop database if exists "${prefix}_${template}" with (force)`));
	};
	for (const template of templates) {
		await server.rows(raw(`create database "${prefix}_${template}"`));
		const database = await openPostgres(named(url, `${prefix}_${template}`), { waits: patient });
		await prepareSchema(database, "on");
		await fill[template](database);
		await database.close();
	}
	project.provide("templates", { engine: "PostgreSQL", url, prefix });
	return async () => {
		await drop();
		await server.close();
	};
}

export function named(url: string, database: string): string {
	const other = new URL(url);
	other.pathname = `/${database}`;
	return other.href;
}
