import type { Client } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe, subscribeOverSse } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let resource: string;
let client: Client;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
	client = await connect(gateway().url, provider.token);
});

afterEach(() => client.dispose());

const alerts = `subscription ($filter: PolicyFiringFilter, $after: String) {
	policyFirings(filter: $filter, after: $after) {
		__typename
		... on PolicyFiringEvent { position firing { kind breaches { used } cause { resource { uuid } } policy { hasFired } } }
		... on Error { code message }
	}
}`;
const reports = `subscription ($filter: UsageReportedFilter) { usageReported(filter: $filter) { position componentUsage { usage resource { uuid } } } }`;

let minute = 0;

const report = async (amount: string, of = resource, token = provider.token): Promise<Answer> => {
	gateway().setTime(new Date(Date.UTC(2017, 0, 10, 0, minute++)).toISOString());
	return (await gateway().ask(token, setUsage, { input: { resource: of, usages: [{ type: "cpu", amount }] } })).setUsage;
};

/**
 * Reports usage until the subscription's first event is there, and answers that event: a live subscription has no sign of
 * being under way but its events.
 */
async function firstEvent(events: Events, cause: () => Promise<unknown>): Promise<Answer> {
	const first = events.next();
	let arrived = false;
	first.finally(() => {
		arrived = true;
	});
	while (!arrived) {
		await cause();
		await new Promise((resolve) => setImmediate(resolve));
	}
	return first;
}

/** Makes the policy fire and be reset. */
const upAndDown = async () => {
	await report("11");
	await report("1");
};

/** The log's positions of the provider's firings so far, oldest first. */
async function positions(): Promise<string[]> {
	const { policyFirings } = await gateway().ask(provider.token, `{ policyFirings(last: 100) { nodes { position } } }`);
	return policyFirings.nodes.map(({ position }: Answer) => position).reverse();
}

describe("a policy that is deleted while it is fired", () => {
	const remove = "mutation ($input: DeleteOfferingUsagePolicyInput!) { deleteOfferingUsagePolicy(input: $input) { __typename } }";

	test.each(["policyUuid", "customerUuid", "kinds"] as const)("is the last event, without its policy, for who follows by %s", async (filter) => {
		const group = await provider.group();
		const customer = await provider.customer({ groups: [group] });
		const policy = await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const given = { policyUuid: { policyUuid: policy }, customerUuid: { customerUuid: customer, policyUuid: policy }, kinds: { kinds: ["WITHDRAWN"] } }[filter];
		await upAndDown();
		const [after] = await positions();
		await report("11", await provider.resource({ customer }));
		await gateway().ask(provider.token, remove, { input: { uuid: policy } });
		const events = subscribe(client, alerts, { filter: given, after });
		const told = [(await events.next()).policyFirings.firing];
		if (filter !== "kinds") told.push((await events.next()).policyFirings.firing);
		events.stop();

		expect(told.map(({ kind, policy: named }: Answer) => [kind, named])).toEqual(
			filter === "kinds" ? [["WITHDRAWN", null]] : [["FIRED", null], ["WITHDRAWN", null]], // biome-ignore format: a list
		);
	});
});

describe.each(["WebSocket", "server-sent events"])("over %s", (transport) => {
	const follow = (query: string, variables?: object): Promise<Events> =>
		transport === "WebSocket"
			? Promise.resolve(subscribe(client, query, { ...variables }))
			: subscribeOverSse(gateway().url, provider.token, query, { ...variables });

	test("a subscriber is told when a policy fires and when it is reset, with the figures and the cause", async () => {
		const events = await follow(alerts);
		const first = (await firstEvent(events, upAndDown)).policyFirings;
		await upAndDown(); // the first event may have been the last so far
		const second = (await events.next()).policyFirings;
		events.stop();

		expect([first, second].sort((one, other) => (one.firing.kind < other.firing.kind ? -1 : 1))).toMatchObject([
			{ firing: { kind: "FIRED", breaches: [{ used: "11" }], cause: { resource: { uuid: resource } } } },
			{ firing: { kind: "RESET", breaches: [] } },
		]);
	});

	test("a subscriber that names its last position gets everything after it, in order, and goes on live", async () => {
		await upAndDown();
		await upAndDown();
		const [first, ...rest] = await positions();
		const events = await follow(alerts, { after: first });
		const replayed = [await events.next(), await events.next(), await events.next()].map(({ policyFirings }) => policyFirings);
		await report("12");
		const live = (await events.next()).policyFirings;
		events.stop();

		expect(replayed.map(({ position }) => position)).toEqual(rest);
		expect(replayed.map(({ firing }) => firing.kind)).toEqual(["RESET", "FIRED", "RESET"]);
		expect(live.firing).toMatchObject({ kind: "FIRED", breaches: [{ used: "12" }] });
	});

	test("a subscriber is told of usage as it is reported", async () => {
		const events = await follow(reports, { filter: { resourceUuid: resource } });
		const event = await firstEvent(events, () => report("3.50"));
		events.stop();

		expect(event.usageReported).toMatchObject({ componentUsage: { usage: "3.5", resource: { uuid: resource } } });
	});
});

test("a filter by policy, offering, kind or customer leaves other firings out", async () => {
	await upAndDown();
	const [first] = await positions();
	await upAndDown();
	const events = subscribe(client, alerts, { after: first, filter: { offeringUuid: provider.offering, kinds: ["RESET"] } });
	const kinds = [await events.next(), await events.next()].map(({ policyFirings }) => policyFirings.firing.kind);
	events.stop();

	expect(kinds).toEqual(["RESET", "RESET"]);
});

test("a record that is reported again is told of again, with its new figure", async () => {
	const events = subscribe(client, reports, { filter: { resourceUuid: resource } });
	await firstEvent(events, () => report("1"));
	await report("2");
	await report("3");
	let last = "";
	// An event shows the record as it is when the event is delivered, which may be later than the report it tells of.
	while (last !== "3") last = (await events.next()).usageReported.componentUsage.usage;
	await report("4");
	while (last === "3") last = (await events.next()).usageReported.componentUsage.usage;
	events.stop();

	expect(last).toBe("4");
});

test("another provider is told of neither firings nor reports", async () => {
	const other = await makeProvider(gateway());
	await other.component("cpu");
	await other.policy({ limits: { cpu: 10 } });
	const [theirs, foreign] = [await other.resource(), resource];
	await report("11");
	const start = (await positions())[0];
	await report("1");
	const theirClient = await connect(gateway().url, other.token);
	const [firings, usages] = [subscribe(theirClient, alerts, { after: start }), subscribe(theirClient, reports)];
	const reported = await firstEvent(usages, async () => {
		await report("11", foreign);
		await report("1", foreign);
		await report("11", theirs, other.token);
	});
	const fired = await firings.next();
	await theirClient.dispose();

	expect(reported.usageReported.componentUsage.resource.uuid).toBe(theirs);
	expect(fired.policyFirings.firing.cause.resource.uuid).toBe(theirs);
});

test("a token that is revoked ends its subscription at the next event", async () => {
	const events = await subscribeOverSse(gateway().url, provider.token, reports);
	await firstEvent(events, () => report("1"));
	await gateway().database.rows(
		sql`update "Token" set "revoked" = now() where "userUuid" in (select "userUuid" from "CustomerRole" where "customerUuid" = ${provider.uuid}::uuid)`,
	);
	const staff = await provider.staffToken();
	const untilItEnds = async () => {
		for (;;) await events.next();
	};
	const ended = expect(untilItEnds()).rejects.toThrow("UNAUTHENTICATED");
	await report("2", resource, staff);
	await ended;
});

test("a position that the log has not reached is answered with PositionExpiredError, and nothing else", async () => {
	const events = subscribe(client, alerts, { after: "zzzzzzzzzz.1" });

	expect((await events.next()).policyFirings).toMatchObject({ __typename: "PositionExpiredError", code: "POSITION_EXPIRED" });
	await expect(events.next()).rejects.toThrow("The subscription ended.");
});

test("what is no position at all is refused with BAD_USER_INPUT, and the socket's other subscriptions stay", async () => {
	const others = subscribe(client, reports);
	await firstEvent(others, () => report("1"));

	await expect(subscribe(client, alerts, { after: "yesterday" }).next()).rejects.toThrow("BAD_USER_INPUT");
	await expect(subscribe(client, "subscription { nope }").next()).rejects.toThrow("GRAPHQL_VALIDATION_FAILED");
	await expect(subscribe(client, "subscription {").next()).rejects.toThrow("GRAPHQL_PARSE_FAILED");
	const next = others.next();
	await report("2");
	expect((await next).usageReported).toBeDefined();
});

test("nobody is told anything without a token", async () => {
	const anonymous = await connect(gateway().url, undefined);
	await expect(subscribe(anonymous, alerts).next()).rejects.toThrow("UNAUTHENTICATED");
	await anonymous.dispose();
});
