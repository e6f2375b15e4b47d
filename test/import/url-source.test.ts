import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { importDataset } from "../../src/import/import.ts";
import { listNames } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { generateWorld } from "../../src/world/world.ts";
import { id, smallWorld } from "./small-world.ts";
import { contents, importFolder, testDatabase, testFolders } from "./support.ts";
import { type Interception, startWaldur } from "./waldur.ts";

const database = testDatabase();
const folder = testFolders();

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

const started = async (lists: Parameters<typeof startWaldur>[0] = smallWorld(), intercept?: Interception) => {
	const waldur = await startWaldur(lists, intercept);
	stop = waldur.stop;
	return waldur;
};

const importFrom = (base: URL, token: string | undefined, pauses: readonly number[] = [0, 0]) =>
	importDataset({ database: database(), source: urlSource(base, token, { pauses, timeout: 60_000 }), timeZone: "UTC", evaluatePolicies: async () => {} });

const refusal = (importing: Promise<unknown>) =>
	importing.then(
		() => undefined,
		(error: Error) => error.message,
	);

test("a running Waldur yields the same database as its dump", async () => {
	const world = await folder();
	await generateWorld({ folder: world, seed: 7, until: "2026-11", months: 6, now: new Date("2026-11-20T10:00:00Z") });
	await importFolder(database(), world);
	const dumped = await contents(database());
	await database().rows(sql`truncate "Customer", "User", "OrganizationGroup", "Category" cascade`);
	const lists = Object.fromEntries(await Promise.all(listNames.map(async (list) => [list, JSON.parse(await readFile(join(world, `${list}.json`), "utf8"))])));
	const { base, token } = await started(lists);
	await importFrom(base, token);
	expect(await contents(database())).toEqual(dumped);
});

test("at most 300 records are asked for at once", async () => {
	const { base, token, requests } = await started();
	await importFrom(base, token);
	expect(requests.filter((request) => Number(/page_size=(\d+)/.exec(request)?.[1] ?? 301) > 300)).toEqual([]);
});

test("a base address without a slash at its end is the same", async () => {
	const { base, token } = await started();
	const { refused, created } = await importFrom(new URL(base.href.slice(0, -1)), token);
	expect({ refused, created }).toEqual({ refused: 0, created: 16 });
});

test("a usage as a number in the answer keeps every digit", async () => {
	const answer = JSON.stringify([{ ...smallWorld()["marketplace-component-usages"][0], usage: "HERE" }]).replace('"HERE"', "12345678901234567.89");
	const { base, token } = await started(smallWorld(), (request, response) => {
		if (!request.url?.includes("/marketplace-component-usages/")) return false;
		response.end(answer);
		return true;
	});
	await importFrom(base, token);
	expect(await database().rows(sql`select "usage" from "ComponentUsage"`)).toEqual([{ usage: "12345678901234567.89" }]);
});

describe("what cannot be read is told in one line, and nothing is written", () => {
	test("no token", async () => {
		const { base } = await started();
		expect(await refusal(importFrom(base, undefined))).toBe(`${base.href}customers/ wants a token: set WALDUR_TOKEN.`);
	});

	test("a wrong token", async () => {
		const { base } = await started();
		expect(await refusal(importFrom(base, "wrong"))).toBe(`${base.href}customers/ does not accept the token of WALDUR_TOKEN.`);
	});

	test("a host that nobody answers at", async () => {
		const base = new URL("http://127.0.0.1:2/api/"); // nobody's: a port that was free a moment ago could be somebody's by now
		expect(await refusal(importFrom(base, "any"))).toMatch(/^http:\/\/127\.0\.0\.1:2\/api\/customers\/ cannot be reached: .*ECONNREFUSED/);
	});

	test("a web page instead of a list", async () => {
		const { base, token } = await started({}, (_, response) => {
			response.end("<html>");
			return true;
		});
		expect(await refusal(importFrom(base, token))).toBe(
			`${base.href}customers/ does not answer with a JSON array: Parser cannot parse input: expected a value.`,
		);
	});

	test("a server that is no Waldur", async () => {
		const { base, token } = await started({}, (_, response) => {
			response.writeHead(404).end();
			return true;
		});
		expect(await refusal(importFrom(base, token))).toBe(`${base.href} is not the API of a Waldur: it has no customers/.`);
	});
});

describe("a passing failure", () => {
	const failing = (times: number, fail: Interception): Interception => {
		let left = times;
		return (request, response, state) => request.url?.includes("/users/") === true && left-- > 0 && fail(request, response, state);
	};
	const unavailable: Interception = (_, response) => {
		response.writeHead(503).end();
		return true;
	};
	const cutOff: Interception = (_, response) => {
		response.writeHead(200, { "content-length": 1000 });
		response.write("[");
		response.socket?.destroy();
		return true;
	};

	test.each([
		["a server that is busy", unavailable],
		["an answer that is cut off", cutOff],
	])("%s is asked again", async (_, fail) => {
		const { base, token } = await started(smallWorld(), failing(2, fail));
		expect((await importFrom(base, token)).created).toBe(16);
	});

	test("that does not pass ends the import", async () => {
		const { base, token } = await started(smallWorld(), failing(9, unavailable));
		expect(await refusal(importFrom(base, token))).toBe(`${base.href}users/ answers with status 503.`);
	});
});

describe("the token goes to the given server only", () => {
	const seen: (string | undefined)[] = [];
	const elsewhere = async (answer: (other: URL) => Interception) => {
		seen.length = 0;
		const other = await startWaldur({}, (request, response) => {
			seen.push(request.headers.authorization);
			response.end("[]");
			return true;
		});
		const { base, token } = await started(
			smallWorld(),
			(request, response, state) => request.url?.includes("/users/") === true && answer(other.base)(request, response, state),
		);
		const message = await refusal(importFrom(base, token));
		await other.stop();
		return message?.replace(base.href, "BASE/").replace(other.base.href, "OTHER/");
	};

	test("a next page on another server is not followed", async () => {
		const message = await elsewhere((other) => (_, response) => {
			response.setHeader("Link", `<${other.href}users/?page=2>; rel="next"`);
			response.end(JSON.stringify([{ uuid: id(20), username: "ann" }]));
			return true;
		});
		expect({ message, seen }).toEqual({ message: "BASE/users/ continues on another server, OTHER/users/?page=2, which is not followed.", seen: [] });
	});

	test("a redirect to another server is not followed", async () => {
		const message = await elsewhere((other) => (_, response) => {
			response.writeHead(302, { location: `${other.href}users/` }).end();
			return true;
		});
		expect({ message, seen }).toEqual({ message: "BASE/users/ redirects to OTHER/users/: give the address it redirects to.", seen: [] });
	});
});

test("a list that does not tell where it continues is not taken for whole", async () => {
	const { base, token } = await started(smallWorld(), (request, response) => {
		if (!request.url?.includes("/users/")) return false;
		response.setHeader("X-Result-Count", 2);
		response.end(JSON.stringify([{ uuid: id(20), username: "ann" }]));
		return true;
	});
	expect(await refusal(importFrom(base, token))).toBe(
		`${base.href}users/ could not be read whole in 4 readings, at last because a record came twice. Import again when less changes there.`,
	);
});
