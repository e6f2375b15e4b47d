import { createAuthentication } from "../../src/access/authentication.ts";
import { startTokenWatch } from "../../src/access/token-watch.ts";
import { parseConfig } from "../../src/config.ts";
import { openDatabase } from "../../src/database/open.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import type { Services } from "../../src/graphql/context.ts";
import { startServer } from "../../src/server/server.ts";
import { demoMoment } from "../support/moments.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { unlimited } from "../support/unlimited.ts";
import { killingAt, type Point } from "./points.ts";

/** The service on a clock that stands still, which kills itself where it is told to: `program.ts [POINT TIME]`. */

const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
const { database: place } = parseConfig(process.env);
const [point, time] = process.argv.slice(2);
const opened = await openDatabase(place);
const database = point === undefined ? opened : killingAt(opened, point as Point, Number(time));
const clock = () => demoMoment.now;
const services: Services = {
	database,
	clock,
	reference: referenceOf(clock),
	timeZone: demoMoment.timeZone,
	log: await startLogReader(opened, { onError }),
	tokens: startTokenWatch({ database: opened, clock, onError }),
	authenticate: createAuthentication(opened, clock),
};
const { url } = await startServer(services, { host: "127.0.0.1", port: 0, ...unlimited, isDemo: false, onBug: onError });
process.send?.(url);

/** Whoever started it is gone: nothing is left behind. */
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
