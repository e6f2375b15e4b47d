import { parseArgs } from "node:util";
import { parseConfig } from "../config.ts";
import type { Database } from "../database/database.ts";
import { prepareSchema } from "../database/migrations.ts";
import { openDatabase } from "../database/open.ts";
import { systemClock } from "../shared/clock.ts";
import { Failure, runCommand } from "../shared/failure.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { addToken, listTokens, revokeToken } from "./token.store.ts";
import { newToken } from "./token.ts";

const usage = `Makes, lists and revokes the tokens that users sign in with.

npm run token -- create USERNAME [--name TEXT] [--days N]   prints the token, once
npm run token -- list [USERNAME]
npm run token -- revoke UUID`;

const day = 24 * 60 * 60 * 1000;

/** The command `npm run token`. */
await runCommand(async () => {
	const { positionals, values } = argumentsOf(process.argv.slice(2));
	const [action, subject] = positionals;
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const known = action === "create" || action === "list" || action === "revoke";
	if (values.help === true || action === undefined) {
		say(usage);
		return 0;
	}
	if (!known || (action !== "list" && subject === undefined)) throw new Failure(usage);
	const { database: place, migrate } = parseConfig(process.env);
	const database = await openDatabase(place);
	try {
		await prepareSchema(database, migrate);
		if (action === "create") say(await created(database, subject ?? "", values.name ?? "", daysIn(values.days)));
		if (action === "list") say(await listed(database, subject));
		if (action === "revoke") say(await revoked(database, subject ?? ""));
		return 0;
	} finally {
		await database.close();
	}
});

function argumentsOf(args: string[]) {
	try {
		return parseArgs({ args, allowPositionals: true, options: { name: { type: "string" }, days: { type: "string" }, help: { type: "boolean", short: "h" } } });
	} catch (error) {
		throw new Failure(error instanceof Error ? error.message : String(error));
	}
}

function daysIn(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (!/^[1-9]\d{0,4}$/.test(text)) throw new Failure(`--days takes a whole number of days, not "${text}".`);
	return Number(text);
}

async function created(database: Database, username: string, name: string, days: number | undefined): Promise<string> {
	const token = newToken();
	const now = systemClock();
	const expires = days === undefined ? null : new Date(now.getTime() + days * day);
	if (!(await addToken(database, { token, username, name, expires, now }))) throw new Failure(`There is no active user "${username}".`);
	return token;
}

async function listed(database: Database, username: string | undefined): Promise<string> {
	const tokens = await listTokens(database, username);
	if (tokens.length === 0) return "There are no tokens.";
	const state = (revoked: Date | null, expires: Date | null) =>
		revoked !== null ? `revoked ${revoked.toISOString()}` : expires === null ? "never expires" : `expires ${expires.toISOString()}`;
	return tokens.map(({ uuid, username, hint, name, revoked, expires }) => [uuid, username, `${hint}…`, state(revoked, expires), name].join("  ")).join("\n");
}

async function revoked(database: Database, text: string): Promise<string> {
	const uuid = parsedUuid(text);
	if (uuid === undefined) throw new Failure(`"${text}" is not a token's uuid: npm run token -- list shows them.`);
	if (!(await revokeToken(database, uuid, systemClock()))) throw new Failure(`There is no token ${uuid} that could be revoked.`);
	return `Revoked ${uuid}.`;
}
