import { readFileSync } from "node:fs";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { projectPath } from "../shared/project-root.ts";
import type { Build } from "./metrics.ts";

/** Put in its place when the service is bundled. */
declare const SOURCE_COMMIT: string | undefined;

/** What runs: the package's version, the commit when the sources were built in a repository, and what it runs on. */
export async function buildOf(database: Database): Promise<Build> {
	const [row] = await database.rows<{ version: string }>(sql`select split_part(current_setting('server_version'), ' ', 1) as "version"`);
	const { version } = JSON.parse(readFileSync(projectPath("package.json"), "utf8")) as { version: string };
	return {
		version,
		commit: typeof SOURCE_COMMIT === "undefined" ? "unknown" : SOURCE_COMMIT,
		node: process.version,
		engine: `${database.engine} ${row?.version ?? ""}`.trim(),
	};
}
