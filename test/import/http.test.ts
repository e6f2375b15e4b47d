import { afterEach, describe, expect, test } from "vitest";
import type { HttpOptions } from "../../src/import/http.ts";
import { askedWait } from "../../src/import/retry-after.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { answering, cutOff, failing, hanging } from "../waldur/faults.ts";
import { type Interception, startWaldur, type WaldurOptions } from "../waldur/waldur.ts";
import { id } from "./small-world.ts";

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

const users = [...Array(25).keys()].map((index) => ({ uuid: id(index + 1), username: `user-${index + 1}` }));

/** Reads the users without waiting in fact, and returns what came of it. */
async function readUsers(intercept: Interception, http: Partial<HttpOptions> = {}, options: WaldurOptions = {}) {
	const waldur = await startWaldur({ users }, intercept, options);
	stop = waldur.stop;
	const waits: number[] = [];
	const lines: string[] = [];
	const sleep = async (milliseconds: number) => void waits.push(milliseconds);
	const source = urlSource(waldur.base, waldur.token, { pauses: [1, 2], sleep, tell: (line) => lines.push(line), ...http });
	const withoutPort = (text: string) => text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "");
	let records = 0;
	let problem: string | undefined;
	try {
		for await (const piece of source.read("users")) records += piece.records.length;
	} catch (error) {
		problem = error instanceof Error ? withoutPort(error.message) : String(error);
	}
	return { records, problem, waits, lines: lines.map(withoutPort), requests: waldur.requests };
}

describe("a server that asks to be left alone", () => {
	test.each([429, 503])("by status %i is asked again after the seconds that it names, which are announced", async (status) => {
		const { records, waits, lines } = await readUsers(failing("users", 1, answering(status, { "retry-after": "60" })));
		expect({ records, waits, lines }).toEqual({
			records: 25,
			waits: [60_000],
			lines: ["/api/users/ asks to be left alone for 60 seconds: waiting."],
		});
	});

	test("until a moment is asked again then, by its own clock", async () => {
		const headers = { date: "Tue, 01 Dec 2026 10:00:00 GMT", "retry-after": "Tue, 01 Dec 2026 10:01:30 GMT" };
		expect((await readUsers(failing("users", 1, answering(429, headers)))).waits).toEqual([90_000]);
	});

	test("for a moment is not announced", async () => {
		const { waits, lines } = await readUsers(failing("users", 1, answering(429, { "retry-after": "2" })));
		expect({ waits, lines }).toEqual({ waits: [2_000], lines: [] });
	});

	test("for longer than IMPORT_MAX_WAIT ends the import in one line", async () => {
		const { problem, waits } = await readUsers(failing("users", 1, answering(503, { "retry-after": "301" })));
		expect({ problem, waits }).toEqual({ problem: "/api/users/ asks to be left alone for 301 seconds: IMPORT_MAX_WAIT is 300.", waits: [] });
	});

	test("again and again is asked no longer than IMPORT_MAX_WAIT in all", async () => {
		const { problem } = await readUsers(failing("users", 99, answering(429, { "retry-after": "40" })), { maxWait: 100_000 });
		expect(problem).toBe("/api/users/ asks to be left alone for 40 seconds, after 80: IMPORT_MAX_WAIT is 100.");
	});

	test("for no time is asked again as one that is busy", async () => {
		const { waits, problem } = await readUsers(failing("users", 9, answering(429, { "retry-after": "0" })));
		expect({ waits, problem }).toEqual({ waits: [1, 2], problem: "/api/users/ answers with status 429." });
	});

	test("is left alone by all requests, and says so once", async () => {
		let refused = 0;
		const refusing: Interception = (request, response, state) =>
			!request.url?.includes("page=1&") && refused++ < 4 && answering(429, { "retry-after": "60" })(request, response, state);
		const { records, lines } = await readUsers(refusing, {}, { largestPage: 5 });
		expect({ records, lines }).toEqual({ records: 25, lines: ["/api/users/ asks to be left alone for 60 seconds: waiting."] });
	});
});

test.each([
	["seconds", { "retry-after": "7" }, 7_000],
	["a moment without a Date, by our clock", { "retry-after": "Tue, 01 Dec 2026 10:00:05 GMT" }, 5_000],
	["a moment that has passed", { "retry-after": "Tue, 01 Dec 2026 09:00:00 GMT" }, undefined],
	["something else", { "retry-after": "soon" }, undefined],
	["nothing", {}, undefined],
])("Retry-After with %s", (_, headers, wait) => {
	expect(askedWait(new Headers(headers), new Date("2026-12-01T10:00:00Z"))).toBe(wait);
});

describe("a passing failure is tried again", () => {
	test.each([
		["a bad gateway", answering(502), {}],
		["an answer that is cut off", cutOff, {}],
		["an answer that never comes", hanging, { timeout: 200 }],
	])("%s", async (_, fail, http) => {
		expect(await readUsers(failing("users", 2, fail), http)).toMatchObject({ records: 25, problem: undefined, waits: [1, 2] });
	});

	test("but not for ever", async () => {
		expect(await readUsers(failing("users", 9, answering(502)))).toMatchObject({ records: 0, problem: "/api/users/ answers with status 502." });
	});
});

describe("a link to the next page", () => {
	const linked = (linkOrigin: (origin: string) => string) => readUsers(() => false, {}, { largestPage: 10, counts: false, linkOrigin });

	test("that differs in the scheme is followed on the server that was asked", async () => {
		expect(await linked((origin) => origin.replace("http:", "https:"))).toMatchObject({ records: 25, problem: undefined });
	});

	test.each([
		["another host", (origin: string) => origin.replace("127.0.0.1", "localhost")],
		["another port", (origin: string) => `${origin}1`.replace(/:\d+$/, ":1")],
		["another scheme than http and https", (origin: string) => origin.replace("http:", "ftp:")],
	])("to %s is not followed", async (_, linkOrigin) => {
		const { problem } = await linked(linkOrigin);
		expect(problem).toMatch(/^\/api\/users\/ continues on another server, .*, which is not followed\.$/);
	});

	test("whose path looks like another host stays on the server", async () => {
		const linking: Interception = (request, response) => {
			if (request.url?.startsWith("/api/") !== true) return false;
			response.setHeader("link", `<http://${request.headers.host}//other.example.org/users/>; rel="next"`);
			response.end(JSON.stringify(users.slice(0, 1)));
			return true;
		};
		const { requests } = await readUsers(linking);
		expect(requests.at(-1)).toMatch(/^\/\/other\.example\.org\/users\//);
	});
});
