import { getIntrospectionQuery } from "graphql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tokenHash } from "../../src/access/token.ts";
import { watchedDatabase } from "../../src/database/database.ts";
import { type Sql, sql } from "../../src/database/sql.ts";
import { createMeter } from "../../src/server/limits/admission.service.ts";
import { freshDatabase } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { person } from "../support/person.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { request } from "../support/requests.ts";

let gateway: Gateway;
let isMeterLost = false;
beforeAll(async () => {
	const database = watchedDatabase(await freshDatabase("demo"), (statement, run) =>
		isMeterLost && (statement as Sql).text.includes('"RateBucket"') ? Promise.reject(Object.assign(new Error("lost"), { code: "57P01" })) : run(),
	);
	gateway = await startGateway({ database, limits: limited });
});
afterAll(() => gateway.stop());

const ask = (
	query: string,
	{ token = "demo_member", variables, headers }: { token?: string | null; variables?: object; headers?: Record<string, string> } = {},
) =>
	request(gateway.url, { body: JSON.stringify({ query, variables }), headers: { ...(token === null ? {} : { authorization: `Token ${token}` }), ...headers } });

const emptied = async () => void (await gateway.database.rows(sql`delete from "RateBucket"`));

describe("what an operation costs", () => {
	test("is told with its answer, with what is left", async () => {
		const { json } = await ask("{ resources(first: 20) { nodes { name } } }");
		expect(json.extensions.cost).toEqual({ requested: 3, limit: 1_000, remaining: expect.any(Number), restoreRate: 100 });
		expect(json.extensions.cost.remaining).toBeLessThan(1_000);
	});

	test("is told with every answer of a query that is asked again", async () => {
		const document = "{ resources(first: 20) { nodes { name state } } }";
		for (let time = 0; time < 3; time++) expect((await ask(document)).json.extensions.cost.requested).toBe(3);
	});

	test("is refused above 1,000, before anything is read", async () => {
		let answered: Awaited<ReturnType<typeof ask>> | undefined;
		const statements = await gateway.statementsOf(async () => {
			answered = await ask(
				"query ($n: Int) { resources(first: $n) { nodes { componentUsages(first: $n) { nodes { userUsages(first: $n) { nodes { usage } } } } } } }",
				{ variables: { n: 100 } },
			);
		});
		expect([answered?.status, answered?.json]).toEqual([
			200,
			{ errors: [expect.objectContaining({ extensions: { code: "COST_LIMIT_EXCEEDED", cost: { requested: 101_011, limit: 1_000 } } })] },
		]);
		expect(statements.filter((text) => text.includes('"Resource" "t"'))).toEqual([]);
	});

	test.each([
		["demo_staff", 1_000],
		["demo_provider", 1_000],
		["demo_support", 100],
		["demo_owner", 100],
		["demo_member", 100],
	])("is ten times as much a second for who may report: %s", async (token, restoreRate) => {
		expect((await ask("{ viewer { username } }", { token })).json.extensions.cost.restoreRate).toBe(restoreRate);
	});
});

describe("a token that asks for too much", () => {
	test("is refused with the time to wait for, and answered again after it", async () => {
		await emptied();
		const dear = "{ resources(first: 90) { nodes { componentUsages(first: 50) { nodes { usage } } } } }";
		const answers = [];
		for (let time = 0; time < 4; time++) answers.push(await ask(dear, { token: "demo_owner" }));
		const refused = answers.find(({ status }) => status === 429);
		expect(refused?.json.errors[0].extensions).toMatchObject({ code: "RATE_LIMITED", retryAfter: expect.any(Number), cost: { requested: 460 } });
		expect(Number(refused?.headers["retry-after"])).toBe(refused?.json.errors[0].extensions.retryAfter);
		expect(refused?.json.data).toBeUndefined();
		await expect.poll(async () => (await ask("{ viewer { username } }", { token: "demo_owner" })).status, { timeout: 20_000 }).toBe(200);
	});

	test("holds up no other token", async () => {
		const dear = "{ resources(first: 90) { nodes { componentUsages(first: 50) { nodes { usage } } } } }";
		for (let time = 0; time < 4; time++) await ask(dear, { token: "demo_owner" });
		expect((await ask("{ viewer { username } }", { token: "demo_member" })).status).toBe(200);
	});

	test("is metered by all instances together, with a statement for many requests", async () => {
		const rate = { size: 1_000, perSecond: 0.001 };
		let statements = 0;
		const counted = {
			...gateway.database,
			rows: ((statement) => {
				statements++;
				return gateway.database.rows(statement);
			}) as typeof gateway.database.rows,
		};
		const instances = [1, 2, 3].map(() => createMeter(counted, rate, () => performance.now()));
		const charges = await Promise.all(Array.from({ length: 600 }, async (_, index) => instances[index % 3]?.charge("ugw_shared", false, 5)));
		const allowed = charges.filter((charge) => charge?.isAllowed).length;
		expect(allowed).toBeLessThanOrEqual(200);
		expect(allowed).toBeGreaterThan(190 - 3 * 2);
		expect(statements).toBeLessThan(450);
	});
});

describe("what an operation took beyond its cost", () => {
	const rate = { size: 1_000, perSecond: 0.001 };
	const levelOf = async (token: string) =>
		(await gateway.database.rows<{ level: number }>(sql`select round("level")::int as "level" from "RateBucket" where "hash" = ${tokenHash(token)}`))[0]?.level;

	test("is taken out of what the token has left, and no more", async () => {
		const meter = createMeter(gateway.database, rate, () => performance.now());
		await meter.charge("ugw_late", false, 10);
		meter.chargeAfterwards("ugw_late", false, 300);
		expect(await meter.charge("ugw_late", false, 5)).toMatchObject({ isAllowed: true });
		expect(await meter.charge("ugw_late", false, 680)).toMatchObject({ isAllowed: true });
		expect(await meter.charge("ugw_late", false, 10)).toMatchObject({ isAllowed: false, remaining: 5 });
	});

	test("is owed when there is no more, at most as much as the bucket holds", async () => {
		const meter = createMeter(gateway.database, rate, () => performance.now());
		for (let time = 0; time < 5; time++) meter.chargeAfterwards("ugw_owing", false, 900);
		await expect.poll(() => levelOf("ugw_owing")).toBeLessThan(0);
		expect(await meter.charge("ugw_owing", false, 1)).toMatchObject({ isAllowed: false, remaining: 0 });
		expect(await levelOf("ugw_owing")).toBe(-1_000);
	});

	test("is owed to all instances, and let in again when it is restored", async () => {
		const instances = [1, 2].map(() => createMeter(gateway.database, rate, () => performance.now()));
		instances[0]?.chargeAfterwards("ugw_moving", false, 1_500);
		await expect.poll(() => levelOf("ugw_moving")).toBe(-500);
		expect(await instances[1]?.charge("ugw_moving", false, 1)).toMatchObject({ isAllowed: false });
		await gateway.database.rows(sql`update "RateBucket" set "level" = 50 where "hash" = ${tokenHash("ugw_moving")}`);
		expect(await instances[1]?.charge("ugw_moving", false, 20)).toMatchObject({ isAllowed: true });
	});
});

describe("a database that cannot tell what a token has left", () => {
	const unavailable = [{ message: "The database cannot be reached at the moment: try again.", extensions: { code: "SERVICE_UNAVAILABLE" } }];
	beforeEach(() => {
		isMeterLost = true;
	});
	afterEach(() => {
		isMeterLost = false;
	});

	test.each([
		["as JSON", {}],
		["as a GraphQL response", { accept: "application/graphql-response+json" }],
	])("is told of as an error over HTTP, %s", async (_what, headers) => {
		const token = await person(gateway);
		for (let time = 0; time < 3; time++) {
			const answer = await ask("{ viewer { username } }", { token, headers });
			expect([answer.status, answer.json]).toEqual([503, { errors: unavailable }]);
		}
	});

	test.each([
		["a query", "{ viewer { username } }"],
		["a subscription", "subscription { policyFirings { __typename } }"],
	])("is told of as an error of %s over WebSocket, whose connection stays", async (_what, document) => {
		const socket = await connectRaw(gateway.url, await person(gateway));
		socket.subscribe("1", document);
		const { type, payload } = await socket.received(({ id }) => id === "1");
		expect([type, payload]).toEqual(["error", unavailable]);
		isMeterLost = false;
		socket.subscribe("2", "{ viewer { username } }");
		expect((await socket.received(({ id }) => id === "2")).payload.data.viewer.username).toMatch(/^someone/);
		socket.close();
	});

	test("is no bug of ours", () => expect(gateway.bugs()).toEqual([]));
});

describe("a document is refused before it is executed", () => {
	test.each([
		["of more than 1,000 tokens", `{ ${"__typename ".repeat(1_000)} }`, "GRAPHQL_PARSE_FAILED"],
		["of more than 10 levels", `{ ${"resources { nodes { offering { ".repeat(6)} name ${"} } } ".repeat(6)} }`, "GRAPHQL_VALIDATION_FAILED"],
		["of more than 30 aliases", `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(" ")} }`, "GRAPHQL_VALIDATION_FAILED"],
		["with a list of more than 250 items", `{ nodes(ids: [${Array(251).fill('"x"')}]) { id } }`, "BAD_USER_INPUT"],
	])("%s", async (_what, document, code) => {
		const { json } = await ask(document);
		expect(json.errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toEqual([code]);
		expect(json.data).toBeUndefined();
	});

	test("of more than 256 KB", async () => {
		const { status, json } = await ask(`{ __typename } # ${"x".repeat(256 * 1024)}`);
		expect([status, json?.data]).toEqual([413, undefined]);
	});
});

describe("what the schema is", () => {
	test("is told to who is signed in", async () => {
		await emptied();
		expect((await ask(getIntrospectionQuery())).json.data.__schema.types.length).toBeGreaterThan(50);
	});

	test("is not told to anybody else", async () => {
		const { status, json } = await ask("{ __schema { types { name } } }", { token: null });
		expect([status, json.errors[0].extensions.code, json.data]).toEqual([401, "UNAUTHENTICATED", undefined]);
	});

	test("cannot be guessed from what errors suggest", async () => {
		const { json } = await ask("{ resourcs { nodes { name } } }");
		expect(json.errors[0].message).toBe('Cannot query field "resourcs" on type "Query".');
	});
});

describe("a page of another origin", () => {
	const preflight = (origin: string) =>
		request(gateway.url, {
			method: "OPTIONS",
			headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" },
		});

	test("may ask when it is one of those that were named", async () => {
		expect((await preflight("https://portal.example.org")).headers["access-control-allow-origin"]).toBe("https://portal.example.org");
		const { headers, json } = await ask("{ viewer { username } }", { headers: { origin: "https://portal.example.org" } });
		expect([headers["access-control-allow-origin"], json.data.viewer.username]).toEqual(["https://portal.example.org", "member"]);
	});

	test("may not when it is any other", async () => {
		expect((await preflight("https://evil.example.org")).headers["access-control-allow-origin"]).not.toBe("https://evil.example.org");
		expect((await ask("{ viewer { username } }", { headers: { origin: "https://evil.example.org" } })).headers["access-control-allow-origin"]).not.toBe(
			"https://evil.example.org",
		);
	});

	test("may not send anything but JSON", async () => {
		for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "multipart/form-data; boundary=x"]) {
			const { status, json } = await request(gateway.url, { body: "query={__typename}", headers: { "content-type": type } });
			expect([status, json.errors[0].extensions.code]).toEqual([415, "BAD_REQUEST"]);
		}
	});
});
