import type { Database } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import { repeat } from "../shared/repeat.ts";
import { goodTokens } from "./token.store.ts";
import { tokenHash } from "./token.ts";

/** Calls back connections that outlive a request when their token is no longer good: revoked, expired, or its user inactive. */
export interface TokenWatch {
	/** Calls back once, when the token is found to be no longer good. Returns how to stop that. */
	watch(token: string, ended: () => void): () => void;
	stop(): Promise<void>;
}

export interface TokenWatchOptions {
	readonly database: Database;
	readonly clock: Clock;
	readonly onError: (error: unknown) => void;
	/** Between two looks at all watched tokens together, in milliseconds. */
	readonly pause?: number;
}

/** Starts the watch: one statement at a time, however many tokens are watched, and none when there are none. */
export function startTokenWatch({ database, clock, onError, pause = 5_000 }: TokenWatchOptions): TokenWatch {
	const watchers = new Map<string, Set<() => void>>();
	const looks = repeat(
		pause,
		async () => {
			if (watchers.size === 0) return;
			const watched = [...watchers.keys()];
			const good = new Set(await goodTokens(database, watched, clock()));
			for (const hash of watched) if (!good.has(hash)) for (const ended of watchers.get(hash) ?? []) ended();
		},
		onError,
	);
	return {
		watch: (token, ended) => {
			const hash = tokenHash(token);
			const own = () => {
				unwatch();
				ended();
			};
			const unwatch = () => {
				const others = watchers.get(hash);
				others?.delete(own);
				if (others?.size === 0) watchers.delete(hash);
			};
			watchers.set(hash, (watchers.get(hash) ?? new Set()).add(own));
			return unwatch;
		},
		stop: () => looks.stop(),
	};
}
