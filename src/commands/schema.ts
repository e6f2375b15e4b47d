import { readFile, writeFile } from "node:fs/promises";
import { lexicographicSortSchema, printSchema } from "graphql";
import { contractOf } from "../federation/contract.ts";
import { schema } from "../schema.ts";
import { readArguments, runCommand } from "../shared/command.ts";
import { Failure } from "../shared/failure.ts";
import { projectPath } from "../shared/project-root.ts";

const usage = `Writes schema.graphql, the contract that the code serves.

npm run schema
npm run schema -- --check  fails when the written one is not what is served

--help     this text
--version  the version of the service`;

const args = process.argv.slice(2);

/** The command `npm run schema`. */
await runCommand({ args, usage }, async () => {
	const { check = false } = readArguments(args, { check: { type: "boolean" } }).values;
	const file = projectPath("schema.graphql");
	const served = `${printSchema(lexicographicSortSchema(contractOf(schema)))}\n`;
	if (!check) {
		await writeFile(file, served);
		return 0;
	}
	if ((await readFile(file, "utf8")) !== served)
		throw new Failure("schema.graphql is not what the code serves: run npm run schema and look at the difference.");
	return 0;
});
