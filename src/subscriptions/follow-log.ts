import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModelName } from "../database/model.ts";
import { type LogEntry, LogTruncated } from "../event-log/log.store.ts";
import { type Position, salted } from "../event-log/position.ts";
import { PositionExpired } from "../event-log/position-expired.ts";
import { type Context, resetLoader } from "../graphql/context.ts";
import { unauthenticated } from "../graphql/errors.ts";
import type { List } from "../reading/list.ts";
import { assertPresent } from "../shared/assert-present.ts";
import { stoppable } from "../shared/stoppable.ts";

/** One event of a subscription: what it is about, where a client goes on after it, and the position before it in the subscription. */
export interface LogEvent {
	readonly at: Position;
	readonly position: string;
	readonly previous: string;
	readonly uuid: string;
}

/**
 * A placeholder for the position before an event: that differs among the subscribers of the event, and is put in when the event
 * is sent to each. It is random and never leaves the process, so no text contains it by chance.
 */
export const previousToBeGiven = randomUUID();

/** The position before an event, as each kind of event has it. */
export const previousDescription =
	"The position of the event before it in this subscription; of the first one, the position that was given as after or, without one, that at which following began. " +
	"Other than the position that the client has last means that it has missed an event. Events that the viewer does not see, or that the filter leaves out, do not count.";

/** What a subscription follows: the entries of one kind whose subjects are in the list that the viewer sees. */
export interface Followed<Model extends ModelName> {
	readonly subject: (entry: LogEntry) => string | undefined;
	readonly list: List & { model: Model };
}

/** So many entries are looked at, and shown, together: what one change reports is read once, and nothing is busy for long. */
const together = 50;

/** What a look at entries is charged, whether or not the viewer sees any of them. */
const pointsPerLook = 0.1;

/** Entries that were looked at together: of them, what the viewer sees. */
export interface LogReading {
	readonly events: readonly (LogEvent | PositionExpired)[];
	/** The log was looked at up to here. */
	readonly reached: Position;
}

/**
 * The log's events for the context's viewer, from where the context's subscription follows it. For the entries that are
 * looked at together the token is looked at again, and the viewer's roles with it; a token that is no longer good ends the
 * subscription. The schema knows a subscription by the type of its events; what is returned are readings of several of
 * them (see LogReading), for `createSubscriptions` executes all events of one reading at once.
 */
export function followLog<Model extends ModelName>(followed: Followed<Model>, context: Context): AsyncGenerator<LogEvent | PositionExpired, void, void> {
	return readings(followed, context) as unknown as AsyncGenerator<LogEvent | PositionExpired, void, void>;
}

/** What followLog has returned, as what it is. */
export const readingsOf = (events: AsyncIterable<unknown>): AsyncGenerator<LogReading, void, void> => events as AsyncGenerator<LogReading, void, void>;

function readings<Model extends ModelName>({ subject, list }: Followed<Model>, context: Context): AsyncGenerator<LogReading, void, void> {
	const { from, untilCaughtUp, watch, settle } = assertPresent(context.following, "subscriptions are answered while they follow the log");
	const { positions } = context.log;
	return stoppable(async function* (signal) {
		const tokenEnded = new AbortController();
		const unwatch = watch(() => tokenEnded.abort());
		let reached = from;
		try {
			for await (const entries of context.log.follow(from, AbortSignal.any([signal, tokenEnded.signal]), untilCaughtUp)) {
				for (const some of inParts(subjectsOf(entries, subject))) {
					if (signal.aborted) return; // the last listener has left
					const visible = await visibleOf(some, list, context, reached);
					reached = visible.at(-1)?.at ?? reached;
					if (visible.length === 0) continue;
					yield { events: visible.map(({ at, uuid }) => ({ at, position: positions.print(at), previous: previousToBeGiven, uuid })), reached };
				}
				reached = entries.at(-1)?.position ?? reached;
			}
			if (tokenEnded.signal.aborted) throw tokenNotGood();
			yield { events: [], reached };
		} catch (error) {
			if (!(error instanceof LogTruncated)) throw error;
			yield { events: [new PositionExpired(positions.print(reached === from ? from : salted(reached)))], reached };
		} finally {
			unwatch();
			settle(context.viewer);
		}
	});
}

/** Ends what outlives a request when its token does. */
export const tokenNotGood = () => unauthenticated("The token is no longer good: sign in again.");

/** An entry by what it is about. */
interface Subject {
	readonly at: Position;
	readonly uuid: string;
}

const subjectsOf = (entries: readonly LogEntry[], subject: (entry: LogEntry) => string | undefined): Subject[] =>
	entries.flatMap((entry) => {
		const uuid = subject(entry);
		return uuid === undefined ? [] : [{ at: entry.position, uuid }];
	});

function* inParts(subjects: readonly Subject[]): Generator<readonly Subject[], void, void> {
	for (let begin = 0; begin < subjects.length; begin += together) yield subjects.slice(begin, begin + together);
}

/** Those of the subjects that are in the list that the viewer, authorised again, sees now. */
async function visibleOf(subjects: readonly Subject[], list: List, context: Context, reached: Position): Promise<readonly Subject[]> {
	// The embedded database blocks the event loop: without this turn nothing else is served until all entries are looked at.
	await nextTurn();
	// Before the viewer is authorised again: what is seen then is shown at once.
	await context.following?.pay(pointsPerLook, context.viewer, reached);
	await authorizeAgain(context);
	const seen = await context.read.statements.among(list, [...new Set(subjects.map(({ uuid }) => uuid))]);
	return subjects.filter(({ uuid }) => seen.has(uuid));
}

/** Takes the viewer as the token signs them in now, and forgets what was read for the event before. */
async function authorizeAgain(context: Context): Promise<void> {
	const viewer = await context.following?.authorize();
	if (viewer === undefined) throw tokenNotGood();
	resetLoader(context, viewer);
}
