import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, inject, onTestFinished, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { exitCodes, Failure } from "../../src/shared/failure.ts";
import { type Observation, startObservation } from "../../src/telemetry/observation.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

const closing: (() => unknown)[] = [];
afterAll(async () => {
	for (const close of closing.reverse()) await close();
});

async function observation(port = 0): Promise<Observation> {
	const started = await startObservation({ server: { host: "127.0.0.1", port }, collector: undefined, write: undefined, clock: () => new Date(0) });
	closing.push(() => started.stop());
	return started;
}

const statusOf = async ({ url }: Observation, path: string) => (await fetch(`${url}${path}`, { headers: { connection: "close" } })).status;
const isReady = async (observed: Observation) => (await statusOf(observed, "/health/ready")) === 200;
const polling = { timeout: 60_000, interval: 20 };

describe("a service on the embedded database or a server", () => {
	async function watched(): Promise<{ observed: Observation; database: Database }> {
		const observed = await observation();
		const database = await freshDatabase("empty");
		closing.push(() => database.close().catch(() => {}));
		observed.health.watch(database.probe());
		return { observed, database };
	}

	test("is live and not ready while it starts", async () => {
		const observed = await observation();
		expect([await statusOf(observed, "/health/live"), await statusOf(observed, "/health/ready")]).toEqual([200, 503]);
	});

	test("is ready when its database answers", async () => {
		const { observed } = await watched();
		await expect.poll(() => isReady(observed), polling).toBe(true);
	});

	test("is not ready, and says why, while something is wrong with the service itself", async () => {
		const observed = await observation();
		const database = await freshDatabase("empty");
		closing.push(() => database.close().catch(() => {}));
		let problem: string | undefined = "The clock is wrong.";
		observed.health.watch(database.probe(), () => problem);

		const answer = await fetch(`${observed.url}/health/ready`, { headers: { connection: "close" } });
		expect([answer.status, await answer.text()]).toEqual([503, "not ready: The clock is wrong.\n"]);
		problem = undefined;
		await expect.poll(() => isReady(observed), polling).toBe(true);
	});

	test("is not ready any more as soon as it stops, and still live", async () => {
		const { observed } = await watched();
		await expect.poll(() => isReady(observed), polling).toBe(true);
		void observed.health.stop();
		expect([await statusOf(observed, "/health/ready"), await statusOf(observed, "/health/live")]).toEqual([503, 200]);
	});
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a service whose PostgreSQL server falls silent (skipped without one)", () => {
	test("is not ready meanwhile, and is again when the server answers", async () => {
		const database = await freshDatabase("empty");
		closing.push(() => database.close());
		const line = await startLine(new URL(await urlOf(database)));
		const through = await openPostgres(line.url, { waits: patient });
		closing.push(() => through.close());
		const observed = await observation();
		observed.health.watch(through.probe());
		await expect.poll(() => isReady(observed), polling).toBe(true);

		line.hold();
		await expect.poll(() => isReady(observed), polling).toBe(false);
		line.resume();
		await expect.poll(() => isReady(observed), polling).toBe(true);
	});
});

/** A line to the server on which everything can be held up, as by a network that is away. */
async function startLine(server: URL): Promise<{ url: string; hold(): void; resume(): void }> {
	const sockets = new Set<Socket>();
	let isHeld = false;
	const listener: Server = createServer((near) => {
		const far = connect(Number(server.port), server.hostname);
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(socket);
			socket.pipe(other);
			socket.on("error", () => other.destroy()).on("close", () => sockets.delete(socket));
			if (isHeld) socket.pause();
		}
	});
	await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
	closing.push(() => {
		for (const socket of sockets) socket.destroy();
		listener.close();
	});
	const url = new URL(server);
	url.host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
	return {
		url: url.href,
		hold: () => {
			isHeld = true;
			for (const socket of sockets) socket.pause();
		},
		resume: () => {
			isHeld = false;
			for (const socket of sockets) socket.resume();
		},
	};
}

test("a port that is in use is told in one line that names the variable", async () => {
	const taken = createHttpServer();
	await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => void taken.close());
	const { port } = taken.address() as AddressInfo;
	await expect(observation(port)).rejects.toEqual(
		new Failure(`Port ${port} on 127.0.0.1 is in use. Stop what listens there, or set OPERATIONS_PORT to another one.`, exitCodes.portInUse),
	);
});

test("nothing else is answered on the port", async () => {
	const observed = await observation();
	expect(await statusOf(observed, "/graphql")).toBe(404);
});
