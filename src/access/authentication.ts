import type { Caller } from "../database/caller.ts";
import type { Database, Queries } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import { coalesce } from "../shared/coalesce.ts";
import { RecentSet } from "../shared/recent-set.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

/** Tokens of which it is remembered that they were good. */
const maxKnown = 10_000;

/**
 * Looks up whom a token signs in at the moment of asking; undefined when it is not good. Simultaneous questions share a statement.
 *
 * Looking tokens up takes connections as callers do, not as the service's own work: all tokens that have been good lately
 * together as one caller, and all others as another one, so that clients that try tokens delay no others. `used` is called with each good one.
 */
export function createAuthentication(
	database: Database,
	clock: Clock,
	used: (token: string) => void = () => {},
): (token: string) => Promise<Viewer | undefined> {
	const good = new RecentSet<string>(maxKnown);
	const ofGood = database.onBehalfOf(callers.good);
	const ofOthers = database.onBehalfOf(callers.others);
	return coalesce(async (token) => {
		const queries: Queries = good.has(token) ? ofGood : ofOthers;
		const viewer = await viewerOf(queries, token, clock());
		if (viewer === undefined) good.delete(token);
		else {
			good.add(token);
			used(token);
		}
		return viewer;
	});
}

/** Tokens hold no spaces: these are no keys of theirs. */
const callers = {
	good: { key: "good tokens", viewer: "signing in", took: () => {} },
	others: { key: "other tokens", viewer: "signing in", took: () => {} },
} satisfies Record<string, Caller>;
