import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { type Service, startService } from "./process.ts";

let service: Service | undefined;
let database: Database | undefined;
afterAll(async () => {
	await service?.kill();
	await database?.close();
});

test.skipIf(inject("templates").engine === "PGlite")("however few files it may open, connections of nobody do not shut out health", async () => {
	database = await freshDatabase("empty");
	service = await startService({ DATABASE_URL: await urlOf(database), OPERATIONS_PORT: "0" }, { openFiles: 200 });
	const { hostname, port } = new URL(service.url);
	const health = /^Health and metrics: (\S+)$/m.exec(service.greeting)?.[1];
	const silent: Socket[] = [];
	for (let count = 0; count < 300; count++) {
		const socket = connect({ host: hostname, port: Number(port) }).on("error", () => {});
		await once(socket, "connect");
		silent.push(socket);
	}
	const ready = await fetch(`${health}/health/ready`, { signal: AbortSignal.timeout(5_000) });
	for (const socket of silent) socket.destroy();

	expect(ready.status).toBe(200);
});
