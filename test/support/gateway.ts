import type { ExecutionResult } from "graphql";
import { afterAll, beforeAll } from "vitest";
import { createAuthentication } from "../../src/access/authentication.ts";
import { startTokenWatch } from "../../src/access/token-watch.ts";
import { type Database, observedDatabase } from "../../src/database/database.ts";
import type { Sql } from "../../src/database/sql.ts";
import type { ReferenceClock } from "../../src/domain/calendar/reference-clock.service.ts";
import { sourceNamed } from "../../src/domain/mirror/source.store.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import type { Services } from "../../src/graphql/context.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/server.ts";
import type { Observation } from "../../src/telemetry/observation.ts";
import { freshDatabase } from "./database.ts";
import { demoMoment, type Template } from "./moments.ts";
import { referenceOf } from "./reference-clock.ts";
import { unlimited } from "./unlimited.ts";

export type Data = Record<string, unknown>;

/** What an operation answered: any shape, for a test looks at the part that it is about. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the document that each test sends
export type Answer = any;

export interface Gateway {
	readonly database: Database;
	/** What the service's parts share. */
	readonly services: Services;
	readonly url: string;
	/** Runs an operation over HTTP and answers its data. Fails when there are errors. */
	ask(token: string, document: string, variables?: Data): Promise<Answer>;
	/** Runs an operation over HTTP and answers all of the result, errors included. */
	send(token: string | undefined, document: string, variables?: Data): Promise<ExecutionResult<Answer>>;
	/** Sets the service's clock. */
	setTime(moment: string): void;
	/** The texts of the statements that ran while the work did. */
	statementsOf(work: () => Promise<unknown>): Promise<string[]>;
	/** The same with the values that they ran with. */
	sqlOf(work: () => Promise<unknown>): Promise<Sql[]>;
	/** Errors that nobody named since the last call: bugs. */
	bugs(): unknown[];
	stop(): Promise<void>;
}

export interface GatewayOptions {
	readonly template?: Template;
	/** Already open, instead of a fresh one from a template. The gateway closes it. */
	readonly database?: Database;
	readonly timeZone?: string;
	readonly now?: string;
	/** What is let in; everything without it. */
	readonly limits?: Pick<ServerOptions, "admission" | "graphiql" | "origins" | "hosts" | "connections" | "rest" | "trusted" | "federationToken">;
	/** Says which months have begun; those that have by the gateway's own clock without it. */
	readonly reference?: ReferenceClock;
	/** The Waldur that it is kept in step with; none without it. */
	readonly mirror?: { readonly url: string; readonly writes: boolean };
	/** Looks at what the gateway does; nobody does without it. */
	readonly observation?: Pick<Observation, "metrics" | "beginOperation">;
}

/** The whole service on a fresh database and a free port of loopback, with a clock that stands still. */
export async function startGateway({
	template = "empty",
	database: given,
	timeZone = "UTC",
	now = demoMoment.now.toISOString(),
	limits = unlimited,
	observation,
	mirror,
	reference: givenReference,
}: GatewayOptions = {}): Promise<Gateway> {
	let time = new Date(now);
	const reference = givenReference ?? referenceOf(() => time);
	const statements: Sql[] = [];
	const bugs: unknown[] = [];
	const unobserved = given ?? (await freshDatabase(template));
	let listening = 0;
	const database = observedDatabase(unobserved, (statement) => {
		if (listening > 0) statements.push(statement);
	});
	const metrics = observation?.metrics;
	const log = await startLogReader(unobserved, { onError: (error) => bugs.push(error), onRead: metrics?.logRead });
	const tokens = startTokenWatch({ database: unobserved, clock: () => time, onError: (error) => bugs.push(error), pause: 100 });
	const services: Services = {
		tokens,
		database,
		clock: () => time,
		reference,
		timeZone,
		log,
		authenticate: createAuthentication(database, () => time),
		metrics,
		...(mirror === undefined ? {} : { mirror: { sourceId: await sourceNamed(unobserved, mirror.url), writes: mirror.writes } }),
	};
	const server: RunningServer = await startServer(services, {
		host: "127.0.0.1",
		port: 0,
		rest: { publicUrl: undefined, version: "1.2.3" },
		...limits,
		...(observation === undefined ? {} : { beginOperation: observation.beginOperation }),
		isDemo: template === "demo",
		onBug: (error) => bugs.push(error),
	});

	const send: Gateway["send"] = async (token, query, variables) => {
		// A connection that is kept could be one that the server is just closing, after five seconds without a request.
		const headers = { "content-type": "application/json", connection: "close", ...(token === undefined ? {} : { authorization: `Token ${token}` }) };
		const response = await fetch(server.url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
		return (await response.json()) as ExecutionResult<Answer>;
	};
	const sqlOf: Gateway["sqlOf"] = async (work) => {
		const before = statements.length;
		listening++;
		await work().finally(() => listening--);
		return statements.slice(before);
	};
	return {
		database,
		services,
		url: server.url,
		send,
		ask: async (token, document, variables) => {
			const { data, errors } = await send(token, document, variables);
			if (errors !== undefined) throw new Error(`Unexpected errors: ${JSON.stringify(errors)}${bugs.map((bug) => `\n${(bug as Error).stack}`).join("")}`);
			return data;
		},
		setTime: (moment) => {
			time = new Date(moment);
		},
		sqlOf,
		statementsOf: async (work) => (await sqlOf(work)).map(({ text }) => text),
		bugs: () => bugs.splice(0),
		stop: async () => {
			await server.stop();
			await tokens.stop();
			await log.stop();
			await database.close();
		},
	};
}

/** One gateway for all tests of a file. */
export function gatewayForFile(options?: GatewayOptions): () => Gateway {
	let gateway: Gateway | undefined;
	beforeAll(async () => {
		gateway = await startGateway(options);
	});
	afterAll(async () => {
		await gateway?.stop();
	});
	return () => {
		if (gateway === undefined) throw new Error("The gateway is there while a test runs.");
		return gateway;
	};
}
