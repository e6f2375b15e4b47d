import type { Queries } from "../../database/database.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { secondsSince } from "./mirror.ts";
import { mirrorMeasures } from "./mirror-measures.store.ts";

export interface MirrorWatchOptions {
	readonly database: Queries;
	/** The source that is mirrored. */
	readonly sourceId: number;
	readonly metrics: Pick<Metrics, "mirror">;
	readonly clock: Clock;
}

/** Measures how far the service is in step with its Waldur, and what waits to be sent there. */
export async function measureMirror({ database, sourceId, metrics, clock }: MirrorWatchOptions): Promise<void> {
	const { lastSuccess, held, waitsSince, pending, sent, failed } = await mirrorMeasures(database, sourceId);
	const now = clock();
	metrics.mirror({
		lag: secondsSince(lastSuccess, now) ?? undefined,
		held,
		deliveries: { PENDING: pending, SENT: sent, FAILED: failed },
		waiting: secondsSince(waitsSince, now) ?? undefined,
	});
}
