import type { Queries } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import { joined } from "../shared/joined.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

/** Tells who a token signs in at the moment of asking; undefined when it is not good. Those who ask together share a statement. */
export const createAuthentication = (database: Queries, clock: Clock): ((token: string) => Promise<Viewer | undefined>) =>
	joined((token) => viewerOf(database, token, clock()));
