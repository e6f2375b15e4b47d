import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";

const url = "postgresql://gateway:secret@127.0.0.1:6432/gateway";

describe("the configuration of the way to the database", () => {
	test("takes a second address for what needs a connection to itself", () => {
		const { database } = parseConfig({ DATABASE_URL: url, DATABASE_LISTEN_URL: "postgresql://db/gateway", PREPARED_STATEMENTS: "off" });
		expect(database).toMatchObject({ kind: "server", url, listenUrl: "postgresql://db/gateway", preparedStatements: false });
	});

	test("prepares statements, and goes one way, unless it is said", () => {
		expect(parseConfig({ DATABASE_URL: url }).database).toMatchObject({ kind: "server", url, listenUrl: undefined, preparedStatements: true });
	});

	test.each([
		[{ DATABASE_LISTEN_URL: url }, "DATABASE_LISTEN_URL must be beside a DATABASE_URL, of the same database."],
		[{ DATABASE_URL: url, DATABASE_LISTEN_URL: "db.example.org" }, "DATABASE_LISTEN_URL must look like postgresql://user:password@host:5432/database."],
		[{ PREPARED_STATEMENTS: "no" }, 'PREPARED_STATEMENTS must be on or off, not "no".'],
		[{ DRAIN_SECONDS: "601" }, 'DRAIN_SECONDS must be a whole number from 0 to 600, not "601".'],
		[{ DRAIN_SECONDS: "5s" }, 'DRAIN_SECONDS must be a whole number from 0 to 600, not "5s".'],
	])("refuses %o", (settings, message) => {
		expect(() => parseConfig(settings)).toThrow(message);
	});

	test("drains for the seconds that it is given, and not at all unless it is", () => {
		expect([parseConfig({}).drain, parseConfig({ DRAIN_SECONDS: "10" }).drain]).toEqual([0, 10_000]);
	});
});
