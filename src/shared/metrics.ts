export type ConnectionKind = "socket" | "stream";

/** How old the oldest committed entry of the log is, in seconds, that has no number, and that has one and was not read; undefined without such. */
export interface LogAges {
	readonly unnumbered: number | undefined;
	readonly unread: number | undefined;
}

/** How far the service is in step with its Waldur, and what it has to send there. */
export interface MirrorFigures {
	/** Seconds since the last pass of synchronization that ended well began; undefined before the first. */
	readonly lag: number | undefined;
	/** Removals that wait to be confirmed. */
	readonly held: number;
	/** How many deliveries there are in each state. */
	readonly deliveries: Readonly<Record<string, number>>;
	/** For how many seconds the change has waited that waits longest; undefined when none does. */
	readonly waiting: number | undefined;
}

/** What became of an attempt to send a change to Waldur: it was accepted, refused for good, or is tried again. */
export type DeliveryOutcome = "SENT" | "FAILED" | "WAITING";

/** Counts what the service does, for those who run it. Each call is cheap, and none throws. */
export interface Metrics {
	/** A statement of the database has ended. */
	statement(milliseconds: number, failed: boolean): void;
	/** A transaction, or a statement alone, is done again: it was the victim of a deadlock. */
	retry(): void;
	/** One statement reads what is shown of that many objects. */
	batch(objects: number): void;
	/** A subscriber has come, or has gone. */
	subscribers(change: 1 | -1): void;
	/** A WebSocket, or a stream of server-sent events, has been opened or closed. */
	connection(kind: ConnectionKind, change: 1 | -1): void;
	/** An event of a subscription could not be executed without an error of the code: once for all its subscribers. */
	eventFailed(code: string): void;
	/** A viewer was refused with the code other than in an operation's response; the username. */
	limitHit(code: string, viewer: string): void;
	/** A connection was not let in, or was ended: too many in all, of an address or of a token, or no token has signed in on it in time. */
	refusedConnection(reason: "all" | "address" | "token" | "nobody"): void;
	/** Points were taken out of a token's bucket afterwards: its operation or its events took more of the database than they had cost. */
	chargedAfterwards(points: number): void;
	/** The log has been looked at: how old the oldest of the new entries was, in seconds; undefined when there was none. */
	logRead(lag: number | undefined): void;
	/** It has been looked at what waits in the log. */
	logAges(ages: LogAges): void;
	/** It has been looked at notifications: how many there are in each state, and for how many seconds the first has been due; undefined when none is. */
	mails(counts: Readonly<Record<string, number>>, overdue: number | undefined): void;
	/** It has been looked at months: when the last one began that has begun for every offering, and when the next one begins. */
	months(last: Date, next: Date): void;
	/** How far the instance's clock is ahead of the database's, in seconds; negative when it is behind. */
	clockOffset(seconds: number): void;
	/** A document has been read, or looked at again for what it costs: its words, and how many selections were looked at for it. */
	documentRead(tokens: number, selections: number): void;
	/** A document has been compared with the schema. */
	validation(milliseconds: number): void;
	/** Policies have been evaluated. */
	evaluation(milliseconds: number): void;
	/** A job over a large table has come so far, in its own unit; 0 in all when that is not known. */
	job(name: string, done: number, total: number): void;
	/** Figures were last verified at that moment, and so many differed. */
	verified(at: Date, differences: number): void;
	/**
	 * A notification was sent or has expired, or an attempt to send it failed: its state then, and the cause; "" when it was sent.
	 * With a count of 0 it may be one day: it is counted from there on.
	 */
	notification(state: string, cause: string, count?: number): void;
	/** It has been looked at the synchronization with Waldur, and at the deliveries to it. */
	mirror(figures: MirrorFigures): void;
	/** It was tried to send a change to Waldur. */
	delivery(outcome: DeliveryOutcome): void;
}

/** Runs a statement, given what it is: its text, which has no values in it. */
export type StatementWatch = <Result>(statement: { readonly text: string }, run: () => Promise<Result>) => Promise<Result>;

/** Measures how long each statement takes. */
export const timed =
	(metrics: Metrics): StatementWatch =>
	(_statement, run) => {
		const begun = performance.now();
		const answer = run();
		const ended = (failed: boolean) => metrics.statement(performance.now() - begun, failed);
		answer.then(
			() => ended(false),
			() => ended(true),
		);
		return answer;
	};
