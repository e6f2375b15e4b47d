import type { FailureCause, Outcome } from "./notification.ts";

/** What those who run the service read of delivery on the error stream. */
export interface DeliveryReport {
	/** Notes what became of a message. A cause of failures that is new is reported at once, and not again for each message. */
	add(outcome: Outcome): void;
	/** A cause has ended once a round sends something and does not meet it: that is reported. */
	endRound(): void;
}

export function createDeliveryReport(tell: (line: string) => void): DeliveryReport {
	const known = new Set<FailureCause>();
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
			if (known.has(cause)) return;
			known.add(cause);
			tell(`Notifications cannot be delivered (${cause}): ${reason}`);
		},
		endRound: () => {
			const ended = isSent ? [...known].filter((cause) => !met.has(cause)) : [];
			for (const cause of ended) {
				known.delete(cause);
				tell(`Notifications are delivered again (${cause}).`);
			}
			met.clear();
			isSent = false;
		},
	};
}
