import { readFile, writeFile } from "node:fs/promises";
import { lexicographicSortSchema, printSchema } from "graphql";
import { Failure, runCommand } from "../shared/failure.ts";
import { projectPath } from "../shared/project-root.ts";
import { schema } from "./schema.ts";

/** The command `npm run schema`: writes the contract, or with --check says whether the written one is what is served. */
await runCommand(async () => {
	const file = projectPath("schema.graphql");
	const served = `${printSchema(lexicographicSortSchema(schema))}\n`;
	if (!process.argv.includes("--check")) {
		await writeFile(file, served);
		return 0;
	}
	if ((await readFile(file, "utf8")) !== served)
		throw new Failure("schema.graphql is not what the code serves: run npm run schema and look at the difference.");
	return 0;
});
