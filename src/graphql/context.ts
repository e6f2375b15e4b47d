import type { TokenWatch } from "../access/token-watch.ts";
import { nobody, type Viewer } from "../access/viewer.ts";
import { type Database, watchedDatabase } from "../database/database.ts";
import type { ReferenceClock } from "../domain/calendar/reference-clock.service.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import type { Writes } from "../domain/mirror/writes.service.ts";
import { beginningMonths } from "../domain/month-turn/first-write.service.ts";
import type { Moment } from "../domain/policy/policy.service.ts";
import type { LogReader } from "../event-log/log-reader.ts";
import type { Position } from "../event-log/position.ts";
import { createLoader, type Loader } from "../reading/loader.ts";
import type { Clock } from "../shared/clock.ts";
import type { Metrics } from "../shared/metrics.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { unauthenticated } from "./errors.ts";
import { OperationCaller } from "./operation-caller.ts";

/** What the whole service shares. */
export interface Services {
	readonly database: Database;
	readonly clock: Clock;
	/** Says which months have begun. */
	readonly reference: ReferenceClock;
	/** IANA zone whose calendar makes the billing months. */
	readonly timeZone: string;
	readonly log: LogReader;
	/** Who a token signs in now. */
	readonly authenticate: (token: string) => Promise<Viewer | undefined>;
	/** Calls back when a token is no longer good. */
	readonly tokens: TokenWatch;
	/** The Waldur that what is stored here is kept in step with; none when absent. */
	readonly mirror?: Mirror | undefined;
	/** Counts what is done; nothing is counted when absent. */
	readonly metrics?: Metrics | undefined;
}

/**
 * What resolvers work with during one operation. Plain properties: the pipeline copies them onto an object of its own, and
 * `resetLoader` changes that object.
 */
export interface Context extends Services {
	/** The client's operation as those who run the service observe it. The `database` of this context counts its statements. */
	readonly operation: OperationTrace | undefined;
	/** On whose behalf the `database` of this context runs statements; undefined for a client that is not signed in. */
	readonly caller: OperationCaller | undefined;
	/** The same database for what other operations of the viewer wait for too. */
	readonly shared: () => Database;
	readonly isSignedIn: boolean;
	/** The token that signed the viewer in. */
	readonly token: string | undefined;
	/** The position that a client which lost its stream of server-sent events goes on from. */
	readonly lastEventId: string | undefined;
	/** The position that all subscriptions of a connection go on from, unless they say themselves. */
	readonly connectionAfter: string | undefined;
	/** How the subscription that is being served follows the log. */
	readonly following: Following | undefined;
	/** What the operation was let in with; undefined until it was. Nothing else is executed. */
	admitted: AnnouncedCost | undefined;
	/** Who asks; for a client that is not signed in, a viewer without roles. */
	viewer: Viewer;
	/** Reads what the viewer sees; refuses every read of a client that is not signed in. */
	read: Loader;
}

/** What each result says about the cost of its operation, and what the client may still ask for. */
export interface AnnouncedCost {
	readonly requested: number;
	readonly limit: number;
	/** What is left of the bucket of the token, or of the address without one, and what is added each second; absent when nothing is metered. */
	readonly remaining?: number;
	readonly restoreRate?: number;
}

/** From where a subscription follows the log, and for whom. */
export interface Following {
	readonly from: Position;
	/** Whether to end when there is nothing more in the log, rather than wait for what comes. */
	readonly untilCaughtUp: boolean;
	/** The viewer whom the listeners' tokens sign in now; undefined when none of them is good any more. */
	readonly authorize: () => Promise<Viewer | undefined>;
	/** Calls back when the subscription's token is no longer good, until the returned function is called. */
	readonly watch: (onEnd: () => void) => () => void;
	/** Takes points, and what is owed, out of what the listeners may ask for; waits while it is less. Throws EventsTooFast at the position. */
	readonly pay: (points: number, viewer: Viewer, at: Position) => Promise<void>;
	/** Charges what is still owed when it ends, without waiting. */
	readonly settle: (viewer: Viewer) => void;
}

/** Who asks, and with what. */
export interface Asker {
	readonly token: string;
	readonly viewer: Viewer;
	readonly lastEventId?: string | undefined;
	readonly connectionAfter?: string | undefined;
}

/** A context for the asker; without one, for a client that is not signed in. */
export function createContext(services: Services, asker?: Asker, operation?: OperationTrace): Context {
	const none = { operation, lastEventId: undefined, connectionAfter: undefined, following: undefined, admitted: undefined };
	if (asker === undefined) {
		const ofNobody = { caller: undefined, shared: () => services.database, isSignedIn: false, token: undefined, viewer: nobody, read: refusingLoader };
		return { ...services, ...none, ...ofNobody };
	}
	const { token, viewer, lastEventId, connectionAfter } = asker;
	const caller = new OperationCaller(token, viewer.username, operation?.requestId);
	const watched = (database: Database) => (operation === undefined ? database : watchedDatabase(database, operation.watch));
	const database = watched(services.database.onBehalfOf(caller));
	const shared = () => watched(services.database.onBehalfOf(caller.together));
	const read = createLoader(database, viewer, services.metrics?.batch);
	return { ...services, ...none, database, caller, shared, isSignedIn: true, token, lastEventId, connectionAfter, viewer, read };
}

/** Forgets what was read, after a change and for each event of a subscription; and takes the viewer as they are now. */
export function resetLoader(context: Context, viewer: Viewer = context.viewer): void {
	context.viewer = viewer;
	context.read = createLoader(context.database, viewer, context.metrics?.batch);
}

/** When what the operation does is done, and in whose calendar. */
export const momentOf = ({ clock, timeZone, metrics }: Context): Moment => ({ now: clock(), timeZone, metrics });

/** Where mutations write: the first write of a month turns it. */
export const writesOf = ({ database, reference, timeZone, metrics, mirror }: Context): Writes => ({
	...beginningMonths(database, { reference, timeZone, metrics }),
	mirror,
});

const refusing = () => Promise.reject(unauthenticated());

/** Behind the guard of the root fields, a second one: without a signed-in viewer nothing is read. */
const refusingLoader: Loader = {
	statements: {
		visible: refusing,
		linked: refusing,
		all: refusing,
		page: refusing,
		pages: refusing,
		count: refusing,
		counts: refusing,
		among: refusing,
	},
	load: refusing,
};
