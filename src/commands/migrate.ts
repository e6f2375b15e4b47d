import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { finishCurrentUsages } from "../database/current-usages-job.ts";
import type { Database } from "../database/database.ts";
import { finishIndexJobs } from "../database/index-jobs.ts";
import { applyMigrations } from "../database/migrations.ts";
import { openPGlite } from "../database/pglite.ts";
import { longWaits } from "../database/waits.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand, usageFailure } from "../shared/command.ts";
import { Failure } from "../shared/failure.ts";
import { projectPath } from "../shared/project-root.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Brings the database to the schema of prisma/schema.prisma.

npm run migrate                   applies the migrations that it does not have, and builds missing indexes
npm run migrate -- --check        fails when schema and migrations disagree
npm run migrate -- --create NAME  writes the migration from the one to the other

--help     this text
--version  the version of the service`;

const options = { check: { type: "boolean" }, create: { type: "string" } } as const;

const args = process.argv.slice(2);

/** The command `npm run migrate`. */
await runCommand({ args, usage }, async () => {
	const { check = false, create } = argumentsOf(args);
	const say = (line: string) => process.stdout.write(`${line}\n`);
	if (check || create !== undefined) {
		const script = await pending();
		if (script !== undefined && create === undefined) throw new Failure(`prisma/migrations do not lead to prisma/schema.prisma. What is missing:\n${script}`);
		say(script === undefined ? "Migrations and schema agree." : `Written: ${await written(create ?? "", script)}`);
	} else {
		const apply = async (database: Database) => {
			const applied = await applyMigrations(database, { tell: say });
			say(applied.length === 0 ? "The database is up to date." : `Applied: ${applied.join(", ")}`);
			await finishIndexJobs(database, { tell: say });
			await finishCurrentUsages(database, { tell: say });
		};
		await withDatabase(apply, { waits: longWaits, prepares: false });
	}
	return 0;
});

function argumentsOf(args: readonly string[]) {
	const { values } = readArguments(args, options);
	if (values.create !== undefined && !/^[a-z][a-z0-9_]{0,60}$/.test(values.create))
		throw usageFailure("--create takes a name of small letters, digits and _, such as add_budgets.");
	return values;
}

async function pending(): Promise<string | undefined> {
	if (!existsSync(projectPath("prisma", "schema.prisma")))
		throw new Failure("Schema and migrations are compared where the sources are: prisma/schema.prisma is not part of what is installed to run.");
	const { pendingMigration } = await import("../database/schema-drift.ts").catch((error: unknown) => {
		if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
		throw new Failure("Schema and migrations are compared by packages that are not installed with --omit=dev: run npm ci.");
	});
	const scratch = await openPGlite();
	return pendingMigration(scratch).finally(() => scratch.close());
}

async function written(name: string, script: string): Promise<string> {
	const stamp = systemClock().toISOString().replace(/\D/g, "").slice(0, 14);
	const folder = projectPath("prisma", "migrations", `${stamp}_${name}`);
	await mkdir(folder, { recursive: true });
	await writeFile(`${folder}/migration.sql`, script);
	return `prisma/migrations/${stamp}_${name}/migration.sql`;
}
