import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModelName } from "../database/model.ts";
import { type LogEntry, printedPosition } from "../log/log.store.ts";
import { LetGo } from "../log/log-reader.ts";
import type { List } from "../reading/list.ts";
import { certain } from "../shared/certain.ts";
import type { Refused } from "../shared/refusal.ts";
import { stoppable } from "../shared/stoppable.ts";
import { type Context, renew } from "./context.ts";
import { unauthenticated } from "./errors.ts";

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
 * The log's events for the context's viewer, along the way that the context's subscription is on. For each event the token
 * is looked at again, and the viewer's roles with it; a token that is no longer good ends the subscription.
 */
export function followLog<Model extends ModelName>(
	{ subject, list }: Followed<Model>,
	context: Context,
): AsyncGenerator<LogEvent | PositionExpired, void, void> {
	const following = certain(context.following, "subscriptions are answered along a way through the log");
	return stoppable(async function* (signal) {
		const tokenEnded = new AbortController();
		const unwatch = context.tokens.watch(context.token ?? "", () => tokenEnded.abort());
		try {
			for await (const entries of context.log.follow(following.at, AbortSignal.any([signal, tokenEnded.signal]), following.untilCaughtUp)) {
				for (const entry of entries) {
					if (signal.aborted) return; // nobody listens any more
					const uuid = subject(entry);
					const isTold = uuid !== undefined && (await isVisible(list, uuid, context));
					following.at = entry.position;
					if (isTold) yield { position: printedPosition(entry.position), uuid };
				}
			}
			if (tokenEnded.signal.aborted) throw tokenNotGood();
			if (!signal.aborted) following.end = "caughtUp";
		} catch (error) {
			if (!(error instanceof LetGo)) throw error;
			following.end = "letGo";
			yield new PositionExpired(printedPosition(following.at));
		} finally {
			unwatch();
		}
	});
}

/** Ends what outlives a request when its token does. */
export const tokenNotGood = () => unauthenticated("The token is no longer good: sign in again.");

/** Whether the subject is in the list that the viewer, authorised again, sees now. */
async function isVisible(list: List, uuid: string, context: Context): Promise<boolean> {
	// The embedded database answers without waiting: nobody else could be sent or asked anything until all entries are looked at.
	await nextTurn();
	await authorizeAgain(context);
	return (await context.read.among(list, [uuid])).has(uuid);
}

/** Takes the viewer as the token signs them in now, and forgets what was read for the event before. */
async function authorizeAgain(context: Context): Promise<void> {
	const viewer = context.token === undefined ? undefined : await context.authenticate(context.token);
	if (viewer === undefined) throw tokenNotGood();
	renew(context, viewer);
}
