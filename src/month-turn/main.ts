import { parseArgs } from "node:util";
import { parseConfig } from "../config.ts";
import { applyMigrations } from "../database/migrations.ts";
import { openDatabase } from "../database/open.ts";
import { isCalendarDay, startOfDay } from "../shared/billing-period.ts";
import { systemClock } from "../shared/clock.ts";
import { Failure, runCommand } from "../shared/failure.ts";
import { type TurnedMonth, turnMonth } from "./month-turn.service.ts";

const usage = `Begins the month, as the service does by itself: recurring usage of the month before
is carried over, and policies are evaluated. Each month begins once.

npm run turn-month -- [--at DATE]

--at DATE  as if it were the start of this day in TIME_ZONE, such as 2026-12-01 (now)
--help     this text`;

/** The command `npm run turn-month`. */
await runCommand(async () => {
	const { at, help } = argumentsOf(process.argv.slice(2));
	const say = (line: string) => process.stdout.write(`${line}\n`);
	if (help) {
		say(usage);
		return 0;
	}
	const { database: place, timeZone } = parseConfig(process.env);
	const database = await openDatabase(place);
	try {
		await applyMigrations(database);
		const months = await turnMonth(database, { now: at === undefined ? systemClock() : startOfDay(at, timeZone), timeZone });
		say(months.length === 0 ? "There is nothing to do: the month has begun for every offering." : months.map(told).join("\n"));
		return 0;
	} finally {
		await database.close();
	}
});

function argumentsOf(args: string[]) {
	try {
		const { at, help = false } = parseArgs({ args, options: { at: { type: "string" }, help: { type: "boolean", short: "h" } } }).values;
		if (at !== undefined && !isCalendarDay(at)) throw new Error(`--at takes a day such as 2026-12-01, not "${at}".`);
		return { at, help };
	} catch (error) {
		throw new Failure(error instanceof Error ? error.message : String(error));
	}
}

function told({ month, copied, fired, reset }: TurnedMonth): string {
	return `${month.slice(0, 7)}: ${counted(copied, "record", "records")} copied, ${counted(fired, "policy", "policies")} fired, ${reset} reset`;
}

function counted(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}
