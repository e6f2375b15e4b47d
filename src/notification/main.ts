import { parseArgs } from "node:util";
import { parseConfig } from "../config.ts";
import { prepareSchema } from "../database/migrations.ts";
import { openDatabase } from "../database/open.ts";
import { systemClock } from "../shared/clock.ts";
import { Failure, runCommand } from "../shared/failure.ts";
import { oneLine } from "../shared/one-line.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { discardNotifications, type ListedNotification, newestNotifications, requeueNotifications, type Selection } from "./outbox.store.ts";

const usage = `Lists the mails that firings ask for, discards those that wait, and sends again what was not sent.

npm run notifications -- list [UUID…] [WHICH] [--limit N]   the newest first, 100 unless told
npm run notifications -- discard UUID… | WHICH | --all      PENDING ones: they become EXPIRED
npm run notifications -- send-again UUID… | WHICH | --all   FAILED and EXPIRED ones become PENDING: of a
                                                            policy and recipient the newest, within the interval

WHICH: --state STATE, --policy UUID, --offering UUID, --recipient ADDRESS; all that is given must hold.`;

const states = ["PENDING", "SENT", "FAILED", "EXPIRED"];

/** The command `npm run notifications`. */
await runCommand(async () => {
	const { action, help, selection, limit } = argumentsOf(process.argv.slice(2));
	const say = (line: string) => process.stdout.write(`${line}\n`);
	if (help || action === undefined) {
		say(usage);
		return 0;
	}
	const { database: place, migrate } = parseConfig(process.env);
	const database = await openDatabase(place);
	try {
		await prepareSchema(database, migrate);
		if (action === "list") say(told(await newestNotifications(database, selection, limit)));
		if (action === "discard") say(`Discarded: ${await discardNotifications(database, selection, systemClock())}`);
		if (action === "send-again") say(`To be sent again: ${await requeueNotifications(database, selection, systemClock())}`);
		return 0;
	} finally {
		await database.close();
	}
});

function argumentsOf(args: string[]) {
	const { values, positionals } = parsed(args);
	const [action, ...texts] = positionals;
	if (action !== undefined && !["list", "discard", "send-again"].includes(action)) throw new Failure(`"${action}" is none of list, discard and send-again.`);
	const uuidIn = (text: string, what: string): string => {
		const uuid = parsedUuid(text);
		if (uuid === undefined) throw new Failure(`${what} takes a uuid, not "${text}".`);
		return uuid;
	};
	const uuidOf = (option: "policy" | "offering") => (values[option] === undefined ? undefined : uuidIn(values[option], `--${option}`));
	const state = values.state?.toUpperCase();
	if (state !== undefined && !states.includes(state)) throw new Failure(`--state takes one of ${states.join(", ")}, not "${values.state}".`);
	const limit = values.limit ?? "100";
	if (!/^[1-9]\d{0,4}$/.test(limit)) throw new Failure(`--limit takes a number from 1 to 99999, not "${limit}".`);
	const selection: Selection = {
		uuids: texts.map((text) => uuidIn(text, action ?? "")),
		states: state === undefined ? [] : [state],
		policy: uuidOf("policy"),
		offering: uuidOf("offering"),
		recipient: values.recipient,
	};
	const isNarrowed = Object.values(selection).some((part) => part !== undefined && part.length > 0);
	if (action !== undefined && action !== "list" && isNarrowed === (values.all === true)) {
		throw new Failure(`Say which notifications to ${action}, or --all of them: npm run notifications -- --help`);
	}
	return { action, help: values.help === true, selection, limit: Number(limit) };
}

function parsed(args: string[]) {
	const text = { type: "string" } as const;
	const flag = { type: "boolean" } as const;
	const options = { state: text, policy: text, offering: text, recipient: text, limit: text, all: flag, help: { ...flag, short: "h" } };
	try {
		return parseArgs({ args, allowPositionals: true, options });
	} catch (error) {
		throw new Failure(error instanceof Error ? error.message : String(error));
	}
}

function told(notifications: readonly ListedNotification[]): string {
	if (notifications.length === 0) return "There are no such notifications.";
	const line = ({ uuid, state, created, firings, attempts, recipient, offering, error }: ListedNotification) =>
		[uuid, state, created.toISOString(), `${firings} firings`, `${attempts} attempts`, oneLine(recipient), oneLine(offering), oneLine(error ?? "")].join("  ");
	return notifications.map((notification) => line(notification).trimEnd()).join("\n");
}
