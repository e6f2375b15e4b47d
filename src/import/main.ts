import { commandMoment } from "../clock/reference-clock.service.ts";
import { requireTimeZone } from "../clock/time-zone.service.ts";
import { parseConfig } from "../config.ts";
import type { Database } from "../database/database.ts";
import { prepareSchema } from "../database/migrations.ts";
import { openDatabase } from "../database/open.ts";
import { longWaits } from "../database/postgres.ts";
import { evaluateAllPolicies } from "../month-turn/month-turn.service.ts";
import { systemClock } from "../shared/clock.ts";
import { exitCodes, runCommand } from "../shared/failure.ts";
import { parseCommand, sourceOf, usage } from "./command.ts";
import { importWorld } from "./import.ts";
import { showProgress, summaryTable } from "./progress.ts";
import { reportTo } from "./report.ts";

/** The command `npm run import`. */
await runCommand(async () => {
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const command = parseCommand(process.argv.slice(2));
	if (command.help) {
		say(usage);
		return 0;
	}
	const { database: place, migrate, timeZone } = parseConfig(process.env);
	const token = process.env["WALDUR_TOKEN"];
	const source = sourceOf(command.source, token === "" ? undefined : token);
	const report = reportTo(command.report); // before anything is read
	let database: Database | undefined;
	try {
		await source.check(); // before a database is made for nothing
		database = await openDatabase(place, { waits: longWaits });
		await prepareSchema(database, migrate);
		await requireTimeZone(database, timeZone);
		await commandMoment(database, systemClock); // before anything is written
		report.begin();
		const summary = await importWorld({
			database,
			source,
			timeZone,
			strict: command.strict,
			evaluatePolicies: async (changed) => evaluateAllPolicies(changed, { now: await commandMoment(changed, systemClock), timeZone }),
			progress: showProgress({ stream: process.stderr, clock: () => systemClock().getTime() }),
			onRefusal: report.add,
		});
		say(summaryTable(summary));
		if (summary.refused === 0) return 0;
		say(`${summary.refused} refused: see ${command.report}.${summary.written ? "" : " Nothing was written."}`);
		return exitCodes.refusedRecords;
	} finally {
		report.close();
		await database?.close();
	}
});
