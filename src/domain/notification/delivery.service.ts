import type { Metrics } from "../../shared/metrics.ts";
import { repeat } from "../../shared/repeat.ts";
import { createDeliveryReport } from "./delivery-report.ts";
import { type Delivery, deliverDue } from "./notification.service.ts";
import { countDue } from "./notification.store.ts";
import { failureCauses, type Outcome } from "./notification.ts";

export interface DeliveryOptions extends Omit<Delivery, "onOutcome"> {
	/** Called with a line when a cause of failures begins, and when it ends; and once when something waits without a transport. */
	readonly tell: (line: string) => void;
	/** Called when the database fails; the next round tries again. */
	readonly onError: (error: unknown) => void;
	readonly metrics?: Pick<Metrics, "notification"> | undefined;
	/** Whether the clock is right: otherwise nothing is sent or too old. It is, without it. */
	readonly isClockRight?: () => Promise<boolean>;
	/** Between two rounds, in milliseconds. */
	readonly pause?: number;
	/** How long stopping waits for what is being sent before it breaks that off, in milliseconds. */
	readonly timeout?: number;
}

/** Delivers notifications in rounds until it is stopped. Any number of processes may do so on one database. */
export function startDelivery({ tell, onError, metrics, isClockRight = async () => true, pause = 3_000, timeout = 5_000, ...delivery }: DeliveryOptions): {
	stop(): Promise<void>;
} {
	const { database, clock, transport } = delivery;
	const stopping = new AbortController();
	const report = createDeliveryReport(tell);
	let isWaitTold = false;
	// What is never counted before it happens has no increase when it happens for the first time.
	for (const state of ["PENDING", "FAILED"]) for (const cause of failureCauses) metrics?.notification(state, cause, 0);

	const onOutcome = (outcome: Outcome) => {
		metrics?.notification(outcome.state, causeOf(outcome));
		report.add(outcome);
	};
	const round = async () => {
		if (!(await isClockRight())) return;
		await deliverDue({ ...delivery, onOutcome }, stopping.signal).finally(report.endRound);
		const waiting = transport === undefined && !isWaitTold ? await countDue(database, clock()) : 0;
		if (waiting > 0) {
			isWaitTold = true;
			tell(`Notifications wait and are not sent: ${waiting}. SMTP_URL is not set.`);
		}
	};

	const rounds = repeat(pause, round, onError);
	return {
		stop: async () => {
			stopping.abort();
			const breakingOff = setTimeout(() => transport?.close(), timeout);
			await rounds.stop();
			clearTimeout(breakingOff);
			transport?.close();
		},
	};
}

function causeOf(outcome: Outcome): string {
	if (outcome.state === "SENT") return "";
	return outcome.state === "EXPIRED" ? outcome.cause : outcome.failed.cause;
}
