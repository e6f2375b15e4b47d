import { RecentSet } from "../../shared/recent-set.ts";
import { createAddressMeter } from "./address-meter.ts";
import { type Rate, secondsUntil } from "./bucket.ts";

/** How many tokens that are not good an address may try at once, and how many more each second: each is a statement. */
const failures: Rate = { size: 100, perSecond: 10 };

/** Tokens of which it is remembered that they were good; of more, the one that was longest not used is forgotten. */
const maxKnown = 10_000;

export interface SignInMeter {
	/** Seconds until the address may try the token; 0 when it may now, as it always may with one that was good. */
	waitFor(address: string, token: string): number;
	succeeded(token: string): void;
	failed(address: string): void;
}

/** Bounds how many tokens are tried in vain, in this process: they are looked up before any token is charged. `now` counts milliseconds. */
export function createSignInMeter(now: () => number): SignInMeter {
	const meter = createAddressMeter(failures, now);
	const known = new RecentSet<string>(maxKnown);
	return {
		waitFor: (address, token) => {
			if (known.has(token)) return 0;
			const { remaining } = meter.charge(address, 0);
			return remaining >= 1 ? 0 : secondsUntil(1, remaining, failures);
		},
		succeeded: (token) => known.add(token),
		failed: (address) => void meter.charge(address, 1, true),
	};
}
