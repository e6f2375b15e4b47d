import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { demoHandles } from "../../src/world/demo.ts";
import { smallWorld } from "../import/small-world.ts";
import { testFolders } from "../import/support.ts";
import { ask, begin, directoriesForFile, type Ended, run, type Service, startService } from "./process.ts";

const directory = directoriesForFile();
const folder = testFolders();

const nested = `{ resource(uuid: "${demoHandles.resource}") { name project { customer { name } } offering { name category { title } } } }`;
const report = `mutation { setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: "77.25" }] }) {
	... on SetUsagePayload { componentUsages { usage } } ... on Error { message }
} }`;
const reported = `{ resource(uuid: "${demoHandles.resource}") { currentUsages { type amount } } }`;

/** The demo's policies have fired already: the service says once that their notifications wait. */
const nothingButUnsent = /^(Notifications wait and are not sent: \d+\. SMTP_URL is not set\.\n)?$/;

describe("the service on a directory that does not exist yet", () => {
	let data: string;
	let service: Service;
	beforeAll(async () => {
		data = await directory();
		service = await startService({ DATA_DIR: data });
	});

	test("says where GraphiQL is, and the demo's six tokens", () => {
		expect(service.greeting.split("\n")).toEqual([
			`usage-gateway serves the embedded database in ${data} on ${service.url}`,
			`GraphiQL: open ${service.url} in a browser`,
			"Demo tokens: demo_staff, demo_support, demo_provider, demo_owner, demo_manager, demo_member (as «Authorization: Token demo_provider»)",
			"",
		]);
	});

	test("answers a nested query of an owner", async () => {
		expect(await ask(service, "demo_owner", nested)).toMatchObject({
			data: { resource: { project: { customer: { name: "University of Larkholm" } }, offering: { name: "Larch supercomputer" } } },
		});
	});

	test("answers the REST API too, at addresses of this computer while it is not told where it is reached", async () => {
		const of = async (path: string) =>
			(await fetch(new URL(`/api/${path}`, service.url), { headers: { authorization: "Token demo_provider", connection: "close" } })).json();
		expect(await of("version/")).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
		expect(await of("users/me/")).toMatchObject({
			username: "provider",
			url: expect.stringContaining(`http://localhost:${new URL(service.url).port}/api/users/`),
		});
	});

	describe("once it has been stopped", () => {
		let stopped: Ended;
		beforeAll(async () => {
			expect(await ask(service, "demo_provider", report)).toMatchObject({ data: { setUsage: { componentUsages: [{ usage: "77.25" }] } } });
			// A connection that asks nothing, as browsers open them in advance: waited for, the service would not end before it.
			const silent = await connected(service.url);
			stopped = await service.stop();
			silent.destroy();
		});

		test("has ended well, without a word but of what it has no mail server for, and has given the directory back", () => {
			expect(stopped).toEqual({ exitCode: 0, stdout: service.greeting, stderr: expect.stringMatching(nothingButUnsent) });
			expect(existsSync(`${data}/lock`)).toBe(false);
		});

		test("keeps what was reported, and ends as well at Ctrl-C, however often it is pressed", async () => {
			const again = await startService({ DATA_DIR: data });
			expect(await ask(again, "demo_owner", reported)).toMatchObject({
				data: { resource: { currentUsages: expect.arrayContaining([{ type: demoHandles.componentType, amount: "77.25" }]) } },
			});
			expect(await again.interrupt()).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(nothingButUnsent) });
		});
	});
});

async function connected(url: string): Promise<Socket> {
	const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
	await once(socket, "connect");
	return socket;
}

test("a service that is killed while it makes its database leaves one that the next start makes again", async () => {
	const data = await directory();
	const killed = begin("service", { DATA_DIR: data, PORT: "0", LOG: "off" });
	while (!existsSync(`${data}/pglite/PG_VERSION`)) await setTimeout(1);
	killed.child.kill("SIGKILL");
	await killed.ended;
	expect(existsSync(`${data}/pglite.unfinished`)).toBe(true);
	const service = await startService({ DATA_DIR: data });
	expect(existsSync(`${data}/pglite.unfinished`)).toBe(false);
	expect(await ask(service, "demo_owner", reported)).toMatchObject({ data: { resource: { currentUsages: expect.anything() } } });
	await service.stop();
});

test("a database that was filled by an import has no demo, and knows none of its tokens", async () => {
	const data = await directory();
	expect(await run("import", { DATA_DIR: data }, await folder(smallWorld()))).toMatchObject({ exitCode: 0 });
	const service = await startService({ DATA_DIR: data });
	expect(service.greeting).not.toContain("demo_");
	expect(await ask(service, "demo_staff", "{ viewer { username } }")).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
	await service.stop();
});
