import type { FailureCause, Outcome } from "./notification.ts";

/** What those who run the service read of delivery on the error stream. */
export interface DeliveryReport {
	/** Notes what became of a message. A cause of failures that is new is reported at once, and not again for each message. */
	add(outcome: Outcome): void;
	/** A cause has ended once a round sends something and does not meet it: that is reported. */
	endRound(): void;
}

export function createDeliveryReport(tell: (line: string) => void): DeliveryReport {
	/** How many attempts have failed, by cause. */
	const known = new Map<FailureCause, number>();
	const met = new Set<FailureCause>();
	let isSent = false;
	return {
		add: (outcome) => {
			if (outcome.state === "EXPIRED") return;
			if (outcome.state === "SENT") {
				isSent = true;
				return;
			}
			const { cause, reason } = outcome.failed;
			met.add(cause);
			const before = known.get(cause) ?? 0;
			known.set(cause, before + 1);
			if (before > 0) return;
			tell(`Notifications cannot be delivered (${cause}): ${reason}`);
		},
		endRound: () => {
			const ended = isSent ? [...known].filter(([cause]) => !met.has(cause)) : [];
			for (const [cause, attempts] of ended) {
				known.delete(cause);
				tell(`Notifications are delivered again (${cause}): attempts that had failed: ${attempts}.`);
			}
			met.clear();
			isSent = false;
		},
	};
}
