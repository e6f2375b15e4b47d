import { randomUUID } from "node:crypto";
import type { Database } from "../database/database.ts";
import type { ReferenceClock } from "../domain/calendar/reference-clock.service.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import { measureMirror } from "../domain/mirror/mirror-watch.service.ts";
import { otherSources } from "../domain/mirror/source.store.ts";
import { urlSource } from "../import/url.source.ts";
import type { Clock } from "../shared/clock.ts";
import type { Metrics } from "../shared/metrics.ts";
import { repeat } from "../shared/repeat.ts";
import { giveUpWaiting } from "./delivery.store.ts";
import { synchronize } from "./pass.ts";
import { startWaldurDelivery } from "./start-delivery.ts";
import { stoppable } from "./stoppable.ts";
import { waldurClient } from "./waldur-client.ts";

/** What waits is counted again this late at most. */
const millisecondsBetweenMeasures = 15_000;

/** A running Waldur that the service is kept in step with. */
export interface Waldur {
	readonly url: URL;
	readonly token: string | undefined;
	/** Milliseconds between two passes. */
	readonly interval: number;
	/** Milliseconds that a pass waits at most when Waldur asks for it. */
	readonly maxWait: number;
}

export interface StartSyncOptions {
	readonly database: Database;
	readonly waldur: Waldur;
	readonly mirror: Mirror;
	/** IANA zone of the billing months: Waldur's. */
	readonly timeZone: string;
	readonly clock: Clock;
	readonly reference: ReferenceClock;
	readonly isClockRight: () => Promise<boolean>;
	readonly metrics?: Metrics | undefined;
	/** Takes a line about what a person should know. */
	readonly tell: (line: string) => void;
	/** Reports what cannot be done because the database fails. */
	readonly report: (what: string) => (error: unknown) => void;
}

/** Keeps the database in step with Waldur, one instance at a time, and sends changes there where the mirror writes, until it is stopped. */
export function startSync({ database, waldur, mirror, timeZone, clock, reference, isClockRight, metrics, tell, report }: StartSyncOptions): {
	stop(): Promise<void>;
} {
	const stopping = new AbortController();
	const client = waldurClient({ base: waldur.url, token: waldur.token, clock, stopping: stopping.signal });
	const source = stoppable(urlSource(waldur.url, waldur.token, { maxWait: waldur.maxWait, tell }), stopping.signal);
	const holder = randomUUID();
	let failed: string | undefined;
	const lines = onceEach(tell);
	let mayWait = !mirror.writes;
	let isFirstRound = true;
	const pass = async () => {
		if (!(await isClockRight())) return;
		if (isFirstRound) {
			const others = await otherSources(database, mirror.sourceId);
			if (others.length > 0) tell(`What was imported from ${others.join(", ")} is not followed: it is of another source than WALDUR_URL.`);
			isFirstRound = false;
		}
		if (mayWait) {
			const givenUp = await giveUpWaiting(database, mirror.sourceId, clock());
			if (givenUp > 0) tell(`Changes that were to be sent to Waldur are given up, for WALDUR_WRITE is off: ${givenUp}.`);
			mayWait = false;
		}
		const ended = await synchronize({
			database,
			source,
			sourceId: mirror.sourceId,
			sourceTime: client.time,
			timeZone,
			clock,
			reference,
			holder,
			metrics,
			tell: lines.tell,
			onRefusal: ({ list, uuid, field, reason }) => lines.tell(`${list} ${uuid ?? "without a uuid"} is refused: ${field} ${reason}`),
		}).finally(lines.endPass);
		if (ended.busy) return;
		if (failed !== undefined) tell("Waldur is followed again.");
		failed = undefined;
	};
	const passes = repeat(waldur.interval, pass, (error) => {
		const reason = error instanceof Error ? error.message : String(error);
		if (failed !== reason && !stopping.signal.aborted) tell(`Waldur cannot be followed: ${reason}`);
		failed = reason;
	});
	const delivery = mirror.writes
		? startWaldurDelivery({
				database,
				client,
				base: waldur.url,
				sourceId: mirror.sourceId,
				timeZone,
				clock,
				isClockRight,
				tell,
				onError: report("changes cannot be sent to Waldur"),
				...(metrics === undefined ? {} : { onOutcome: metrics.delivery }),
			})
		: undefined;
	const watch =
		metrics &&
		repeat(
			millisecondsBetweenMeasures,
			() => measureMirror({ database, sourceId: mirror.sourceId, metrics, clock }),
			report("the synchronization cannot be measured"),
		);
	return {
		stop: async () => {
			stopping.abort();
			await Promise.all([passes.stop(), delivery?.stop(), watch?.stop()]);
		},
	};
}

/** So many lines of a pass are written: refusals can be many. */
const maxLines = 20;

/** Writes each line that the passes have to say once, as long as each of them says it again; and not all of very many. */
function onceEach(tell: (line: string) => void): { tell(line: string): void; endPass(): void } {
	let before = new Set<string>();
	let now = new Set<string>();
	let untold = 0;
	return {
		tell: (line) => {
			if (now.has(line)) return;
			if (now.size >= maxLines) {
				untold++;
				return;
			}
			now.add(line);
			if (!before.has(line)) tell(line);
		},
		endPass: () => {
			if (untold > 0) tell(`Lines of this pass that are left out: ${untold}. "npm run sync -- --whole" writes all of them.`);
			untold = 0;
			before = now;
			now = new Set();
		},
	};
}
