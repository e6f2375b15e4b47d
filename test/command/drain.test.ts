import { beforeAll, describe, expect, test } from "vitest";
import { connectRaw } from "../support/raw-sockets.ts";
import { ask, directoriesForFile, type Service, startService } from "./process.ts";

const directory = directoriesForFile();

/** It ends within fifteen seconds after its drain; a busy machine gets some more. */
const timeout = 25_000;

const asked = "{ offerings(first: 1) { nodes { name } } }";

describe("a service that is asked to stop, and is to drain", () => {
	let service: Service;
	let operations: string;

	beforeAll(async () => {
		service = await startService({ DATA_DIR: await directory(), DRAIN_SECONDS: "600", OPERATIONS_PORT: "0" });
		operations = /^Health and metrics: (\S+)$/m.exec(service.greeting)?.[1] ?? "";
	});
	const isReady = async () => (await fetch(`${operations}/health/ready`)).ok;
	const signal = (name: NodeJS.Signals) => process.kill(service.pid, name);
	/** What an answer says of its connection. */
	const connectionAfter = async () =>
		(await fetch(service.url, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).headers.get("connection");

	test("is not ready any more, and serves new connections, requests and sockets meanwhile, until it is urged", async () => {
		await expect.poll(isReady, { timeout }).toBe(true);
		expect(await connectionAfter()).toBe("keep-alive");
		const early = await connectRaw(service.url, "demo_owner");
		for (let passedOn = 0; passedOn < 3; passedOn++) signal("SIGTERM"); // as npm does
		await expect.poll(isReady, { timeout }).toBe(false);
		expect(await ask(service, "demo_owner", asked)).toHaveProperty("data.offerings");
		expect(await connectionAfter()).toBe("close");
		const late = await connectRaw(service.url, "demo_owner");
		expect((await fetch(`${operations}/health/live`)).ok).toBe(true);

		const begun = performance.now();
		const urging = setInterval(() => signal("SIGTERM"), 600); // the same request when it comes within half a second
		const { exitCode } = await service.ended.finally(() => clearInterval(urging));
		expect(exitCode).toBe(0);
		expect(performance.now() - begun).toBeLessThan(timeout);
		expect([(await early.closed).code, (await late.closed).code]).toEqual([1012, 1012]);
	});
});
