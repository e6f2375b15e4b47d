import fc from "fast-check";
import type { GraphQLFormattedError } from "graphql";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { type GatewayProcess, startGatewayProcess } from "../bounds/gateway-process.ts";
import type { Stalls } from "../bounds/stalls.ts";
import { freshDatabase } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { connectRaw, type RawSocket } from "../support/raw-sockets.ts";
import { faultsOf, faultsOfData } from "./errors.ts";
import { choices, type Operation, operationOf, type Pool, type Root } from "./generator.ts";
import { poolOf } from "./pool.ts";
import { operations, seed } from "./settings.ts";
import { buildWorld, type World } from "./world.ts";

const isOnServer = inject("templates").engine === "PostgreSQL";

/** Nobody and a token that nobody has are among those who ask. */
const viewers = ["staff", "support", "northowner", "projectmanager", "ann", "alpineowner", "computemanager", "stranger", "nobody", undefined];

type Asked = Pick<GatewayProcess, "url" | "bugs" | "stop"> & Partial<Pick<GatewayProcess, "stalls">>;

let world: World;
let gateway: Asked;
let pool: Pool;

/** A process of its own on a server; on the embedded database, which a second process could not open, this one. */
async function started(fill: (database: Database) => Promise<void>): Promise<Asked> {
	if (isOnServer) return startGatewayProcess(fill);
	const database = await freshDatabase("empty");
	await fill(database);
	const { url, bugs, stop } = await startGateway({ database });
	return { url, stop, bugs: async () => bugs().map((bug) => (bug instanceof Error ? String(bug.stack) : String(bug))) };
}

beforeAll(async () => {
	gateway = await started(async (database) => {
		world = await buildWorld(database);
	});
	pool = await poolOf(world.things, async (query, variables = {}) => JSON.parse((await post("staff", { query, variables })).text).data);
});
afterAll(() => gateway.stop());

async function post(viewer: string | undefined, operation: Operation, accept = "application/json"): Promise<{ status: number; text: string }> {
	const authorization = viewer === undefined ? {} : { authorization: `Token demo_${viewer}` };
	const headers = { "content-type": "application/json", accept, ...authorization };
	const stop = new AbortController();
	const response = await fetch(gateway.url, { method: "POST", headers, body: JSON.stringify(operation), signal: stop.signal });
	const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
	const text = isStream ? "{}" : await response.text();
	if (isStream) stop.abort();
	return { status: response.status, text };
}

/** What is wrong with an answer. */
function faultsIn({ data, errors = [] }: { data?: unknown; errors?: readonly GraphQLFormattedError[] }, operation: Operation): string[] {
	return [...errors.flatMap((error) => faultsOf(error, operation).map((fault) => `${fault} ${JSON.stringify(error)}`)), ...faultsOfData(data, operation)];
}

async function overHttp(viewer: string | undefined, root: Root, operation: Operation): Promise<string[]> {
	const { status, text } = await post(viewer, operation, root === "Subscription" ? "text/event-stream" : "application/json");
	return [...(status >= 500 ? [`The status is ${status}.`] : []), ...faultsIn(JSON.parse(text), operation)];
}

/** So many operations are sent on a connection: fewer than are too many at a time. */
const perConnection = 120;

/** A connection of nobody is used for so long, in milliseconds: the service ends it after ten seconds. */
const perNobody = 3_000;

/** A connection of a viewer, with what was sent on it. */
interface Line {
	readonly socket: RawSocket;
	readonly sent: Map<string, Operation>;
	/** How many of the messages have been looked at. */
	read: number;
	/** When it is of no more use. */
	readonly until: number;
}

const lines = new Map<string, Line>();

async function lineOf(viewer: string | undefined): Promise<Line> {
	const name = viewer ?? "";
	const line = lines.get(name);
	if (line !== undefined && line.sent.size < perConnection && performance.now() < line.until) return line;
	line?.socket.close();
	const until = viewer === undefined ? performance.now() + perNobody : Number.POSITIVE_INFINITY;
	const fresh: Line = { socket: await connectRaw(gateway.url, viewer === undefined ? undefined : `demo_${viewer}`), sent: new Map(), read: 0, until };
	lines.set(name, fresh);
	return fresh;
}

async function overSocket(viewer: string | undefined, root: Root, operation: Operation): Promise<string[]> {
	const line = await lineOf(viewer);
	const { socket, sent } = line;
	const id = String(sent.size);
	sent.set(id, operation);
	socket.subscribe(id, operation.query, { ...operation.variables });
	if (root === "Subscription") {
		// It has begun, or was refused, when what was sent after it is answered. It stays open for the next ones.
		socket.send({ type: "ping", payload: { after: id } });
		await socket.received(({ type, payload }) => type === "pong" && payload?.after === id);
		if (Number(id) >= 30) socket.send({ type: "complete", id: String(Number(id) - 30) });
	} else await socket.received((message) => message.id === id && (message.type === "complete" || message.type === "error"));
	const news = socket.messages.slice(line.read);
	line.read += news.length;
	return news.flatMap(({ type, id: of = "", payload }) => {
		const asked = sent.get(of);
		if (asked === undefined) return [];
		return type === "error" ? faultsIn({ errors: payload }, asked) : type === "next" ? faultsIn(payload, asked) : [];
	});
}

const roots: readonly Root[] = ["Query", "Query", "Query", "Mutation", "Mutation", "Subscription"];

const asking = fc.record({ viewer: fc.constantFrom(...viewers), root: fc.constantFrom(...roots), isOverSocket: fc.boolean(), made: choices });

test("whatever is asked by whomever, nothing fails that nobody named, and no error tells what it must not", { retry: 0, timeout: 1_200_000 }, async ({
	annotate,
}) => {
	await gateway.stalls?.();
	let worst: { stalls: Stalls; operation: Operation } | undefined;
	const property = fc.asyncProperty(asking, async ({ viewer, root, isOverSocket, made }) => {
		const operation = operationOf(root, made, pool);
		// A token that is not good opens no connection.
		const send = isOverSocket && viewer !== "nobody" ? overSocket : overHttp;
		const faults = [...(await send(viewer, root, operation)), ...(await gateway.bugs())];
		const stalls = await gateway.stalls?.();
		if (stalls !== undefined && stalls.longestOwn > (worst?.stalls.longestOwn ?? 0)) worst = { stalls, operation };
		if (faults.length > 0) throw new Error(`${viewer} asked ${JSON.stringify(operation)}:\n${faults.join("\n")}`);
	});
	await fc.assert(property, { numRuns: operations, seed, endOnFailure: true, includeErrorInReport: true });
	for (const { socket } of lines.values()) socket.close();
	if (worst === undefined) return;
	const { longest, longestOwn } = worst.stalls;
	await annotate(`The longest took ${longest.toFixed()} ms by the clock, ${longestOwn.toFixed()} ms of its own: ${JSON.stringify(worst.operation)}`);
	expect(longestOwn).toBeLessThan(100);
});
