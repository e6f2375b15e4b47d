import { readFile } from "node:fs/promises";
import { projectPath } from "../shared/project-root.ts";

/** An index over a table that may be large, which is built after the start. */
export interface LargeIndex {
	readonly name: string;
	readonly table: string;
	/** What follows CREATE INDEX and its name. */
	readonly definition: string;
}

const file = projectPath("prisma", "indexes.sql");

/** All of them as one script, for a database that is empty. */
export const readIndexScript = (): Promise<string> => readFile(file, "utf8");

/** The indexes of prisma/indexes.sql. */
export const readIndexes = async (): Promise<LargeIndex[]> => indexesIn(await readIndexScript());

/** The indexes that a script makes, as prisma/indexes.sql has them. Throws when it has any other statement. */
export function indexesIn(script: string): LargeIndex[] {
	const statements = script.replace(/--.*$/gm, "").split(";");
	return statements.flatMap((statement) => {
		if (statement.trim() === "") return [];
		const [, name, definition, table] = /^CREATE INDEX "(\w+)" (ON "(\w+)".*)$/s.exec(statement.trim()) ?? [];
		if (name === undefined || definition === undefined || table === undefined) throw new Error(`prisma/indexes.sql holds no index: ${statement.trim()}`);
		return [{ name, table, definition }];
	});
}
