import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { getIntrospectionQuery } from "graphql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { makeFirings } from "../support/firings.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connectRaw, type Message, type RawSocket } from "../support/raw-sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let closing: (() => void)[];

beforeEach(async () => {
	closing = [];
	provider = await makeProvider(gateway());
	await gateway().database.rows(sql`update "Offering" set "name" = ${"x".repeat(4_000)} where "uuid" = ${provider.offering}::uuid`);
});

afterEach(() => {
	for (const close of closing) close();
});

/** What is told of an alert is some 100 KB. */
const alerts = `subscription ($after: String) {
	policyFirings(after: $after) {
		... on PolicyFiringEvent { position firing { offering { ${Array.from({ length: 25 }, (_, at) => `name${at}: name`).join(" ")} } } }
	}
}`;

/** Many times what the kernel takes on the way to a client that does not read, which is some megabytes. */
const tooMany = 400;

/** An event is looked for among those that the viewer sees, and then read. */
const readingsOfOne = 2;
const readingsIn = (statements: readonly string[]): number => statements.filter((text) => /from "PolicyFiring" "t"/.test(text)).length;

const fire = (count: number) => makeFirings(gateway().database, provider.offering, count);

async function connected(token = provider.token): Promise<RawSocket> {
	const socket = await connectRaw(gateway().url, token);
	closing.push(socket.close);
	return socket;
}

/** The positions that a subscription was told of. */
const told = ({ messages }: Pick<RawSocket, "messages">, id = "alerts"): string[] =>
	messages.flatMap((message) => (message.type === "next" && message.id === id ? [message.payload.data.policyFirings.position] : []));

const isTold = (socket: RawSocket, position: string | undefined, id = "alerts") =>
	socket.received((message) => message.id === id && message.payload?.data?.policyFirings?.position === position);

/** Lets all of them follow the alerts, and resolves when they are live. */
async function live(sockets: readonly RawSocket[]): Promise<void> {
	for (const socket of sockets) socket.subscribe("alerts", alerts);
	await untilLive(sockets.map((socket) => [socket, "alerts"]));
}

/** Causes alerts until all of the subscriptions are told: those that have no position to go on from are told live only. */
async function untilLive(subscriptions: readonly (readonly [RawSocket, string])[]): Promise<void> {
	let areLive = false;
	const firsts = Promise.all(subscriptions.map(([socket, id]) => socket.received((message) => message.type === "next" && message.id === id)));
	const firstOfAll = firsts.then(() => {
		areLive = true;
	});
	let last: string | undefined;
	while (!areLive) {
		[last] = await fire(1);
		await new Promise((resolve) => setImmediate(resolve));
	}
	await firstOfAll;
	await Promise.all(subscriptions.map(([socket, id]) => isTold(socket, last, id)));
}

test("a client that does not read is closed with 4413 after what was sent, and goes on without a gap; others are told everything meanwhile", async () => {
	const [slow, one, other] = [await connected(), await connected(), await connected()];
	await live([slow, one, other]);
	const before = told(slow).length;
	slow.stall();
	const positions = await fire(tooMany);
	await Promise.all([one, other].map((socket) => isTold(socket, positions.at(-1))));
	expect([one, other].map((socket) => told(socket).slice(-tooMany))).toEqual([positions, positions]);

	slow.resume();
	expect((await slow.closed).code).toBe(4413);
	const received = told(slow).slice(before);
	expect(received.length).toBeLessThan(tooMany);
	expect(received).toEqual(positions.slice(0, received.length));

	const again = await connected();
	again.subscribe("alerts", alerts, { after: told(slow).at(-1) });
	await isTold(again, positions.at(-1));
	expect(told(again)).toEqual(positions.slice(received.length));
});

describe("over server-sent events, a client that does not read", () => {
	/** A stream as far as it was read. */
	interface Stream {
		readonly positions: string[];
		/** The codes of the errors. */
		readonly errors: string[];
		readonly ended: Promise<unknown>;
		isTold(position: string | undefined): Promise<void>;
		stall(): void;
		resume(): void;
	}

	/** Follows the alerts from behind the position. */
	async function stream(position: string): Promise<Stream> {
		const headers = { "content-type": "application/json", accept: "text/event-stream", authorization: `Token ${provider.token}`, "last-event-id": position };
		const asked = request(gateway().url, { method: "POST", headers }).end(JSON.stringify({ query: alerts }));
		closing.push(() => asked.destroy());
		const [response]: IncomingMessage[] = await once(asked, "response");
		if (response === undefined) throw new Error("There is no response.");
		const [positions, errors]: [string[], string[]] = [[], []];
		let rest = "";
		let tell = () => {};
		response.setEncoding("utf8").on("data", (chunk: string) => {
			const blocks = (rest + chunk).split("\n\n");
			rest = blocks.pop() ?? "";
			for (const block of blocks) {
				const id = /^id: (.+)$/m.exec(block)?.[1];
				if (id !== undefined) positions.push(id);
				const data = /^data: (.+)$/m.exec(block)?.[1];
				for (const { extensions } of data === undefined ? [] : (JSON.parse(data).errors ?? [])) errors.push(extensions.code);
			}
			tell();
		});
		return {
			positions,
			errors,
			ended: new Promise((resolve) => response.on("error", () => {}).on("close", resolve)),
			isTold: (last) =>
				new Promise((resolve) => {
					tell = () => {
						if (positions.at(-1) === last) resolve();
					};
					tell();
				}),
			stall: () => void response.pause(),
			resume: () => void response.resume(),
		};
	}

	/** Causes alerts until both are told of one together: the stream is live, too. */
	async function together(one: Stream, other: RawSocket): Promise<void> {
		let readings = 0;
		while (readings !== readingsOfOne) {
			const statements = await gateway().statementsOf(async () => {
				const [position] = await fire(1);
				await Promise.all([one.isTold(position), isTold(other, position)]);
			});
			readings = readingsIn(statements);
		}
	}

	test("finds its stream ended with FELL_BEHIND, and goes on from its Last-Event-ID without a gap", async () => {
		const other = await connected();
		await live([other]);
		const [start = ""] = await fire(1);
		const slow = await stream(start);
		await together(slow, other);
		const before = slow.positions.length;
		slow.stall();
		const positions = await fire(tooMany);
		await isTold(other, positions.at(-1));

		slow.resume();
		await slow.ended;
		expect(slow.errors).toEqual(["FELL_BEHIND"]);
		const received = slow.positions.slice(before);
		expect(received.length).toBeLessThan(tooMany);
		expect(received).toEqual(positions.slice(0, received.length));
		const again = await stream(slow.positions.at(-1) ?? "");
		await again.isTold(positions.at(-1));
		expect(again.positions).toEqual(positions.slice(received.length));
	});
});

test("what a client missed is read at the pace at which it reads: nothing is read ahead, and nothing is missed", async () => {
	const [start] = await fire(1);
	const positions = await fire(tooMany);
	const replayed = async (socket: RawSocket) => {
		socket.subscribe("alerts", alerts, { after: start });
		return isTold(socket, positions.at(-1));
	};
	const forOne = readingsIn(await gateway().statementsOf(async () => replayed(await connected())));

	const slow = await connected();
	slow.stall();
	const all = replayed(slow);
	// One that reads is a clock: by the time that it has been told everything, the other one could have been, too.
	const forBoth = readingsIn(await gateway().statementsOf(async () => replayed(await connected())));
	expect(forBoth - forOne).toBeLessThan(forOne * 0.9);
	slow.resume();
	await all;
	expect(told(slow)).toEqual(positions);
});

describe("a client that does not read what it is answered is closed with 4413, and others stay:", () => {
	const schemaQuestion = getIntrospectionQuery();
	/** In each case some tens of megabytes of answers, and the message that is the last of them. */
	const floods: [what: string, rounds: number, ask: (socket: RawSocket, round: number) => void, isLast: (message: Message) => boolean][] = [
		[
			"to queries",
			100,
			(socket, round) => socket.subscribe(`question ${round}`, schemaQuestion),
			({ type, id }) => type === "complete" && id === "question 99",
		],
		[
			"to pings",
			10,
			(socket, round) => {
				for (let sent = 0; sent < 45; sent++) socket.send({ type: "ping", payload: { number: round * 45 + sent, text: "x".repeat(60_000) } });
			},
			({ type, payload }) => type === "pong" && payload.number === 449,
		],
	];

	test.each(floods)("%s", async (_what, rounds, ask, isLast) => {
		const [slow, other] = [await connected(), await connected()];
		await live([other]);
		slow.stall();
		for (let round = 0; round < rounds; round++) {
			ask(slow, round);
			const [position] = await fire(1);
			await isTold(other, position); // the server is at work meanwhile
		}
		const answered = slow.received(isLast).catch(() => undefined);
		slow.resume();
		expect(await Promise.race([slow.closed, answered])).toMatchObject({ code: 4413 });
	});
});

test("a client that sends more than 500 messages at once is closed with 4429; others stay", async () => {
	const [hasty, other] = [await connected(), await connected()];
	await live([other]);
	for (let sent = 0; sent < 5_000; sent++) hasty.send({ type: "ping" });
	expect((await hasty.closed).code).toBe(4429);

	const [position] = await fire(1);
	await isTold(other, position);
});

test("an id that is used again before its subscription was begun leaves nothing behind when the connection ends", async () => {
	const kinds = "subscription { policyFirings { ... on PolicyFiringEvent { position firing { kind } } } }";
	const [socket, other] = [await connected(), await connected()];
	for (let round = 0; round < 20; round++) {
		socket.subscribe("again", kinds);
		socket.send({ id: "again", type: "complete" });
	}
	socket.subscribe("again", kinds);
	other.subscribe("alerts", alerts);
	await untilLive([
		[socket, "again"],
		[other, "alerts"],
	]);
	const positions = told(socket, "again");
	expect(positions).toEqual([...new Set(positions)]);

	socket.close();
	const readings = async () => {
		const statements = await gateway().statementsOf(async () => {
			const [position] = await fire(1);
			await isTold(other, position);
		});
		return readingsIn(statements);
	};
	await expect.poll(readings, { timeout: 30_000, interval: 0 }).toBe(readingsOfOne);
	// What ends later than the other is told would be counted for the next alert.
	expect(await readings()).toBe(readingsOfOne);
});
