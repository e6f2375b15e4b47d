import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Database, Queries } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { numberEntries } from "../../src/event-log/log.store.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { named, patient } from "../support/templates.setup.ts";

const templates = inject("templates");

const alerts = `subscription ($after: String) {
	policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position firing { kind } } ... on Error { code } }
}`;

/** Several databases of one history, and a gateway on each: what a backup, a standby or a volume that is put back makes of one. */
describe.skipIf(templates.engine === "PGlite")("a position (skipped without a server: the embedded database is copied while nobody has it open)", () => {
	const closing: (() => Promise<unknown>)[] = [];
	let database: Database;
	let provider: Provider;
	let resource: string;

	async function makeOffering(of: Database): Promise<void> {
		provider = await makeProvider({ database: of });
		await provider.component("cpu");
		await provider.policy({ limits: { cpu: 10 } });
		resource = await provider.resource();
	}

	/** Reports, each of which turns the policy; answers where the log has the turns. */
	const turn = async (gateway: Gateway, times: number, from = 0): Promise<string[]> => {
		const positions: string[] = [];
		for (let time = from; time < from + times; time++) {
			const usages = [{ type: "cpu", amount: time % 2 === 0 ? "11" : "1" }];
			const answer = await gateway.ask(provider.token, setUsage.replace("kind windowStart", "kind position windowStart"), { input: { resource, usages } });
			positions.push(...answer.setUsage.firings.map(({ position }: Answer) => position));
		}
		return positions;
	};

	/** The events after a position, so many of them. */
	async function eventsAfter(gateway: Gateway, position: string, count: number): Promise<Answer[]> {
		const client = await connect(gateway.url, provider.token);
		const events = subscribe(client, alerts, { after: position });
		const seen: Answer[] = [];
		while (seen.length < count) seen.push((await events.next()).policyFirings);
		await client.dispose();
		return seen;
	}

	/** A database of its own as the template is now, to which nobody may be connected meanwhile. */
	async function made(template: string): Promise<{ readonly name: string; open(): Promise<Database> }> {
		if (templates.engine === "PGlite") throw new Error("There is a server.");
		const { url, prefix } = templates;
		const name = `${prefix}_${randomBytes(6).toString("hex")}`;
		const run = async (statement: string) => {
			const server = await openPostgres(url, { connections: 1, waits: patient });
			await server.rows(raw(statement)).finally(() => server.close());
		};
		await run(`create database "${name}" template "${template}"`);
		closing.push(() => run(`drop database "${name}" with (force)`));
		return { name, open: () => openPostgres(named(url, name), { waits: patient }) };
	}

	const gatewayOn = async (of: Database): Promise<Gateway> => startGateway({ database: of, now: "2017-01-10T12:00:00Z" });
	const anotherOnTheSame = async (): Promise<Gateway> => gatewayOn(await openPostgres(await urlOf(database), { waits: patient }));

	beforeAll(async () => {
		database = await freshDatabase("empty");
		closing.push(() => database.close());
	});
	beforeEach(() => makeOffering(database));
	afterAll(async () => {
		for (const close of closing.reverse()) await close();
	});

	test("goes on where the database was restored, is refused where it was lost, and never means another place", async () => {
		if (templates.engine === "PGlite") return;
		const source = await made(`${templates.prefix}_empty`);
		const begun = await gatewayOn(await source.open());
		await makeOffering(begun.database);
		const [first = "", second = ""] = await turn(begun, 2);
		await begun.stop();
		const backup = await made(source.name);
		const wentOn = await gatewayOn(await source.open());
		const lost = await turn(wentOn, 4, 2);
		await wentOn.stop();
		const restored = await gatewayOn(await backup.open());
		const since = await turn(restored, 6, 2);
		const read = async (after: string, count: number) => (await eventsAfter(restored, after, count)).map(({ position, code }) => position ?? code);

		expect(await read(first, 2)).toEqual([second, since[0]]);
		expect(await read(second, 6)).toEqual(since);
		for (const position of lost) expect(await read(position, 1)).toEqual(["POSITION_EXPIRED"]);
		await restored.stop();
	});

	test("waits for no transaction that somebody else leaves open on the server, in this database or another one", async () => {
		const gateway = await anotherOnTheSame();
		const others = await Promise.all(
			[await urlOf(database), templates.engine === "PGlite" ? "" : templates.url].map(async (url) => {
				const client = new pg.Client({ connectionString: url });
				await client.connect();
				await client.query("begin");
				await client.query("select pg_current_xact_id()");
				return client;
			}),
		);
		const client = await connect(gateway.url, provider.token);
		const events = subscribe(client, alerts, { after: "0" });
		const kinds: string[] = [];
		await turn(gateway, 4);
		while (kinds.length < 4) kinds.push((await events.next()).policyFirings.firing.kind);
		await client.dispose();
		for (const other of others) await other.end();
		await gateway.stop();

		expect(kinds).toEqual(["FIRED", "RESET", "FIRED", "RESET"]);
	});

	test("is no longer looked for among ids that were rolled back, once nobody is under way who could have drawn them", async () => {
		const rolledBack = database.transaction(async (tx) => {
			await tx.rows(sql`insert into "LogEntry" ("policyFiringUuid") select gen_random_uuid() from generate_series(1, 3)`);
			throw new Error("rolled back");
		});
		await rolledBack.catch(() => {});
		await database.rows(sql`insert into "LogEntry" ("policyFiringUuid") values (gen_random_uuid())`);
		const holes = async () => {
			await numberEntries(database);
			return (await database.rows<{ holes: string }>(sql`select "holes"::text from "LogHead"`))[0]?.holes;
		};

		expect(await holes()).not.toBe("{}");
		await expect.poll(holes, { timeout: 60_000 }).toBe("{}");
	});

	test("is given to every entry of a change that has more of them than are numbered at once, whoever has written meanwhile", async () => {
		const append = (queries: Queries, count: number) =>
			queries.rows(sql`insert into "LogEntry" ("policyFiringUuid") select gen_random_uuid() from pg_current_xact_id(), generate_series(1, ${count}::int)`);
		let commit = () => {};
		const isToCommit = new Promise<void>((resolve) => {
			commit = resolve;
		});
		let begun = () => {};
		const hasAppended = new Promise<void>((resolve) => {
			begun = resolve;
		});
		const slow = database.transaction(async (tx) => {
			await append(tx, 5);
			begun();
			await isToCommit;
		});
		await hasAppended;
		await append(database, 1);
		await numberEntries(database, 2);
		commit();
		await slow;
		for (let round = 0; round < 5; round++) await numberEntries(database, 2);

		expect(await database.rows(sql`select "id" from "LogEntry" where "id" not in (select "entryId" from "LogNumber")`)).toEqual([]);
	});

	test("is in a log without gaps when what it told of was deleted", async () => {
		const gateway = await anotherOnTheSame();
		const positions = await turn(gateway, 2);
		await gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount: "11" }] } });
		await database.rows(sql`delete from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`);
		const rest = await eventsAfter(gateway, positions[0] ?? "", 2);
		await gateway.stop();

		expect(rest.map(({ firing }) => firing.kind)).toEqual(["RESET", "FIRED"]);
	});
});
