import type { Database } from "../database/database.ts";
import { databaseClock, setReached, setTimeZone } from "../domain/calendar/calendar.store.ts";
import { clockProblem } from "../domain/calendar/reference-clock.service.ts";
import { requireTimeZone } from "../domain/calendar/time-zone.service.ts";
import { type PreviewedTurn, previewTurn, type TurnedMonth, turnMonth } from "../domain/month-turn/month-turn.service.ts";
import { isCalendarDay, isTimeZone, startOfDay } from "../shared/billing-period.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand, usageFailure } from "../shared/command.ts";
import { exitCodes } from "../shared/failure.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Begins the month, as the service does by itself: recurring usage of the month before
is carried over, and policies are evaluated. Each month begins once.

npm run turn-month -- [--at DATE] [--force]
npm run turn-month -- --time-zone ZONE

--at DATE         as if it were the start of this day in TIME_ZONE, such as 2026-12-01 (now)
--force           also when DATE is in the future, or the clock has moved on for long or was
                  set back while no service ran: it is right as it is now. Without it, such a
                  turn is only described (exit code ${exitCodes.unconfirmed})
--time-zone ZONE  from now on the database is used with this TIME_ZONE. Usage stays in the
                  months that it was reported in
--help            this text
--version         the version of the service`;

const nothing = "There is nothing to do: the month has begun for every offering.";

const options = { at: { type: "string" }, force: { type: "boolean" }, "time-zone": { type: "string" } } as const;

const args = process.argv.slice(2);

/** The command `npm run turn-month`. */
await runCommand({ args, usage }, async () => {
	const { at, force, zone } = argumentsOf(args);
	return withDatabase(async (database, { timeZone }) => {
		if (zone === undefined) {
			await requireTimeZone(database, timeZone);
			return turn(database, { at: at === undefined ? undefined : startOfDay(at, timeZone), timeZone, force });
		}
		await setTimeZone(database, zone);
		say(`Billing months are those of ${zone} from now on: start the service with TIME_ZONE=${zone}. Usage stays in the months that it was reported in.`);
		return 0;
	});
});

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Turns the months, or describes it where that has to be confirmed. Returns the exit code. */
async function turn(database: Database, { at, timeZone, force }: { at: Date | undefined; timeZone: string; force: boolean }): Promise<number> {
	const now = await databaseClock(database);
	const doubt = force ? undefined : ((await clockProblem(database, systemClock)) ?? (at !== undefined && at > now ? "The day is in the future." : undefined));
	const moment = { now: at ?? now, timeZone };
	if (doubt !== undefined) {
		const turns = await previewTurn(database, moment);
		for (const line of [`Nothing was done. ${doubt}`, "With --force, this would be:", ...(turns.length === 0 ? [nothing] : turns.flatMap(previewed))])
			say(line);
		return exitCodes.unconfirmed;
	}
	await setReached(database, now);
	const months: TurnedMonth[] = [];
	for (let some = await turnMonth(database, moment); some.length > 0; some = await turnMonth(database, moment)) months.push(...some);
	say(months.length === 0 ? nothing : months.map(told).join("\n"));
	return 0;
}

function previewed({ name, offeringUuid, months }: PreviewedTurn): string[] {
	return months.map((month) => `${told(month)} (${name}, ${offeringUuid})`);
}

function argumentsOf(args: readonly string[]) {
	const { at, force = false, "time-zone": zone } = readArguments(args, options).values;
	if (at !== undefined && !isCalendarDay(at)) throw usageFailure(`--at takes a day such as 2026-12-01, not "${at}".`);
	if (zone !== undefined && !isTimeZone(zone)) throw usageFailure(`--time-zone takes an IANA time zone such as Europe/Tallinn, not "${zone}".`);
	if (zone !== undefined && (at !== undefined || force)) throw usageFailure("--time-zone turns no month: give it alone.");
	return { at, force, zone };
}

function told({ month, copied, fired, reset }: TurnedMonth): string {
	return `${month.slice(0, 7)}: ${counted(copied, "record", "records")} copied, ${counted(fired, "policy", "policies")} fired, ${reset} reset`;
}

function counted(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}
