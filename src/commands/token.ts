import { addToken, listTokens, revokeToken } from "../access/token.store.ts";
import { newToken } from "../access/token.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand, usageFailure } from "../shared/command.ts";
import { Failure } from "../shared/failure.ts";
import { oneLine } from "../shared/one-line.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Makes, lists and revokes the tokens that users sign in with.

npm run --silent token -- create USERNAME [--name TEXT] [--days N]
npm run --silent token -- list [USERNAME]
npm run --silent token -- revoke UUID

create     prints the token, once, and nothing else
list       prints tokens, newest first; when one was last used is known to ten minutes
--help     this text
--version  the version of the service`;

const day = 24 * 60 * 60 * 1000;

const options = { name: { type: "string" }, days: { type: "string" } } as const;

const args = process.argv.slice(2);

const head = ["uuid", "username", "token", "created", "last used", "state", "name"];

/** The command `npm run token`. The output holds what was asked for and nothing else: a script reads the token from it. */
await runCommand({ args, usage }, async () => {
	const { action, subject, name, days } = argumentsOf(args);
	const say = (line: string) => process.stdout.write(`${line}\n`);
	return withDatabase(async (database) => {
		if (action === "create") say(await created(database, subject ?? "", name ?? "", daysIn(days)));
		if (action === "list") await list(database, subject, say);
		if (action === "revoke") process.stderr.write(`${await revoked(database, subject ?? "")}\n`);
		return 0;
	});
});

function argumentsOf(args: readonly string[]) {
	const { values, positionals } = readArguments(args, options, 2);
	const [action, subject] = positionals;
	if (action !== "create" && action !== "list" && action !== "revoke") throw usageFailure("Say what to do: create, list or revoke.");
	if (action !== "list" && subject === undefined) throw usageFailure(action === "create" ? "Say for whom: create USERNAME." : "Say which token: revoke UUID.");
	if (action !== "create" && (values.name !== undefined || values.days !== undefined)) throw usageFailure("--name and --days are of create.");
	return { action, subject, ...values };
}

function daysIn(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (!/^[1-9]\d{0,4}$/.test(text)) throw usageFailure(`--days takes a whole number of days, not "${text}".`);
	return Number(text);
}

async function created(database: Database, username: string, name: string, days: number | undefined): Promise<string> {
	const token = newToken();
	const now = systemClock();
	const expires = days === undefined ? null : new Date(now.getTime() + days * day);
	if (!(await addToken(database, { token, username, name, expires, now }))) throw new Failure(`There is no active user "${username}".`);
	return token;
}

async function list(database: Database, username: string | undefined, say: (line: string) => void): Promise<void> {
	const tokens = await listTokens(database, username);
	if (tokens.length === 0) process.stderr.write("There are no tokens.\n");
	const rows = tokens.map(({ uuid, username, hint, created, lastUsed, revoked, expires, name }) => [
		...[uuid, oneLine(username), `${hint}…`, minuteOf(created), lastUsed === null ? "" : minuteOf(lastUsed)],
		...[revoked !== null ? `revoked ${minuteOf(revoked)}` : expires === null ? "never expires" : `expires ${minuteOf(expires)}`, oneLine(name)],
	]);
	const widths = head.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
	for (const row of tokens.length === 0 ? [] : [head, ...rows])
		say(
			row
				.map((cell, at) => cell.padEnd(widths[at] ?? 0))
				.join("  ")
				.trimEnd(),
		);
}

/** A moment to the minute, in UTC. */
function minuteOf(moment: Date): string {
	return `${moment.toISOString().slice(0, 16)}Z`;
}

async function revoked(database: Database, text: string): Promise<string> {
	const uuid = parsedUuid(text);
	if (uuid === undefined) throw usageFailure(`"${text}" is not a token's uuid: npm run token -- list shows them.`);
	if (!(await revokeToken(database, uuid, systemClock()))) throw new Failure(`There is no token ${uuid} that could be revoked.`);
	return `Revoked ${uuid}.`;
}
