import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openDatabase } from "../../src/database/open.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { directoriesForFile } from "../command/process.ts";
import { patient } from "../support/templates.setup.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { type Rounds, runRounds, serviceFaults } from "./rounds.ts";
import { clearServices } from "./service.ts";
import { makeWorld, type World } from "./world.ts";

const directory = directoriesForFile();
afterAll(clearServices);

const rounds = Number(process.env["FAULT_ROUNDS"] ?? 5);
const isOn = (engine: string): boolean => process.env["FAULT_ENGINES"] === "all" || inject("templates").engine === engine;

/** They report at once. */
const callers = 6;

/** Far more than a round takes; ends what hangs. */
const timeout = 60_000 + rounds * 60_000;

async function prepare(database: Database): Promise<World> {
	await prepareSchema(database, "on");
	return makeWorld(database, callers);
}

describe.skipIf(!isOn("PGlite"))(`a service on the embedded database that is killed ${rounds} times (skipped with another one)`, () => {
	let runs: Rounds;

	beforeAll(async () => {
		const data = await directory();
		const inspect = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
			const database = await openDatabase({ kind: "embedded", directory: data });
			return work(database).finally(() => database.close());
		};
		const world = await inspect(prepare);
		runs = await runRounds({ world, rounds, faults: serviceFaults, settings: { DATA_DIR: data }, inspect });
	}, timeout);

	claims(() => runs);
});

describe.skipIf(!isOn("PostgreSQL"))(`a service on PostgreSQL that is killed, or its server is, ${rounds} times (skipped without one)`, () => {
	let server: PostgresServer;
	let runs: Rounds;

	beforeAll(async () => {
		server = startPostgresServer();
		const inspect = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
			const database = await openPostgres(server.url, { waits: patient });
			return work(database).finally(() => database.close());
		};
		const world = await inspect(prepare);
		const faults = serviceFaults.flatMap((fault) => (fault === "at random" ? ["database server" as const, fault] : [fault]));
		runs = await runRounds({ world, rounds, faults, settings: { DATABASE_URL: server.url }, inspect, crashServer: server.crash });
	}, timeout);

	afterAll(() => server.stop());

	claims(() => runs);
});

function claims(runs: () => Rounds): void {
	test("has every call that it acknowledged", () => {
		expect(runs().lost).toEqual([]);
	});

	test("has each call as a whole and once, or not at all", () => {
		expect(runs().halfWritten).toEqual([]);
	});

	test("was killed in the midst of its work", () => {
		const { acknowledged, faults } = runs();
		expect(acknowledged).toBeGreaterThan(rounds);
		expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBe(rounds);
	});
}
