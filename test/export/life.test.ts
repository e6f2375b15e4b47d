import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";
import { get, jsonLines } from "./client.ts";
import { manyUsages } from "./many-usages.ts";

/** More than the kernel takes on the way to a client that does not read, by far. */
const records = 3_000;
const characters = 10_000;

let gateway: Gateway;
let token: string;
let provider: Awaited<ReturnType<typeof manyUsages>>;
let open: { destroy(): void }[] = [];

async function start(limits: Parameters<typeof startGateway>[0] = { limits: { ...unlimited, exportPage: 100 } }, size = characters): Promise<void> {
	gateway = await startGateway(limits);
	provider = await manyUsages(gateway, records, size);
	token = provider.token;
}

beforeEach(() => {
	open = [];
});

afterEach(async () => {
	for (const each of open) each.destroy();
	expect(gateway.bugs()).toEqual([]);
	await gateway.stop();
});

/** An export whose client reads nothing of it yet. */
async function unread(path = "/export/componentUsages.csv"): Promise<IncomingMessage> {
	const sent = request(new URL(path, gateway.url), { headers: { authorization: `Token ${token}` }, agent: false }).end();
	sent.on("error", () => {});
	const [response] = (await once(sent, "response")) as [IncomingMessage];
	open.push(response);
	return response;
}

/** Reads to the end, and says whether that was the end of the file. */
async function readOn(response: IncomingMessage): Promise<{ text: string; isWhole: boolean }> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of response) chunks.push(chunk as Buffer);
	} catch {} // it was cut: `complete` says so
	return { text: Buffer.concat(chunks).toString(), isWhole: response.complete };
}

const pagesRead = (statements: readonly string[]): number => statements.filter((text) => text.includes('from "ComponentUsage" "t"')).length;

const settled = () => new Promise((resolve) => setTimeout(resolve, 500));

test("a client that takes its time decides how fast pages are read, and no connection is held meanwhile", async () => {
	await start();
	const response = await unread();
	await expect.poll(async () => pagesRead(await gateway.statementsOf(settled)), { timeout: 20_000 }).toBe(0);
	const rest = gateway.statementsOf(async () => {
		const { text, isWhole } = await readOn(response);
		expect([text.split("\r\n").length - 2, isWhole]).toEqual([records, true]);
	});
	expect(pagesRead(await rest)).toBeGreaterThan(records / 100 / 2);
});

test("a token has two exports at once: a third is told when to try again, and begins when one has ended or its client has gone", async () => {
	await start();
	const [one] = [await unread(), await unread()];
	const third = await get(gateway, "/export/componentUsages.csv?type=none", { token });
	expect([third.status, third.headers.get("retry-after"), third.errors[0].extensions.code]).toEqual([429, "5", "RATE_LIMITED"]);
	const other = await provider.staffToken();
	expect((await get(gateway, "/export/componentUsages.csv?type=none", { token: other })).status).toBe(200);
	one?.destroy();
	await expect.poll(async () => (await get(gateway, "/export/componentUsages.csv?type=none", { token })).status, { timeout: 20_000 }).toBe(200);
});

test("many clients that go while they read leave nothing behind", async () => {
	await start();
	for (let times = 0; times < 6; times++) {
		const response = await unread();
		response.destroy();
		await expect.poll(async () => (await get(gateway, "/export/componentUsages.csv?type=none", { token })).status, { timeout: 20_000 }).toBe(200);
	}
});

describe("an export that cannot go on has no end, and says why where it can", () => {
	const revoke = () => gateway.database.rows(sql`update "Token" set "revoked" = now() where "name" = 'test'`);
	const loseRole = () => gateway.database.rows(sql`delete from "CustomerRole"`);

	test.each([
		["a token that is revoked", revoke, "UNAUTHENTICATED"],
		["a role that is lost", loseRole, "FORBIDDEN"],
	])("for %s", async (_why, change, code) => {
		await start();
		const [file, lines] = [await unread(), await unread("/export/componentUsages.ndjson")];
		await change();
		const [csv, ndjson] = await Promise.all([readOn(file), readOn(lines)]);
		const rows = jsonLines(ndjson.text);
		expect([csv.isWhole, ndjson.isWhole]).toEqual([false, false]);
		expect(rows.at(-1)).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
		expect(rows.length).toBeLessThan(records);
	});

	test("for a service that stops", async () => {
		await start();
		const lines = await unread("/export/componentUsages.ndjson");
		const stopped = gateway.stop();
		const { text, isWhole } = await readOn(lines);
		await stopped;
		expect([isWhole, text.includes("SERVICE_UNAVAILABLE")]).toEqual([false, true]);
		await start(undefined, 0);
	});

	test("to a client of HTTP/1.0, for which the end of a connection is the end of a file, by a reset", async () => {
		await start();
		const { hostname, port } = new URL(gateway.url);
		const socket = connect(Number(port), hostname);
		open.push(socket);
		socket.write(`GET /export/componentUsages.csv HTTP/1.0\r\nhost: localhost\r\nauthorization: Token ${token}\r\n\r\n`);
		await once(socket, "readable");
		const ended = Promise.race([once(socket, "error").then(([error]) => error.code), once(socket, "end").then(() => "a whole file")]);
		await revoke();
		socket.resume();
		expect(await ended).toBe("ECONNRESET");
	});
});
