import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ask, directoriesForFile, type Ended, type Service, startService } from "../command/process.ts";

const directory = directoriesForFile();

const statusOf = async (url: string) => (await fetch(url, { headers: { connection: "close" } })).status;
const textOf = async (url: string) => (await fetch(url, { headers: { connection: "close" } })).text();

describe("a service with a port for those who run it, and a log", () => {
	let service: Service;
	let operations: string;
	let ended: Ended;
	let live: number;
	let metrics: string;
	beforeAll(async () => {
		service = await startService({ DATA_DIR: await directory(), OPERATIONS_PORT: "0", LOG: "json" });
		operations = /^Health and metrics: (\S+)$/m.exec(service.greeting)?.[1] ?? "";
		await until(200);
		await ask(service, "demo_owner", "query Who { viewer { username } }");
		await vi.waitUntil(async () => (await textOf(`${operations}/metrics`)).includes("usage_gateway_notifications{"), { timeout: 60_000 });
		metrics = await textOf(`${operations}/metrics`);

		// A request that is not sent to its end holds the service up, and with it what can be asked of it.
		const headers = { "content-type": "application/json", "content-length": 100, expect: "100-continue" };
		const holding = request(service.url, { method: "POST", headers }).on("error", () => {});
		holding.flushHeaders();
		await once(holding, "continue");
		const end = service.stop();
		await until(503);
		live = await statusOf(`${operations}/health/live`);
		holding.destroy();
		ended = await end;
	});
	afterAll(() => void service.kill());

	/** Resolves when readiness is answered with the status. */
	const until = (status: number) => vi.waitFor(async () => expect(await statusOf(`${operations}/health/ready`)).toBe(status), { timeout: 60_000 });

	test("is not ready any more while it stops, and live until it ends", () => {
		expect([live, ended.exitCode]).toEqual([200, 0]);
	});

	test("leaves out for how long a notification is due where none is sent, and not what is in its log", () => {
		const named = (name: string) => metrics.split("\n").filter((line) => line.startsWith(`usage_gateway_${name} `));
		expect(named("notifications_overdue_seconds")).toEqual([]);
		expect(named("log_undelivered_age_seconds")).toHaveLength(1);
	});

	test("writes a line of each operation behind its greeting", () => {
		const [line = "", ...others] = ended.stdout.slice(service.greeting.length).trimEnd().split("\n");
		expect(JSON.parse(line)).toMatchObject({ viewer: "owner", type: "query", name: "Who", outcome: "ok", codes: [] });
		expect(others).toEqual([]);
	});
});
