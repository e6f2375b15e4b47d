import { repeat } from "../shared/repeat.ts";
import { type Delivery, deliverDue } from "./delivery.ts";

export interface StartDeliveryOptions extends Omit<Delivery, "onOutcome"> {
	/** Called with a line when Waldur refuses changes or cannot be reached, and when that is over. */
	readonly tell: (line: string) => void;
	/** Called when the database fails; the next round tries again. */
	readonly onError: (error: unknown) => void;
	/** Counts what became of each attempt. */
	readonly onOutcome?: Delivery["onOutcome"];
	/** Whether the clock is right: otherwise nothing is sent. It is, without it. */
	readonly isClockRight?: () => Promise<boolean>;
	/** Between two rounds, in milliseconds. */
	readonly pause?: number;
}

/** Delivers changes to Waldur in rounds until it is stopped. Any number of processes may do so on one database. */
export function startWaldurDelivery({ tell, onError, onOutcome, isClockRight = async () => true, pause = 1_000, ...delivery }: StartDeliveryOptions): {
	stop(): Promise<void>;
} {
	const stopping = new AbortController();
	let isAway = false;
	const noted: Delivery["onOutcome"] = (outcome, reason) => {
		onOutcome?.(outcome, reason);
		if (outcome === "FAILED") tell(`Waldur did not take a change: ${reason}`);
		else if (outcome === "WAITING" && !isAway) tell(`Changes wait for Waldur: ${reason}`);
		else if (outcome === "SENT" && isAway) tell("Waldur takes changes again.");
		isAway = outcome === "WAITING";
	};
	const round = async () => {
		if (await isClockRight()) await deliverDue({ ...delivery, onOutcome: noted }, stopping.signal);
	};
	const rounds = repeat(pause, round, onError);
	return {
		stop: () => {
			stopping.abort();
			return rounds.stop();
		},
	};
}
