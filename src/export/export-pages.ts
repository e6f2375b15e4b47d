import { setTimeout as sleep } from "node:timers/promises";
import { hasLostSight, type Viewer } from "../access/viewer.ts";
import type { Context } from "../graphql/context.ts";
import { rateLimited, sightLost } from "../graphql/errors.ts";
import type { ExportedPage, ExportPlan } from "./export-plan.ts";

/** As many rows cost one. */
const rowsPerPoint = 100;

/** How long an export may wait for points, in milliseconds: as long as events of subscriptions. */
const longestWait = 30_000;

/** What an export takes out of its token's bucket. */
export interface ExportCharges {
	readonly forgivenMilliseconds: number;
	readonly millisecondsPerPoint: number;
	/** Takes points; returns the seconds until there are as many when there are fewer, and 0 when they were taken. */
	readonly charge: (token: string, viewer: Viewer, points: number) => Promise<number>;
	/** Takes points that are owed. */
	readonly chargeAfterwards: (token: string, viewer: Viewer, points: number) => void;
}

/** What the pages of an export are read with. */
export interface PageReading {
	/** Of the token that asks. */
	readonly token: string;
	/** Signs the token in again. Throws when it is no longer good. */
	readonly renew: () => Promise<Context>;
	/** Reads for as long as an operation may take. */
	readonly within: <Result>(context: Context, work: () => Promise<Result>) => Promise<Result>;
	readonly charges: ExportCharges;
	/** Aborted when nobody waits for the rest, or the service stops: its reason is thrown. */
	readonly signal: AbortSignal;
}

/**
 * The pages of an export, each read when it is asked for, for the viewer as they are then: between two pages no connection is
 * held. There is no snapshot: what is written meanwhile may be on a later page. A page is charged with a point for every 100
 * rows, or with what its statements took if that is more, and while the token owes something the next one waits.
 *
 * Throws what a page is refused with, UNAUTHENTICATED when the token is no longer good, FORBIDDEN when the viewer has lost a role
 * since the export began, and RATE_LIMITED when the token has had too little left for half a minute.
 */
export async function* exportedPages(plan: ExportPlan, first: Context, reading: PageReading): AsyncGenerator<ExportedPage, void, void> {
	const { charges, token, signal } = reading;
	let context = first;
	let paidBefore = 0;
	let after: string | undefined;
	for (;;) {
		const { viewer } = context;
		let paid = paidBefore;
		const owe = (points: number) => {
			if (points <= paid) return;
			charges.chargeAfterwards(token, viewer, points - paid);
			paid = points;
		};
		// Told of a statement that fails or is cancelled, too: what it took is not for nothing.
		context.caller?.onTook((milliseconds) => {
			if (milliseconds > charges.forgivenMilliseconds) owe(Math.floor(milliseconds / charges.millisecondsPerPoint));
		});
		const page = await reading.within(context, () => plan.page(context, after));
		owe(Math.ceil(page.size / rowsPerPoint));
		yield page;
		if (page.next === undefined) return;
		after = page.next;
		await untilCharged(reading, viewer);
		paidBefore = 1;
		context = await reading.renew();
		signal.throwIfAborted();
		if (hasLostSight(viewer, context.viewer)) throw sightLost();
	}
}

/** Waits until the token has a point, and takes it. */
async function untilCharged({ charges, token, signal }: PageReading, viewer: Viewer): Promise<void> {
	const begun = performance.now();
	for (;;) {
		signal.throwIfAborted();
		const seconds = await charges.charge(token, viewer, 1);
		if (seconds === 0) return;
		const left = longestWait - (performance.now() - begun);
		if (left <= 0) throw rateLimited("The token asks for more than it may: the export has waited for half a minute. Ask for less, or less at once.");
		await sleep(Math.min(seconds * 1_000, left), undefined, { signal }).catch(() => {});
	}
}
