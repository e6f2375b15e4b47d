import {
	discardNotifications,
	type ListedNotification,
	newestNotifications,
	requeueNotifications,
	type Selection,
} from "../domain/notification/outbox.store.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand, usageFailure } from "../shared/command.ts";
import { oneLine } from "../shared/one-line.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Lists the mails that firings ask for, discards those that wait, and sends again what was not sent.

npm run notifications -- list [UUID…] [WHICH] [--limit N]   the newest first, 100 unless told
npm run notifications -- discard UUID… | WHICH | --all      PENDING ones: they become EXPIRED
npm run notifications -- send-again UUID… | WHICH | --all   FAILED and EXPIRED ones become PENDING: of a
                                                            policy and recipient the newest, within the interval

WHICH: --state STATE, --policy UUID, --offering UUID, --recipient ADDRESS; all that is given must hold.

--help     this text
--version  the version of the service`;

const states = ["PENDING", "SENT", "FAILED", "EXPIRED"];

const text = { type: "string" } as const;
const options = { state: text, policy: text, offering: text, recipient: text, limit: text, all: { type: "boolean" } } as const;

const args = process.argv.slice(2);

/** The command `npm run notifications`. */
await runCommand({ args, usage }, async () => {
	const { action, selection, limit } = argumentsOf(args);
	const say = (line: string) => process.stdout.write(`${line}\n`);
	return withDatabase(async (database) => {
		if (action === "list") say(told(await newestNotifications(database, selection, limit)));
		if (action === "discard") say(`Discarded: ${await discardNotifications(database, selection, systemClock())}`);
		if (action === "send-again") say(`To be sent again: ${await requeueNotifications(database, selection, systemClock())}`);
		return 0;
	});
});

function argumentsOf(args: readonly string[]) {
	const { values, positionals } = readArguments(args, options, "any");
	const [action, ...texts] = positionals;
	if (action === undefined) throw usageFailure("Say what to do: list, discard or send-again.");
	if (!["list", "discard", "send-again"].includes(action)) throw usageFailure(`"${action}" is none of list, discard and send-again.`);
	const uuidIn = (text: string, what: string): string => {
		const uuid = parsedUuid(text);
		if (uuid === undefined) throw usageFailure(`${what} takes a uuid, not "${text}".`);
		return uuid;
	};
	const uuidOf = (option: "policy" | "offering") => (values[option] === undefined ? undefined : uuidIn(values[option], `--${option}`));
	const state = values.state?.toUpperCase();
	if (state !== undefined && !states.includes(state)) throw usageFailure(`--state takes one of ${states.join(", ")}, not "${values.state}".`);
	const limit = values.limit ?? "100";
	if (!/^[1-9]\d{0,4}$/.test(limit)) throw usageFailure(`--limit takes a number from 1 to 99999, not "${limit}".`);
	const selection: Selection = {
		uuids: texts.map((text) => uuidIn(text, action)),
		states: state === undefined ? [] : [state],
		policy: uuidOf("policy"),
		offering: uuidOf("offering"),
		recipient: values.recipient,
	};
	const isNarrowed = Object.values(selection).some((part) => part !== undefined && part.length > 0);
	if (action !== "list" && isNarrowed === (values.all === true)) {
		throw usageFailure(`Say which notifications to ${action}, or --all of them.`);
	}
	return { action, selection, limit: Number(limit) };
}

function told(notifications: readonly ListedNotification[]): string {
	if (notifications.length === 0) return "There are no such notifications.";
	const line = ({ uuid, state, created, firings, attempts, recipient, offering, error }: ListedNotification) =>
		[uuid, state, created.toISOString(), `${firings} firings`, `${attempts} attempts`, oneLine(recipient), oneLine(offering), oneLine(error ?? "")].join("  ");
	return notifications.map((notification) => line(notification).trimEnd()).join("\n");
}
