import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { demoHandles } from "../../src/world/demo.ts";
import { smallWorld } from "../import/small-world.ts";
import { testFolders } from "../import/support.ts";
import { ask, directoriesForFile, type Ended, run, type Service, startService } from "./process.ts";

const directory = directoriesForFile();
const folder = testFolders();

const nested = `{ resource(uuid: "${demoHandles.resource}") { name project { customer { name } } offering { name category { title } } } }`;
const report = `mutation { setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: "77.25" }] }) {
	... on SetUsagePayload { componentUsages { usage } } ... on Error { message }
} }`;
const reported = `{ resource(uuid: "${demoHandles.resource}") { currentUsages { type amount } } }`;

describe("the service on a directory that does not exist yet", () => {
	let data: string;
	let service: Service;
	beforeAll(async () => {
		data = await directory();
		service = await startService({ DATA_DIR: data });
	}, 120_000);

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

	describe("once it has been stopped", () => {
		let stopped: Ended;
		let milliseconds: number;
		beforeAll(async () => {
			expect(await ask(service, "demo_provider", report)).toMatchObject({ data: { setUsage: { componentUsages: [{ usage: "77.25" }] } } });
			const before = performance.now();
			stopped = await service.stop();
			milliseconds = performance.now() - before;
		});

		test("has ended well, without a word, and has given the directory back", () => {
			expect(stopped).toEqual({ exitCode: 0, stdout: service.greeting, stderr: "" });
			expect(existsSync(`${data}/lock`)).toBe(false);
		});

		test("has not kept anybody waiting", () => {
			expect(milliseconds).toBeLessThan(5_000);
		});

		test("keeps what was reported, and ends as well at Ctrl-C, however often it is pressed", async () => {
			const again = await startService({ DATA_DIR: data });
			expect(await ask(again, "demo_owner", reported)).toMatchObject({
				data: { resource: { currentUsages: expect.arrayContaining([{ type: demoHandles.componentType, amount: "77.25" }]) } },
			});
			expect(await again.interrupt()).toMatchObject({ exitCode: 0, stderr: "" });
		});
	});
});

test("a database that was filled by an import has no demo, and knows none of its tokens", async () => {
	const data = await directory();
	expect(await run("import", { DATA_DIR: data }, await folder(smallWorld()))).toMatchObject({ exitCode: 0 });
	const service = await startService({ DATA_DIR: data });
	expect(service.greeting).not.toContain("demo_");
	expect(await ask(service, "demo_staff", "{ viewer { username } }")).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
	await service.stop();
}, 60_000);
