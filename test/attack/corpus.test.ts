import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { ExecutionResult } from "graphql";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import type { Database } from "../../src/database/database.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { fillWithDemo } from "../../src/world/fill-demo.ts";
import { type GatewayProcess, startGatewayProcess } from "../bounds/gateway-process.ts";
import { freshDatabase } from "../support/database.ts";
import { type Answer, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { demoMoment } from "../support/moments.ts";
import { connectRaw, type RawSocket } from "../support/raw-sockets.ts";
import { request } from "../support/requests.ts";
import { attacks, rawAttacks } from "./corpus.ts";
import type { Attack } from "./operations/attack.ts";
import { injections } from "./operations/injections.ts";

const isOnServer = inject("templates").engine === "PostgreSQL";

type Attacked = Pick<GatewayProcess, "url" | "bugs" | "stop"> & Partial<Pick<GatewayProcess, "stalls">>;

let gateway: Attacked;
let database: Database;

/** A process of its own on a server, whose stalls are told; on the embedded database, which a second process could not open, this one. */
async function started(): Promise<Attacked> {
	if (isOnServer) {
		return startGatewayProcess(
			async (fresh) => {
				database = fresh;
				await fillWithDemo(fresh, demoMoment);
			},
			{ isLimited: true },
		);
	}
	database = await freshDatabase("demo");
	const { url, bugs, stop } = await startGateway({ database, limits: limited });
	return { url, stop, bugs: async () => bugs().map((bug) => (bug instanceof Error ? String(bug.stack) : String(bug))) };
}

beforeAll(async () => {
	gateway = await started();
});
afterAll(() => gateway.stop());

let made = 0;

/** A token that nothing has been asked with yet. */
async function freshToken(username: string): Promise<string> {
	const token = `demo_attack${[...String(made++)].map((digit) => String.fromCharCode(97 + Number(digit))).join("")}`;
	await addToken(database, { token, username, name: "attack", expires: null, now: new Date(0) });
	return token;
}

const bodyOf = ({ query, variables = "null", operationName }: Attack): string =>
	`{"query":${JSON.stringify(query)},"variables":${variables},"operationName":${JSON.stringify(operationName ?? null)}}`;

/** The codes of all errors of an answer, typed ones included. */
function codesIn({ errors = [], data }: ExecutionResult<Answer>): string[] {
	const ofErrors = errors.map(({ extensions }) => String(extensions?.["code"]));
	const typed = Object.values(data ?? {}).flatMap((field) => (Object.hasOwn(Object(field), "code") ? [String((field as Answer).code)] : []));
	return [...new Set([...ofErrors, ...typed])];
}

/** The longest answer to what is refused, in characters. */
const maxRefusalLength = 100_000;

const maxStall = 100;

const uuids = (text: string): string[] => text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];

/** What is in a refusal that nobody should be told. */
function leaksIn(text: string, sent: string, token: string | undefined): string[] {
	const insides =
		/\bat \S+ \(|node_modules|\.[jt]s:\d|\/(?:work|home|tmp|src|usr)\/|\bselect "|\binsert into|SQLSTATE|call stack|Did you mean|originalError|Unexpected token|RangeError|TypeError/.exec(
			text,
		);
	const foreign = uuids(text).filter((uuid) => !sent.includes(uuid));
	return [...(insides ?? []), ...foreign, ...(token !== undefined && text.includes(token) ? ["the token"] : [])];
}

/** The service has met no bug, has not stood still, and answers as before. */
async function expectUnharmed(): Promise<void> {
	const { json } = await request(gateway.url, { body: '{"query":"{ viewer { username } }"}', headers: { authorization: "Token demo_staff" } });
	expect(json.data).toEqual({ viewer: { username: "staff" } });
	expect(await gateway.bugs()).toEqual([]);
	expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
	if (gateway.stalls !== undefined) expect((await gateway.stalls()).longestOwn).toBeLessThan(maxStall);
}

function expectRefused({ codes }: Attack, text: string, sent: string, token: string | undefined): void {
	if (codes.length === 0) return;
	expect(leaksIn(text, sent, token)).toEqual([]);
	expect(text.length).toBeLessThan(maxRefusalLength);
}

const operations = [...attacks, ...injections(readFileSync(projectPath("schema.graphql"), "utf8"))].map((attack) => [attack.what, attack] as const);

const tokenFor = async ({ as }: Attack) => (as === "nobody" ? undefined : freshToken(as ?? "provider"));

test("no two attacks are of one name", () => {
	expect(new Set([...operations, ...rawAttacks.map(({ what }) => [what])].map(([what]) => what)).size).toBe(operations.length + rawAttacks.length);
});

describe("over HTTP, the service is not harmed by", () => {
	/** Asked again, it may be executed in another way; and who asks as the specification has it is told the status. */
	const ways = ["application/json", "application/json", "application/graphql-response+json"];

	test.each(operations.filter(([, { onlyOverSocket }]) => onlyOverSocket !== true))("%s", async (_what, attack) => {
		const token = await tokenFor(attack);
		const body = bodyOf(attack);
		for (const accept of ways) {
			const response = await fetch(gateway.url, {
				method: "POST",
				headers: { "content-type": "application/json", accept, connection: "close", ...(token === undefined ? {} : { authorization: `Token ${token}` }) },
				body,
			});
			const text = await response.text();
			const answer = JSON.parse(text);
			expect(codesIn(answer)).toEqual(attack.codes);
			const status = accept === "application/json" || "data" in answer ? (attack.status ?? 200) : (attack.status ?? 400);
			expect([accept, response.status]).toEqual([accept, status]);
			expectRefused(attack, text, body, token);
		}
		await expectUnharmed();
	});
});

/** A connection; one that the server waited for in vain, because the machine is too busy for either of them, is made again. */
async function connected(token: string | undefined): Promise<RawSocket> {
	for (;;) {
		const socket = await connectRaw(gateway.url, token).catch((error: Error) => {
			if (!error.message.includes("4408")) throw error;
		});
		if (socket !== undefined) return socket;
	}
}

const largestMessage = 64 * 1024;

describe("over WebSocket, the service is not harmed by", () => {
	test.each(operations)("%s", async (_what, attack) => {
		const token = await tokenFor(attack);
		const socket = await connected(token);
		const message = `{"id":"attack","type":"subscribe","payload":${bodyOf(attack)}}`;
		socket.write(message);
		if (Buffer.byteLength(message) > largestMessage) {
			expect(await socket.closed).toMatchObject({ code: 1009 });
		} else {
			const { type, payload } = await socket.received(({ type }) => type === "next" || type === "error");
			expect(codesIn(type === "error" ? { errors: payload } : payload)).toEqual(attack.codes);
			expectRefused(attack, JSON.stringify(payload), message, token);
			// The socket stays.
			socket.send({ type: "ping", payload: { still: "there" } });
			await socket.received(({ type }) => type === "pong");
		}
		socket.close();
		await expectUnharmed();
	});
});

/** Sends the bytes, and answers all that came back until the service closed the connection. */
async function sentRaw(bytes: string | Buffer, isCutOff: boolean): Promise<string> {
	const { hostname, port } = new URL(gateway.url);
	const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
	let text = "";
	socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
	socket.on("error", () => {}); // the server may close before it has read all
	socket.on("end", () => socket.end());
	const closed = new Promise((resolve) => socket.on("close", resolve));
	await once(socket, "connect");
	if (isCutOff) socket.end(bytes);
	else socket.write(bytes);
	await closed;
	return text;
}

describe("the service is not harmed by", () => {
	test.each(rawAttacks.map((attack) => [attack.what, attack] as const))("%s", async (_what, { bytes, status, codes, isCutOff = false }) => {
		const token = await freshToken("provider");
		const sent = bytes(token);
		const text = await sentRaw(sent, isCutOff);
		const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, number]) => Number(number));
		expect(statuses.at(-1) ?? 0, text.slice(0, 1_000)).toBe(status);
		const body = /\{.*\}/s.exec(text)?.[0];
		if (codes !== undefined) expect(codesIn(JSON.parse(body ?? "{}"))).toEqual(codes);
		expect(leaksIn(body ?? text.slice(text.indexOf("\r\n\r\n")), String(sent), token)).toEqual([]);
		expect(text.length, text.slice(0, 1_000)).toBeLessThan(maxRefusalLength);
		await expectUnharmed();
	});

	test.skipIf(isOnServer)("clients that send what they ask in pieces: they have 10 seconds for the headers, and 30 for all", async () => {
		const servers: Server[] = [];
		const listen = (message: unknown) => void servers.push((message as { server: Server }).server);
		const requests = channel("http.server.request.start");
		requests.subscribe(listen);
		await expectUnharmed();
		requests.unsubscribe(listen);
		expect(servers[0]).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, maxHeadersCount: 100 });
	});
});
