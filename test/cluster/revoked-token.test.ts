import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listTokens, revokeToken } from "../../src/access/token.store.ts";
import type { Database } from "../../src/database/database.ts";
import { ask } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { makeProvider } from "../support/provider.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { subscribeOverSse } from "../support/sockets.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const alerts = "subscription { policyFirings { ... on PolicyFiringEvent { position } } }";

/** Connections end within ten seconds; a busy machine gets some more. */
const timeout = 25_000;

describe.skipIf(inject("templates").engine === "PGlite")(
	"a token that is revoked while the service runs (skipped without PostgreSQL: the embedded database has room for one process)",
	() => {
		let database: Database;
		let service: Cluster;
		let refused: unknown;
		let socketEnd: number | undefined;
		let streamEnd: string | undefined;

		beforeAll(async () => {
			database = await freshDatabase("empty");
			const { token } = await makeProvider({ database });
			service = await startCluster(1, await urlOf(database));
			const socket = await connectRaw(service.url, token);
			socket.subscribe("alerts", alerts);
			const stream = await subscribeOverSse(service.url, token, alerts);
			const streamEnded = stream.next().then(
				() => "an event",
				(error: Error) => error.message,
			);
			const socketEnded = socket.closed.then(({ code }) => code);

			for (const { uuid } of await listTokens(database, undefined)) await revokeToken(database, uuid, new Date());
			const tooLong = after(timeout, undefined, { ref: false });
			refused = await ask(service, token, "{ viewer { username } }");
			socketEnd = await Promise.race([socketEnded, tooLong]);
			streamEnd = await Promise.race([streamEnded, tooLong]);
			socket.close();
			stream.stop();
		});

		afterAll(async () => {
			await service.close();
			await database.close();
		});

		test("is refused by the next request", () => {
			expect(refused).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
		});

		test("soon ends its connections with 4403, though nothing happens on them", () => {
			expect(socketEnd).toBe(4403);
		});

		test("soon ends its streams of events, though nothing happens on them", () => {
			expect(streamEnd).toContain("UNAUTHENTICATED");
		});
	},
);
