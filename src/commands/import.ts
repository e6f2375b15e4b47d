import { type Config, parseConfig, waldurToken } from "../config.ts";
import type { Database } from "../database/database.ts";
import { longWaits } from "../database/waits.ts";
import { commandMoment } from "../domain/calendar/reference-clock.service.ts";
import { requireTimeZone } from "../domain/calendar/time-zone.service.ts";
import { sourceNamed } from "../domain/mirror/source.store.ts";
import { evaluateAllPolicies } from "../domain/month-turn/month-turn.service.ts";
import { isAddress, parseCommand, sourceOf, usage } from "../import/command.ts";
import { importDataset } from "../import/import.ts";
import { showProgress, summaryTable } from "../import/progress.ts";
import { reportTo } from "../import/report.ts";
import { warningLine } from "../import/warnings.ts";
import { systemClock } from "../shared/clock.ts";
import { runCommand } from "../shared/command.ts";
import { exitCodes } from "../shared/failure.ts";
import { withDatabase } from "./with-database.ts";

const args = process.argv.slice(2);

/** The command `npm run import`. */
await runCommand({ args, usage }, async () => {
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const command = parseCommand(args);
	const tell = (line: string) => void process.stderr.write(`${line}\n`);
	const { importMaxWait: maxWait } = parseConfig(process.env);
	const source = sourceOf(command.source, waldurToken(process.env), { maxWait, tell });
	const report = reportTo(command.report); // before anything is read
	const read = async (database: Database, { timeZone }: Config) => {
		await requireTimeZone(database, timeZone);
		await commandMoment(database, systemClock); // before anything is written
		report.begin();
		return importDataset({
			database,
			source,
			timeZone,
			strict: command.strict,
			sourceId: isAddress(command.source) ? await sourceNamed(database, source.name) : undefined,
			evaluatePolicies: async (changed) => evaluateAllPolicies(changed, { now: await commandMoment(changed, systemClock), timeZone }),
			progress: showProgress({ stream: process.stderr, clock: () => systemClock().getTime() }),
			onRefusal: report.refuse,
			tell,
		});
	};
	try {
		const summary = await withDatabase(read, { waits: longWaits, before: () => source.check() });
		say(summaryTable(summary));
		for (const warning of summary.warnings) {
			report.warn(warning);
			say(warningLine(warning));
		}
		if (summary.refused === 0) return 0;
		say(`${summary.refused} refused: see ${command.report}.${summary.written ? "" : " Nothing was written."}`);
		return exitCodes.refusedRecords;
	} finally {
		report.close();
	}
});
