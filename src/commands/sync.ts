import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type Config, parseConfig, waldurToken } from "../config.ts";
import type { Database } from "../database/database.ts";
import { longWaits } from "../database/waits.ts";
import { commandMoment } from "../domain/calendar/reference-clock.service.ts";
import { requireTimeZone } from "../domain/calendar/time-zone.service.ts";
import { sourceNamed } from "../domain/mirror/source.store.ts";
import { urlSource } from "../import/url.source.ts";
import { baseAddress } from "../shared/base-address.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand, usageFailure } from "../shared/command.ts";
import { exitCodes, Failure } from "../shared/failure.ts";
import { type PassEnd, synchronize } from "../sync/pass.ts";
import { passTable } from "../sync/pass-table.ts";
import { waldurClient } from "../sync/waldur-client.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Brings the database in step with a running Waldur: one pass, as the service makes them by itself with WALDUR_URL.

npm run sync -- [URL] [--whole] [--yes]

URL        base address of its API, such as https://waldur.example.org/api/;
           that of WALDUR_URL without it (the token is read from WALDUR_TOKEN,
           or the file WALDUR_TOKEN_FILE)
--whole    reads everything, and removes what Waldur does not have any more,
           which is due once a day without it
--yes      with --whole: makes removals that are held because they are many
--help     this text
--version  the version of the service

Exit code: 0 the pass is complete, 4 removals wait for --yes, others as of the service.`;

const args = process.argv.slice(2);

/** The command `npm run sync`. */
await runCommand({ args, usage }, async () => {
	const { values, positionals } = readArguments(args, { whole: { type: "boolean" }, yes: { type: "boolean" } }, 1);
	const { waldur, importMaxWait: maxWait } = parseConfig(process.env);
	const [given] = positionals;
	if (given !== undefined && !(/^https?:\/\//i.test(given) && URL.canParse(given))) throw usageFailure(`${given} is not the address of a Waldur's API.`);
	const url = given === undefined ? waldur?.url : baseAddress(given);
	if (url === undefined) throw usageFailure("Say which Waldur: npm run sync -- URL, or set WALDUR_URL.");
	const token = waldurToken(process.env);
	const tell = (line: string) => void process.stderr.write(`${line}\n`);
	const source = urlSource(url, token, { maxWait, tell });
	const work = async (database: Database, { timeZone }: Config) => {
		await requireTimeZone(database, timeZone);
		await commandMoment(database, systemClock); // before anything is written
		const sourceId = await sourceNamed(database, url.href);
		return untilFree(() =>
			synchronize({
				database,
				source,
				sourceId,
				sourceTime: waldurClient({ base: url, token, clock: systemClock }).time,
				timeZone,
				clock: systemClock,
				reference: { fault: undefined, now: () => commandMoment(database, systemClock) },
				holder: randomUUID(),
				...(values.whole === true || values.yes === true ? { whole: true } : {}),
				confirmed: values.yes === true,
				tell,
				onRefusal: ({ list, uuid, field, reason }) => tell(`${list} ${uuid ?? ""}: ${field} ${reason}`),
			}),
		);
	};
	const ended = await withDatabase(work, { waits: longWaits, before: () => source.check() });
	if (ended.busy) throw new Failure("Another process synchronizes, and has for two minutes: try again.");
	process.stdout.write(`${passTable(ended.lists)}\n`);
	return ended.lists.some(({ held }) => held > 0) ? exitCodes.unconfirmed : 0;
});

/** The pass, once no other process makes one: the service does so for some seconds each minute. */
async function untilFree(pass: () => Promise<PassEnd>): Promise<PassEnd> {
	const end = performance.now() + 120_000;
	for (;;) {
		const ended = await pass();
		if (!ended.busy || performance.now() > end) return ended;
		await pause(500);
	}
}
