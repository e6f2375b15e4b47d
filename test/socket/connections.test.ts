import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe, subscribeOverSse } from "../support/sockets.ts";

let gateway: Gateway;
let provider: Provider;
let resource: string;

beforeEach(async () => {
	gateway = await startGateway({ now: "2017-01-10T12:00:00Z" });
	provider = await makeProvider(gateway);
	await provider.component("cpu");
	resource = await provider.resource();
});

afterEach(() => gateway.stop());

const alerts = "subscription { policyFirings { ... on PolicyFiringEvent { position } } }";
const reports = "subscription { usageReported { position } }";

const report = (amount: string) => gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

/** A connection and how it will end. */
async function connection(
	token: string,
): Promise<{ closed: Promise<number>; subscribe: (query: string) => ReturnType<typeof subscribe>; dispose: () => void }> {
	let tell: (code: number) => void = () => {};
	const closed = new Promise<number>((resolve) => {
		tell = resolve;
	});
	const client = await connect(gateway.url, token);
	client.on("closed", (event) => tell((event as { code: number }).code));
	return { closed, subscribe: (query) => subscribe(client, query), dispose: () => void client.dispose() };
}

describe("a token that is no longer good", () => {
	const ends: [string, () => Promise<unknown>][] = [
		["is revoked", () => gateway.database.rows(sql`update "Token" set "revoked" = now()`)],
		["expires", () => gateway.database.rows(sql`update "Token" set "expires" = '2017-01-10T11:59:59Z'`)],
		["belongs to a user who is made inactive", () => gateway.database.rows(sql`update "User" set "isActive" = false`)],
	];

	test.each(ends)("ends its connections with 4403 though nothing happens on them: when it %s", async (_how, end) => {
		const { closed, subscribe: follow } = await connection(provider.token);
		const waiting = follow(alerts)
			.next()
			.catch(() => {});
		await end();

		expect(await closed).toBe(4403);
		await waiting;
	});

	test("ends its streams of server-sent events", async () => {
		const events = await subscribeOverSse(gateway.url, provider.token, alerts);
		const next = expect(events.next()).rejects.toThrow("UNAUTHENTICATED");
		await gateway.database.rows(sql`update "Token" set "revoked" = now()`);
		await next;
	});

	test("leaves the connections of other tokens", async () => {
		const staff = await provider.staffToken();
		const [own, other] = [await connection(provider.token), await connection(staff)];
		const events = other.subscribe(reports);
		const next = events.next();
		await gateway.database.rows(sql`
			update "Token" set "revoked" = now() where "userUuid" in (select "userUuid" from "CustomerRole" where "customerUuid" = ${provider.uuid}::uuid)
		`);
		expect(await own.closed).toBe(4403);
		// Whether the subscription was under way before the first report is not known: until it tells, there are more.
		let told = false;
		const telling = next.then((event) => {
			told = true;
			return event;
		});
		for (let amount = 1; !told; amount++) {
			await gateway.ask(staff, setUsage, { input: { resource, usages: [{ type: "cpu", amount: String(amount) }] } });
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect((await telling).usageReported.position).toEqual(expect.any(String));
		other.dispose();
	});
});

describe("a token", () => {
	test("has at most ten connections: one more is closed with 4429, and is taken when another has ended", async () => {
		const connections = await Promise.all(Array.from({ length: 10 }, () => connection(provider.token)));
		await expect(connect(gateway.url, provider.token)).rejects.toMatchObject({ code: 4429 });
		await addToken(gateway.database, { token: "demo_another", username: provider.token.replace("demo_", ""), name: "other", expires: null, now: new Date(0) });
		const another = await connection("demo_another");
		connections[0]?.dispose();
		await connections[0]?.closed;
		// The client knows of the end before the server does.
		await expect.poll(() => connect(gateway.url, provider.token).catch(() => undefined), { timeout: 60_000 }).toBeDefined();

		for (const { dispose } of [...connections, another]) dispose();
	});

	test("has at most fifty subscriptions on a connection: one more is refused with RATE_LIMITED, and the others stay", async () => {
		const { subscribe: follow, dispose } = await connection(provider.token);
		const others = Array.from({ length: 50 }, () => follow(reports));
		const waiting = others.map((events) => events.next());
		await expect(follow(reports).next()).rejects.toThrow("RATE_LIMITED");
		let told = 0;
		for (const next of waiting) void next.then(() => told++);
		for (let amount = 1; told < 50; amount++) {
			await report(String(amount));
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(told).toBe(50);
		dispose();
	});
});

describe("a service that stops", () => {
	test("says so to streams of server-sent events, and cuts them instead of completing them", async () => {
		const other = await startGateway({ now: "2017-01-10T12:00:00Z" });
		const owner = await makeProvider(other);
		const events = await subscribeOverSse(other.url, owner.token, alerts);
		const next = expect(events.next()).rejects.toThrow("SERVICE_UNAVAILABLE");
		await other.stop();
		await next;
		await expect(events.next()).rejects.toThrow("terminated");
	});
});
