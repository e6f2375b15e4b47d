import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { newToken } from "../../src/access/token.ts";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { createOperations } from "../../src/telemetry/operations.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { connect } from "../support/sockets.ts";
import { patient } from "../support/templates.setup.ts";

/** What is read of the table that a test locks, and what is not. */
const heavy = (size: number) => `{ customers(first: ${size}) { nodes { name } } }`;
const small = "{ categories(first: 1) { nodes { title } } }";

/** Statements are given as long to come to where they wait: a busy machine takes its time. */
const inTime = { timeout: 20_000 };

let gateway: Gateway;
let metrics: ReturnType<typeof createMetrics>;
/** Another way to the same database. */
let aside: Database;

describe.skipIf(inject("templates").engine === "PGlite")(
	"beside a token that asks for all that it may (skipped without a server: the embedded database does one thing at a time)",
	() => {
		beforeEach(async () => {
			const database = await freshDatabase("demo");
			metrics = createMetrics();
			gateway = await startGateway({ database, limits: limited, observation: { metrics: metrics, beginOperation: createOperations() } });
			aside = await openPostgres(await urlOf(database), { connections: 3, waits: patient });
			await gateway.ask("demo_member", small); // the customers are not looked at to sign in
		});
		afterEach(async () => {
			await aside.close();
			await gateway.stop();
		});

		/** Does the work while every statement that reads a customer waits. */
		const whileCustomersAreLocked = <Result>(work: () => Promise<Result>): Promise<Result> =>
			aside.transaction(async (tx) => {
				await tx.rows(raw('lock table "Customer" in access exclusive mode'));
				return work();
			});

		/** How many of the service's statements wait for the lock. */
		async function waiting(): Promise<number> {
			const [row] = await aside.rows<{ count: number }>(
				sql`select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'usage-gateway' and wait_event_type = 'Lock'`,
			);
			return row?.count ?? 0;
		}

		const headers = (token: string) => ({ "content-type": "application/json", authorization: `Token ${token}` });
		const post = (token: string, query: string, signal?: AbortSignal) =>
			fetch(gateway.url, { method: "POST", headers: headers(token), body: JSON.stringify({ query }), ...(signal === undefined ? {} : { signal }) });

		test("half of the connections are others', and all of their operations are answered", async () => {
			const asked: Promise<unknown>[] = [];
			await whileCustomersAreLocked(async () => {
				for (let size = 1; size <= 30; size++) asked.push(post("demo_owner", heavy(size)));
				await expect.poll(waiting, inTime).toBe(5);
				for (let time = 0; time < 40; time++) await gateway.ask("demo_member", small);
				expect(await waiting()).toBe(5);
			});
			await Promise.all(asked);
			expect(gateway.bugs()).toEqual([]);
		});

		test("two of them still leave connections to a third", async () => {
			const asked: Promise<unknown>[] = [];
			await whileCustomersAreLocked(async () => {
				for (let size = 1; size <= 20; size++) for (const token of ["demo_owner", "demo_provider"]) asked.push(post(token, heavy(size)));
				await expect.poll(waiting, inTime).toBeGreaterThanOrEqual(7); // or 8, by who asked when
				for (let time = 0; time < 20; time++) await gateway.ask("demo_member", small);
			});
			await Promise.all(asked);
		});

		test("tokens that are tried in vain hold half of them, and delay neither the service nor anybody else", async () => {
			const asked: Promise<unknown>[] = [];
			await aside.transaction(async (tx) => {
				await tx.rows(raw('lock table "Token" in access exclusive mode'));
				for (let time = 0; time < 40; time++) asked.push(post(newToken(), small));
				await expect.poll(waiting, inTime).toBe(5);
				for (const database of [gateway.database, gateway.database.onBehalfOf({ key: "another", viewer: "another", took: () => {} })]) {
					expect(await database.rows(sql`select 1 as "one"`)).toEqual([{ one: 1 }]);
				}
				// A token that was good before does not wait behind them.
				asked.push(post("demo_member", small));
				await expect.poll(waiting, inTime).toBe(6);
			});
			await Promise.all(asked);
		});

		describe("a query that nobody waits for any more is cancelled:", () => {
			test("when its connection is closed", async () => {
				const gone = new AbortController();
				await whileCustomersAreLocked(async () => {
					const asked = post("demo_owner", heavy(3), gone.signal).catch(() => "gone");
					await expect.poll(waiting, inTime).toBe(1);
					gone.abort();
					await asked;
					await expect.poll(waiting, inTime).toBe(0);
				});
				expect(gateway.bugs()).toEqual([]);
			});

			test("when it is one of many that are not begun, with the others", async () => {
				const gone = new AbortController();
				const aliases = Array.from({ length: 20 }, (_, index) => `a${index}: customers(first: ${index + 1}) { nodes { name } }`).join(" ");
				await whileCustomersAreLocked(async () => {
					const asked = post("demo_owner", `{ ${aliases} }`, gone.signal).catch(() => "gone");
					await expect.poll(waiting, inTime).toBe(5);
					gone.abort();
					await asked;
					await expect.poll(waiting, inTime).toBe(0);
					await gateway.ask("demo_owner", small);
					expect(await waiting()).toBe(0);
				});
			});

			test("when it is completed on its socket", async () => {
				const client = await connect(gateway.url, "demo_owner");
				await whileCustomersAreLocked(async () => {
					const leave = client.subscribe({ query: heavy(4) }, { next: () => {}, error: () => {}, complete: () => {} });
					await expect.poll(waiting, inTime).toBe(1);
					leave();
					await expect.poll(waiting, inTime).toBe(0);
				});
				await client.dispose();
			});

			test("when its socket is closed", async () => {
				const client = await connect(gateway.url, "demo_owner");
				await whileCustomersAreLocked(async () => {
					client.subscribe({ query: heavy(5) }, { next: () => {}, error: () => {}, complete: () => {} });
					await expect.poll(waiting, inTime).toBe(1);
					client.terminate();
					await expect.poll(waiting, inTime).toBe(0);
				});
			});

			test("when it has taken as long as an operation may", async () => {
				await whileCustomersAreLocked(async () => {
					const { errors } = await gateway.send("demo_owner", heavy(6));
					expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["TIMED_OUT"]);
					await expect.poll(waiting, inTime).toBe(0);
				});
			});
		});

		test("a change goes on when its client has gone", async () => {
			const gone = new AbortController();
			const report = `mutation { setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: "7.25", description: "left" }] }) { __typename } }`;
			const stored = () => aside.rows(sql`select from "ComponentUsage" where "description" = 'left' and "usage" = 7.25`);
			await aside.transaction(async (tx) => {
				await tx.rows(raw('lock table "ComponentUsage" in access exclusive mode'));
				const asked = post("demo_provider", report, gone.signal).catch(() => "gone");
				await expect.poll(waiting, inTime).toBe(1);
				gone.abort();
				await asked;
				await gateway.ask("demo_member", small);
				expect(await waiting()).toBe(1);
			});
			await expect.poll(stored).toHaveLength(1);
		});

		test("a request to cancel never meets another's statement", async () => {
			const answers: Promise<unknown>[] = [];
			for (let round = 0; round < 150; round++) {
				const gone = new AbortController();
				const left = post("demo_provider", `{ componentUserUsages(first: ${(round % 90) + 1}) { totalCount nodes { username } } }`, gone.signal).catch(
					() => "gone",
				);
				answers.push(gateway.ask("demo_member", small));
				setTimeout(() => gone.abort(), round % 12);
				await left;
			}
			expect(await Promise.all(answers)).toHaveLength(150);
			expect(gateway.bugs()).toEqual([]);
		});

		test("what its statements took beyond their cost is charged afterwards, for all instances", async () => {
			const level = async () => (await aside.rows<{ level: number }>(sql`select "level" from "RateBucket" where "level" < 850`)).length;
			const asked = await whileCustomersAreLocked(async () => {
				const asked = gateway.send("demo_owner", heavy(7));
				await expect.poll(waiting, inTime).toBe(1);
				await aside.rows(raw("select pg_sleep(0.7)"));
				return [asked];
			});
			expect((await asked[0])?.errors).toBeUndefined();
			await expect.poll(level, inTime).toBe(1);
			const counted = /^usage_gateway_charged_afterwards_points_total (\d+)$/m.exec(await metrics.text())?.[1];
			expect(Number(counted)).toBeGreaterThan(150);
		});
	},
);
