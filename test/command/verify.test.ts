import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/open.ts";
import { sql } from "../../src/database/sql.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { directoriesForFile, run, startService } from "./process.ts";

const directory = directoriesForFile();

test("npm run verify ends with 0 where nothing differs, and names each difference and ends with 3 where something does", async () => {
	const data = await directory();
	await (await startService({ DATA_DIR: data })).stop();
	expect(await run("verify", { DATA_DIR: data })).toEqual({
		exitCode: 0,
		stdout: expect.stringMatching(/^0 figures differ from the records, of \d+ components, \d+ resources, \d+ policies, \d+ parts and \d+ offerings\.\n$/),
		stderr: "",
	});

	const database = await openDatabase({ kind: "embedded", directory: data });
	const [resource] = await database
		.rows<{ uuid: string; type: string; usage: string }>(sql`
			update "Resource" r set "currentUsages" = r."currentUsages" - u."type" from "ComponentUsage" u
			where r."uuid" = u."resourceUuid" and u."uuid" = (select "uuid" from "ComponentUsage" order by "billingPeriod" desc, "uuid" limit 1)
			returning r."uuid", u."type", trim_scale(u."usage")::text as "usage"
		`)
		.finally(() => database.close());
	const { exitCode, stdout } = await run("verify", { DATA_DIR: data });

	expect(exitCode).toBe(exitCodes.differences);
	expect(stdout.split("\n").slice(0, 2)).toEqual([
		`CURRENT_USAGE ${resource?.uuid} ${resource?.type}: stored nothing, computed ${resource?.usage}`,
		expect.stringMatching(/^1 figure differs from the records/),
	]);
}, 120_000);
