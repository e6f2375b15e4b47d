import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { raw } from "../../src/database/sql.ts";
import { deepestRow } from "../../src/rest/page.ts";
import { type Gateway, gatewayForFile, startGateway } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { limited } from "../support/limited.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { hex, rest } from "./client.ts";

const gateway = gatewayForFile();
let provider: Provider;
let token: string;

beforeAll(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	token = provider.token;
});

const setUsage = "marketplace-component-usages/set_usage/";

describe("a page that is too deep", () => {
	test("is refused before anything is counted", async () => {
		const statements = await gateway().statementsOf(async () => {
			const { status, json } = await rest(gateway(), `marketplace-component-usages/?page_size=300&page=${deepestRow}`, { token });
			expect([status, json.detail]).toEqual([404, expect.stringContaining("Invalid page.")]);
		});
		expect(statements.filter((text) => text.includes('"ComponentUsage"'))).toEqual([]);
	});
});

test("a giant page is no larger than the largest", async () => {
	const statements = await gateway().sqlOf(() => rest(gateway(), `marketplace-component-usages/?page_size=99999999`, { token }));
	const resource = await provider.resource();
	await provider.usage(resource, "cpu", "2026-10-01", "1");
	const read = await gateway().statementsOf(() => rest(gateway(), "marketplace-component-usages/?page_size=99999999", { token }));
	expect(statements.length).toBeLessThanOrEqual(2);
	expect(read.find((text) => text.includes("limit "))).toContain("limit 301");
});

describe("a key in a path that is no uuid leads nowhere", () => {
	test.each(["1", "x", "*", "'%20or%201=1", "..%2f..", "%00", "00000000-0000-0000-0000-00000000000g", "a".repeat(4_000)])("%s", async (key) => {
		for (const path of ["marketplace-component-usages", "component-user-usage-limits", "marketplace-category-component-usages"]) {
			const { status, json } = await rest(gateway(), `${path}/${key}/`, { token });
			expect([status, json]).toEqual([404, { detail: "Not found." }]);
		}
		expect(gateway().bugs()).toEqual([]);
	});
});

describe("what looks like SQL is a value like others", () => {
	const evil = `' or 1=1; drop table "Token"; --`;
	test.each(["type", "username", "component_type"])("in the filter %s", async (filter) => {
		for (const path of ["marketplace-component-usages/", "marketplace-component-user-usages/", "component-user-usage-limits/", "marketplace-offering-users/"]) {
			const { status, json } = await rest(gateway(), `${path}?${filter}=${encodeURIComponent(evil)}`, { token });
			expect(status).toBe(200);
			expect(Array.isArray(json)).toBe(true);
		}
	});

	test("in a body", async () => {
		const resource = await provider.resource();
		const body = { resource: hex(resource), usages: [{ type: evil, amount: "1" }] };
		const { status, json } = await rest(gateway(), setUsage, { method: "POST", token, body });
		expect([status, json]).toEqual([400, { usages: [`These components are invalid: ${evil}.`] }]);
		expect(gateway().bugs()).toEqual([]);
	});

	test("and a character that no text may have is refused", async () => {
		const { status, json } = await rest(gateway(), "marketplace-component-usages/?type=%00", { token });
		expect([status, json.detail]).toEqual([400, "Text must not contain the character U+0000."]);
		expect(gateway().bugs()).toEqual([]);
	});
});

describe("a token that signs nobody in is refused", () => {
	test.each([
		["Token demo_unknown", "Invalid token."],
		["Token", "Invalid token."],
		["Basic ZGVtbzpkZW1v", "Invalid token."],
		["Bearer Token Token x", "Invalid token."],
		["", "Authentication credentials were not provided."],
	])("%j", async (authorization, detail) => {
		const { status, json } = await rest(gateway(), "users/me/", { headers: { authorization } });
		expect([status, json]).toEqual([401, { detail }]);
	});
});

test.each(["Token", "Bearer", "Bearer Token", "token"])("a token is taken as «%s …»", async (scheme) => {
	const { status } = await rest(gateway(), "users/me/", { headers: { authorization: `${scheme} ${token}` } });
	expect(status).toBe(200);
});

describe("a body", () => {
	const post = (body: unknown, headers: Record<string, string> = {}) => rest(gateway(), setUsage, { method: "POST", token, body, headers });

	test("of more than 256 KB is refused", async () => {
		const { status, json } = await post({ usages: [{ type: "x".repeat(300_000), amount: "1" }] });
		expect([status, json]).toEqual([413, { detail: "A request has at most 256 KB." }]);
	});

	test("of more than 256 KB is refused when its length is not said before", async () => {
		const answer = await new Promise<string>((resolve, reject) => {
			const { hostname, port } = new URL(gateway().url);
			const socket = connect(Number(port), hostname);
			let text = "";
			socket
				.on("data", (data) => (text += data))
				.on("close", () => resolve(text))
				.on("error", reject);
			socket.write(
				`POST /api/${setUsage} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
			);
			const chunk = "x".repeat(0x8000);
			for (let sent = 0; sent < 10; sent++) socket.write(`8000\r\n${chunk}\r\n`);
		});
		expect(answer).toMatch(/^HTTP\/1\.1 413 /);
	});

	test("that ends too early is no bug", async () => {
		await new Promise<void>((resolve) => {
			const { hostname, port } = new URL(gateway().url);
			const socket = connect(Number(port), hostname, () => {
				socket.write(
					`POST /api/${setUsage} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
				);
				setTimeout(() => socket.destroy(), 50);
			});
			socket.on("close", () => resolve());
		});
		expect((await rest(gateway(), "version/", { token })).status).toBe(200);
		expect(gateway().bugs()).toEqual([]);
	});

	test.each([
		["{", "JSON parse error: the body is not JSON."],
		["[1]", "The body is not a JSON object."],
		["null", "The body is not a JSON object."],
		["[".repeat(200) + "]".repeat(200), "Lists and objects are nested more than 100 deep."],
	])("that is %s is refused", async (text, detail) => {
		const { status, json } = await post(text);
		expect([status, json]).toEqual([400, { detail }]);
	});

	test("is JSON: a form of another site is refused", async () => {
		const { status } = await post("usages=1", { "content-type": "application/x-www-form-urlencoded" });
		expect(status).toBe(415);
	});

	test("whose fields are of other types is refused at each of them", async () => {
		const usages = [{ type: "cpu", amount: "1" }, { type: 5, amount: "x", recurring: "yes" }, "cpu", { amount: 1e300 }];
		const { status, json } = await post({ resource: 5, plan_period: "x", usages, date: "yesterday" });
		expect(status).toBe(400);
		expect(json).toMatchObject({
			resource: ["Enter the URL of an object, or its UUID."],
			plan_period: ["Enter the URL of an object, or its UUID."],
			usages: [
				{},
				{ type: ["Not a valid string."], amount: [expect.stringContaining("A valid number is required.")], recurring: ["Must be a valid boolean."] },
				{ non_field_errors: ["Invalid data. Expected a dictionary."] },
				{ type: ["This field is required."], amount: [expect.stringContaining("A valid number is required.")] },
			],
			date: [expect.stringContaining("Datetime has wrong format.")],
		});
	});

	test("names fields of its own, not those that every object has", async () => {
		const { status, json } = await post({ __proto__: { usages: [] } });
		expect([status, json]).toEqual([400, { usages: ["This field is required."] }]);
	});
});

test("a method that an address does not have is refused with those that it has", async () => {
	const { status, json, headers } = await rest(gateway(), "component-user-usage-limits/", { method: "PUT", token, body: {} });
	expect([status, json, headers.get("allow")]).toEqual([405, { detail: 'Method "PUT" not allowed.' }, "GET, POST"]);
});

test("an address that is not there is not found, and one without its last slash leads to the one with it", async () => {
	expect((await rest(gateway(), "nothing/", { token })).json).toEqual({ detail: "Not found." });
	const { status, headers } = await rest(gateway(), "users/me?x=1");
	expect([status, headers.get("location")]).toEqual([301, "/api/users/me/?x=1"]);
});

test("addresses are made of what the service is called, whatever a client calls it", async () => {
	const { text, headers } = await rest(gateway(), "component-user-usage-limits/", { token, headers: { "x-forwarded-host": "evil.example.org" } });
	expect(`${text}${headers.get("link")}`).not.toContain("evil");
	const named = await startGateway({ limits: { ...limited, rest: { publicUrl: "https://usage.example.org/gateway", version: "1" } } });
	const staff = await (await makeProvider(named)).staffToken();
	const me = await rest(named, "users/me/", { token: staff });
	await named.stop();
	expect(me.json.url).toMatch(/^https:\/\/usage\.example\.org\/gateway\/api\/users\/[0-9a-f]{32}\/$/);
});

describe("what a token may ask for", () => {
	let metered: Gateway;
	let consumer: string;

	beforeAll(async () => {
		metered = await startGateway({ limits: limited });
		await makeProvider(metered);
		await insert(metered.database, "User", { username: "consumer" });
		consumer = "demo_consumer";
		await addToken(metered.database, { token: consumer, username: "consumer", name: "test", expires: null, now: new Date(0) });
	});
	afterAll(() => metered.stop());

	test("is one allowance for both interfaces, and too much of it is told with the time to wait", async () => {
		const before = (await metered.send(consumer, "{ viewer { uuid } }")).extensions?.["cost"] as { remaining: number };
		const one = await rest(metered, "marketplace-component-user-usages/?page_size=300", { token: consumer }); // 81 points
		const after = (await metered.send(consumer, "{ viewer { uuid } }")).extensions?.["cost"] as { remaining: number };
		expect(one.status).toBe(200);
		expect(after.remaining).toBeLessThan(before.remaining - 20);
		let refused = one;
		for (let asked = 0; refused.status === 200 && asked < 100; asked++) {
			refused = await rest(metered, "marketplace-component-user-usages/?page_size=300", { token: consumer });
		}
		expect(refused.status).toBe(429);
		expect(refused.json.detail).toMatch(/^Request was throttled\. Expected available in \d+ seconds?\.$/);
		expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
	});

	test("is nothing for an address that tries tokens in vain", async () => {
		const tried = async () => (await rest(metered, "users/me/", { token: "demo_guessed" })).status;
		const statuses = new Set<number>();
		for (let tries = 0; tries < 130 && !statuses.has(429); tries++) statuses.add(await tried());
		const { status, headers } = await rest(metered, "users/me/", { token: "demo_guessed" });
		expect([...statuses]).toEqual([401, 429]);
		expect([status, Number(headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
	});

	test("does not reach for a change of more items than one operation may have", async () => {
		const usages = Array.from({ length: 1_000 }, (_, index) => ({ type: `t${index}`, amount: "1" }));
		const { status, json } = await rest(metered, setUsage, { method: "POST", token: consumer, body: { usages } });
		expect([status, json.detail]).toEqual([400, expect.stringContaining("and 1000 is allowed")]);
	});
});

// The embedded database has one connection, which a lock would hold.
test.runIf(inject("templates").engine === "PostgreSQL")("a request that takes too long is ended, and says so", async () => {
	const slow = await startGateway({ limits: { ...limited, admission: { ...limited.admission, maxExecutionTime: 200 } } });
	const staff = await (await makeProvider(slow)).staffToken();
	const { status, json } = await slow.database.withSession(async (session) => {
		await session.rows(raw("begin"));
		await session.rows(raw('lock table "ComponentUsage" in access exclusive mode'));
		const answer = await rest(slow, "marketplace-component-usages/", { token: staff });
		await session.rows(raw("rollback"));
		return answer;
	});
	await slow.stop();
	expect([status, json.detail]).toEqual([503, expect.stringContaining("took longer than it may")]);
	expect(slow.bugs()).toEqual([]);
});

test("a page of another site is refused as in GraphQL, in the shape of its answers", async () => {
	const known = await startGateway({ limits: { ...limited, hosts: ["127.0.0.1"] } });
	const { status, json } = await rest(known, "version/", { token, headers: { origin: "https://evil.example.org" } });
	await known.stop();
	expect([status, json]).toEqual([403, { detail: expect.stringContaining("Pages of this origin may not ask here") }]);
});

test("without REST there is nothing at its addresses", async () => {
	const off = await startGateway({ limits: { ...limited, rest: undefined } });
	const { status } = await rest(off, "users/me/", { token });
	await off.stop();
	expect(status).toBe(404);
});
