import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { run } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { type Chaos, playChaos } from "./chaos.ts";
import { tell } from "./figures.ts";

const seconds = Number(process.env["CHAOS_SECONDS"] ?? 15);
const isOn = inject("templates").engine === "PostgreSQL";

describe.skipIf(!isOn)(`two instances under everything that writes, while they and two imports are killed, for ${seconds} s (skipped without a server)`, () => {
	let database: Database;
	let chaos: Chaos;

	beforeAll(
		async () => {
			database = await freshDatabase("empty");
			chaos = await playChaos(database, await urlOf(database), seconds * 1_000);
			tell(`chaos of ${seconds} s: ${JSON.stringify({ ...chaos, faults: chaos.faults.length, complaints: chaos.complaints.length })}`);
		},
		300_000 + seconds * 2_000,
	);
	afterAll(() => database?.close());

	test("nothing was answered that nobody named, and no deadlock reached a client", () => {
		expect(chaos.faults.slice(0, 5), `${chaos.faults.length} answers`).toEqual([]);
	});

	test("no instance complains of what nobody named", () => {
		expect(chaos.complaints.filter((line) => /unexpected error|deadlock/i.test(line))).toEqual([]);
	});

	test("instances and imports were killed in the midst of work that was done", () => {
		expect(chaos.kills).toBeGreaterThan(0);
		expect(chaos.imports).toBeGreaterThan(0);
		expect(chaos.stored).toBeGreaterThan(seconds);
	});

	test("every derived figure is what the records say", { timeout: 240_000 }, async () => {
		const { exitCode, stdout, stderr } = await run("verify", { DATABASE_URL: await urlOf(database) });

		expect({ exitCode, said: stdout + stderr }).toEqual({ exitCode: 0, said: expect.stringMatching(/^0 figures differ/m) });
	});
});
