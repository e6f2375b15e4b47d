import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openDatabase } from "../../src/database/open.ts";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { connectRaw, type RawSocket } from "../support/raw-sockets.ts";
import { type Events, subscribeOverSse } from "../support/sockets.ts";
import { directoriesForFile, type Ended, startService } from "./process.ts";

const directory = directoriesForFile();

const reporters = 16;
const socketsPerToken = 5;
const streams = 5;
const reports = "subscription { usageReported { position } }";

/** It ends within fifteen seconds; a busy machine gets some more. Held by one of its clients it would take thirty, or not end at all. */
const timeout = 25_000;

/** How a request ended: with an answer, without the server having begun to read it, or broken off after that. */
type Outcome = { readonly answer: Answer } | { readonly refused: Error } | { readonly broken: Error };

/** One report. Its body is sent when the server has said that it reads the request. */
function report(url: string, token: string, agent: Agent, variables: object): Promise<Outcome> {
	const body = JSON.stringify({ query: setUsage, variables });
	const headers = {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
		authorization: `Token ${token}`,
		expect: "100-continue",
	};
	return new Promise((resolve) => {
		let begun = false;
		const request = httpRequest(url, { method: "POST", agent, headers });
		const failed = (error: Error) => resolve(begun ? { broken: error } : { refused: error });
		request.on("error", failed);
		request.on("response", (response) => void json(response).then((answer) => resolve({ answer }), failed));
		request.on("continue", () => {
			begun = true;
			request.end(body);
		});
		request.flushHeaders();
	});
}

/** A connection on which this was sent, and nothing more. */
async function connectionWith(url: string, text: string): Promise<Socket> {
	const socket = connectTcp(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
	await once(socket, "connect");
	if (text !== "") socket.write(text);
	return socket;
}

/** Clients that would hold the service for as long as they like, until they are cut off. */
async function tiresomeClients(url: string, token: string): Promise<{ cutOff: Promise<unknown>; leave: () => void }> {
	const head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
	const asking = `${head}connection: keep-alive\r\ncontent-length: 26\r\n\r\n{"query":"{ __typename }" }`;
	const withoutBody = await connectionWith(url, `${head}content-length: 100\r\nexpect: 100-continue\r\n\r\n`);
	const asked = await connectionWith(url, asking);
	const askingAgain = await connectionWith(url, asking);
	// The server has begun to read the first, and has answered the others.
	for (const connection of [withoutBody, asked, askingAgain]) await once(connection, "data");
	withoutBody.write('{"query"');
	askingAgain.write(head);
	const silent = [await connectionWith(url, ""), await connectionWith(url, ""), await connectionWith(url, head)];
	const stalled = await connectRaw(url, token);
	stalled.stall();
	return {
		cutOff: once(withoutBody, "close"),
		leave: () => {
			for (const connection of [withoutBody, asked, askingAgain, ...silent]) connection.destroy();
			stalled.close();
		},
	};
}

/** Resolves with what ended the stream. */
async function endOf(events: Events): Promise<string> {
	for (;;) {
		try {
			await events.next();
		} catch (error) {
			return (error as Error).message;
		}
	}
}

async function inDirectory<Result>(data: string, work: (database: Database) => Promise<Result>): Promise<Result> {
	const database = await openDatabase({ kind: "embedded", directory: data });
	return work(database).finally(() => database.close());
}

async function storedAmounts(database: Database): Promise<Map<string, number>> {
	const rows = await database.rows<{ resource: string; usage: string }>(
		sql`select "resourceUuid" as "resource", "usage"::text as "usage" from "ComponentUsage"`,
	);
	return new Map(rows.map(({ resource, usage }) => [resource, Number(usage)]));
}

/** A provider with a resource for each reporter, and two members of staff. */
async function people(database: Database): Promise<{ provider: string; staff: string; another: string; resources: readonly string[] }> {
	await prepareSchema(database, "on");
	const provider = await makeProvider({ database });
	await provider.component("cpu");
	const resources: string[] = [];
	for (let reporter = 0; reporter < reporters; reporter++) resources.push(await provider.resource());
	return { provider: provider.token, staff: await provider.staffToken(), another: await provider.staffToken(), resources };
}

describe("a service that is asked to stop while reports come in", () => {
	let data: string;
	let made: Awaited<ReturnType<typeof people>>;
	/** The last amount of each resource that was acknowledged. */
	const acknowledged = new Map<string, number>();

	beforeAll(async () => {
		data = await directory();
		made = await inDirectory(data, people);
	});

	describe.each([1, 2, 3])("for the %i. time", (round) => {
		const outcomes: Outcome[] = [];
		let sockets: readonly RawSocket[];
		let streamEnds: readonly string[];
		let ended: Ended | undefined;
		let answeredLater: number;
		let stored: Map<string, number>;

		beforeAll(async () => {
			const { provider, staff, another, resources } = made;
			const service = await startService({ DATA_DIR: data });
			sockets = await Promise.all([provider, staff].flatMap((token) => Array.from({ length: socketsPerToken }, () => connectRaw(service.url, token))));
			for (const socket of sockets) socket.subscribe("reports", reports);
			const following = await Promise.all(Array.from({ length: streams }, () => subscribeOverSse(service.url, provider, reports)));
			const tiresome = await tiresomeClients(service.url, another);
			// A stream does not wait for those who are cut off; on a busy machine they may be before the service is to stop.
			let isToStop = false;
			const cutOff = tiresome.cutOff.then(() => (isToStop ? [] : new Promise<never>(() => {})));
			const streamsEnded = Promise.race([Promise.all(following.map(endOf)), cutOff]);

			let enough: () => void = () => {};
			const underLoad = new Promise<void>((resolve) => {
				enough = resolve;
			});
			const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })];
			const reporting = resources.map(async (resource, reporter) => {
				const agent = agents[reporter % 2] ?? new Agent();
				for (let amount = round * 1_000_000; ; amount++) {
					const outcome = await report(service.url, provider, agent, { input: { resource, usages: [{ type: "cpu", amount: String(amount) }] } });
					outcomes.push(outcome);
					if (!("answer" in outcome)) return;
					if (outcome.answer.data?.setUsage.__typename === "SetUsagePayload") acknowledged.set(resource, amount);
					if (outcomes.length === reporters * 5) enough();
				}
			});
			await underLoad;
			const answeredBefore = outcomes.length;
			isToStop = true;
			ended = await Promise.race([service.stop(), after(timeout, undefined, { ref: false })]);
			if (ended === undefined) await service.kill();
			await Promise.all(reporting);
			answeredLater = outcomes.filter((outcome) => "answer" in outcome).length - answeredBefore;
			streamEnds = await streamsEnded;
			tiresome.leave();
			stored = await inDirectory(data, storedAmounts);
		});

		test("it ends well and soon, whatever its clients do", () => {
			expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
		});

		test("it answers what it has begun to read", () => {
			expect(outcomes.filter((outcome) => "broken" in outcome)).toEqual([]);
			expect(answeredLater).toBeGreaterThan(0);
		});

		test("it takes every report that it answers", () => {
			const answers = outcomes.flatMap((outcome) => ("answer" in outcome ? [outcome.answer] : []));
			expect(answers.filter(({ data }) => data?.setUsage.__typename !== "SetUsagePayload")).toEqual([]);
		});

		test("it has stored what it acknowledged, and nothing that it did not", () => {
			expect(stored).toEqual(acknowledged);
		});

		test("it closes every socket with 1012, and says to the streams of events why it cuts them", async () => {
			expect(await Promise.all(sockets.map(async ({ closed }) => (await closed).code))).toEqual(sockets.map(() => 1012));
			expect(streamEnds).toEqual(Array(streams).fill(expect.stringContaining("SERVICE_UNAVAILABLE")));
		});
	});
});
