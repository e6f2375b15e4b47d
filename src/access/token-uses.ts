import type { Queries } from "../database/database.ts";
import { takesNoChanges } from "../database/states.ts";
import type { Clock } from "../shared/clock.ts";
import { repeat } from "../shared/repeat.ts";
import { noteUses } from "./token.store.ts";
import { tokenHash } from "./token.ts";

/** When a token was last used is known this exactly, in milliseconds: each is noted once in as long at most. */
const resolution = 10 * 60_000;

/** As many tokens are noted at once; what others were used for is noted when they are used again. */
const maxTokens = 10_000;

/** Notes when tokens are used: not when they are, for a sign-in is not to wait for a write, but together, and seldom. */
export interface TokenUses {
	/** The token has signed its user in. */
	used(token: string): void;
	/** Notes what is left. */
	stop(): Promise<void>;
}

export interface TokenUsesOptions {
	readonly database: Queries;
	readonly clock: Clock;
	readonly onError: (error: unknown) => void;
	/** Between two statements, in milliseconds. */
	readonly pause?: number;
}

/** Starts to note: one statement at a time, and none when no token was used. A database that takes no changes is left alone. */
export function startTokenUses({ database, clock, onError, pause = 60_000 }: TokenUsesOptions): TokenUses {
	let used = new Set<string>();
	const note = async () => {
		if (used.size === 0) return;
		const hashes = [...used].map(tokenHash);
		used = new Set();
		const now = clock();
		try {
			await noteUses(database, hashes, { now, unless: new Date(now.getTime() - resolution) });
		} catch (error) {
			if (!takesNoChanges(error)) throw error;
		}
	};
	const notes = repeat(pause, note, onError);
	return {
		used: (token) => {
			if (used.size < maxTokens) used.add(token);
		},
		stop: async () => {
			await notes.stop();
			await note().catch(onError);
		},
	};
}
