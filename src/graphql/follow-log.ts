import type { ModelName } from "../database/model.ts";
import { type LogEntry, type Position, parsedPosition, printedPosition } from "../log/log.store.ts";
import { LetGo } from "../log/log-reader.ts";
import type { List } from "../reading/list.ts";
import type { Refused } from "../shared/refusal.ts";
import { stoppable } from "../shared/stoppable.ts";
import { type Context, renew } from "./context.ts";
import { badUserInput, unauthenticated } from "./errors.ts";

/** One event of a subscription: what it is about, and where a client goes on after it. */
export interface LogEvent {
	readonly position: string;
	readonly uuid: string;
}

/** The log does not have what came after the position that a client wants to go on from. */
export class PositionExpired implements Refused {
	readonly message: string;
	readonly problems: Refused["problems"];

	constructor(position: string) {
		this.message = `The log cannot go on after ${position}: read the present state, then subscribe anew.`;
		this.problems = [{ code: "POSITION_EXPIRED", message: this.message, path: ["after"] }];
	}
}

/** What a subscription follows: the entries of one kind whose subjects are in the list that the viewer sees. */
export interface Followed<Model extends ModelName> {
	readonly subject: (entry: LogEntry) => string | undefined;
	readonly list: List & { model: Model };
}

/**
 * The log's events for the context's viewer: those after the position, then live ones. For each event the token is
 * looked at again, and the viewer's roles with it; a token that is no longer good ends the subscription.
 */
export function followLog<Model extends ModelName>(
	{ subject, list }: Followed<Model>,
	context: Context,
	after: string | null | undefined,
): AsyncGenerator<LogEvent | PositionExpired, void, void> {
	return stoppable(async function* (signal) {
		const start = after == null ? await context.log.end() : givenPosition(after);
		let last = printedPosition(start);
		const tokenEnded = new AbortController();
		const unwatch = context.tokens.watch(context.token ?? "", () => tokenEnded.abort());
		try {
			for await (const entries of context.log.follow(start, AbortSignal.any([signal, tokenEnded.signal]))) {
				for (const entry of entries) {
					if (signal.aborted) return; // nobody listens any more
					last = printedPosition(entry.position);
					const uuid = subject(entry);
					if (uuid === undefined) continue;
					await authorizeAgain(context);
					const visible = await context.read.among(list, [uuid]);
					if (!visible.has(uuid)) continue;
					context.position = last;
					yield { position: last, uuid };
				}
			}
		} catch (error) {
			if (!(error instanceof LetGo)) throw error;
			context.position = undefined;
			yield new PositionExpired(last);
		} finally {
			unwatch();
		}
		if (tokenEnded.signal.aborted) throw tokenNotGood();
	});
}

const tokenNotGood = () => unauthenticated("The token is no longer good: sign in again.");

/** Takes the viewer as the token signs them in now, and forgets what was read for the event before. */
async function authorizeAgain(context: Context): Promise<void> {
	const viewer = context.token === undefined ? undefined : await context.authenticate(context.token);
	if (viewer === undefined) throw tokenNotGood();
	renew(context, viewer);
}

function givenPosition(text: string): Position {
	const position = parsedPosition(text);
	if (position === undefined) throw badUserInput(`${JSON.stringify(text.slice(0, 40))} is not a position of the log: pass one that an event or a firing had.`);
	return position;
}
