import { createAuthentication } from "../../src/access/authentication.ts";
import { startTokenWatch } from "../../src/access/token-watch.ts";
import { parseConfig } from "../../src/config.ts";
import { openDatabase } from "../../src/database/open.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import type { Services } from "../../src/graphql/context.ts";
import { startServer } from "../../src/server/server.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { answer, tell } from "../bench/fanout/answer.ts";
import "../bench/fanout/control.ts";
import { makeFirings } from "../support/firings.ts";
import { limited } from "../support/limited.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { unlimited } from "../support/unlimited.ts";
import { stallsSinceAsked } from "./stalls.ts";

/** Firings to be made at once. */
export interface Burst {
	readonly offering: string;
	readonly count: number;
}

/** What the process took at most since it was asked before is looked for this often, in milliseconds. */
const betweenSamples = 20;

/** The service in a process of its own, which causes alerts and says what it takes when its parent asks for it. */

const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
const { database: place, timeZone } = parseConfig(process.env);
const database = await openDatabase(place);
const services: Services = {
	database,
	clock: systemClock,
	reference: referenceOf(systemClock),
	timeZone,
	log: await startLogReader(database, { onError }),
	tokens: startTokenWatch({ database, clock: systemClock, onError }),
	authenticate: createAuthentication(database, systemClock),
};
const bugs: string[] = [];
const onBug = (error: unknown) => void bugs.push(error instanceof Error ? String(error.stack) : String(error));
const limits = process.env["LIMITED"] === "true" ? limited : unlimited;
const { url } = await startServer(services, { host: "127.0.0.1", port: 0, ...limits, isDemo: false, onBug });

let peak = 0;
setInterval(() => {
	peak = Math.max(peak, process.memoryUsage.rss());
}, betweenSamples);
answer("peak", () => {
	const found = peak;
	peak = 0;
	return found;
});
answer("bugs", () => bugs.splice(0));
answer("stalls", stallsSinceAsked);
answer("fire", ({ offering, count }: Burst) => makeFirings(database, offering, count));
tell("started", url);
