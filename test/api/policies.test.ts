import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	gateway().setTime("2017-01-10T12:00:00Z");
});

/** Reports amounts and answers the firings that this caused. */
async function firingsOf(resource: string, amounts: Record<string, number>): Promise<Answer[]> {
	const usages = Object.entries(amounts).map(([type, amount]) => ({ type, amount: String(amount) }));
	const { setUsage: result } = await gateway().ask(provider.token, setUsage, { input: { resource, usages } });
	expect(result.__typename).toBe("SetUsagePayload");
	return result.firings;
}

const kindsOf = async (resource: string, amounts: Record<string, number>): Promise<string[]> => (await firingsOf(resource, amounts)).map(({ kind }) => kind);

const turnOfMonth = (moment: string) => evaluateAllPolicies(gateway().database, { now: new Date(moment), timeZone: "UTC" });

const policyState = async (policy: string): Promise<Answer> => {
	const document = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { hasFired firedDatetime firings { nodes { kind created windowStart windowEnd } } } }`;
	return (await gateway().ask(provider.token, document, { uuid: policy })).offeringUsagePolicy;
};

const inGroup = async (group: string) => provider.resource({ customer: await provider.customer({ groups: [group] }) });

describe("a policy aimed at a group", () => {
	test("fires above its limit, once, is reset below it, and fires again", async () => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const [inside, outside] = [await inGroup(group), await provider.resource()];

		expect(await kindsOf(outside, { cpu: 100 })).toEqual([]);
		expect(await kindsOf(inside, { cpu: 9 })).toEqual([]);
		expect(await kindsOf(inside, { cpu: 10 })).toEqual([]);
		expect(await kindsOf(inside, { cpu: 11 })).toEqual(["FIRED"]);
		expect(await kindsOf(inside, { cpu: 12 })).toEqual([]);
		expect(await kindsOf(inside, { cpu: 5 })).toEqual(["RESET"]);
		expect(await kindsOf(inside, { cpu: 11 })).toEqual(["FIRED"]);
	});

	test("totals its customers together", async () => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });

		expect(await kindsOf(await inGroup(group), { cpu: 6 })).toEqual([]);
		expect(await kindsOf(await inGroup(group), { cpu: 6 })).toEqual(["FIRED"]);
	});

	test("counts a customer of two of its groups once", async () => {
		const groups = [await provider.group(), await provider.group()];
		await provider.policy({ limits: { cpu: 10 }, groups });

		expect(await kindsOf(await provider.resource({ customer: await provider.customer({ groups }) }), { cpu: 10 })).toEqual([]);
	});

	test("does not reach the members of a child group", async () => {
		const [parent, child] = [await provider.group(), await provider.group()];
		await gateway().database.rows(sql`update "OrganizationGroup" set "parentUuid" = ${parent}::uuid where "uuid" = ${child}::uuid`);
		await provider.policy({ limits: { cpu: 10 }, groups: [parent] });

		expect(await kindsOf(await inGroup(child), { cpu: 11 })).toEqual([]);
	});
});

describe("a policy's limits", () => {
	test("are compared each with its own component", async () => {
		await provider.policy({ limits: { cpu: 10, ram: 10 } });
		expect(await kindsOf(await provider.resource(), { cpu: 6, ram: 6 })).toEqual([]);
	});

	test("fire when only the second of two is exceeded, and the firing names that one", async () => {
		await provider.policy({ limits: { cpu: 10, ram: 10 } });
		const [firing] = await firingsOf(await provider.resource(), { cpu: 10, ram: 11 });

		expect(firing).toMatchObject({ kind: "FIRED", breaches: [{ component: { type: "ram" }, used: "11", limit: "10" }] });
	});

	test("are met by exactly the limit over all customers, and exceeded by one more", async () => {
		await provider.policy({ limits: { cpu: 100 } });
		for (let customer = 0; customer < 10; customer++) expect(await kindsOf(await provider.resource(), { cpu: 10 })).toEqual([]);
		expect(await kindsOf(await provider.resource(), { cpu: 1 })).toEqual(["FIRED"]);
	});

	test("count resources in every state", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const ended = await provider.resource({ state: "TERMINATED" });
		await provider.usage(ended, "cpu", "2017-01-01", "6");
		expect(await kindsOf(await provider.resource(), { cpu: 5 })).toEqual(["FIRED"]);
	});

	test.each(["blocked", "archived"])("leave a %s customer out", async (flag) => {
		await provider.policy({ limits: { cpu: 10 } });
		expect(await kindsOf(await provider.resource({ customer: await provider.customer({ [flag]: true }) }), { cpu: 11 })).toEqual([]);
	});
});

describe("a policy's window", () => {
	const fires = async (period: string, usages: Record<string, string>): Promise<Answer[]> => {
		provider = await makeProvider(gateway());
		await provider.component("cpu");
		await provider.policy({ limits: { cpu: 10 }, period });
		const resource = await provider.resource();
		for (const [month, usage] of Object.entries(usages)) await provider.usage(resource, "cpu", month, usage);
		gateway().setTime("2017-09-15T12:00:00Z");
		return firingsOf(resource, { cpu: 2 });
	};

	test("ONE_MONTH is this month", async () => {
		expect(await fires("ONE_MONTH", { "2017-08-01": "9" })).toEqual([]);
	});

	test("THREE_MONTHS in September counts July, August and September", async () => {
		expect(await fires("THREE_MONTHS", { "2017-06-01": "100", "2017-07-01": "4", "2017-08-01": "4" })).toEqual([]);
		expect(await fires("THREE_MONTHS", { "2017-07-01": "5", "2017-08-01": "4" })).toMatchObject([{ windowStart: "2017-07-01", windowEnd: "2017-09-01" }]);
	});

	test("TWELVE_MONTHS in September counts from October of last year", async () => {
		expect(await fires("TWELVE_MONTHS", { "2016-09-01": "100" })).toEqual([]);
		expect(await fires("TWELVE_MONTHS", { "2016-10-01": "9" })).toMatchObject([{ windowStart: "2016-10-01" }]);
	});

	test("TOTAL counts everything", async () => {
		expect(await fires("TOTAL", { "2001-01-01": "9" })).toMatchObject([{ kind: "FIRED", windowStart: null, windowEnd: "2017-09-01" }]);
	});
});

test("a ONE_MONTH policy that fired in September is reset at the turn of the month, and keeps when it fired", async () => {
	const policy = await provider.policy({ limits: { cpu: 10 } });
	gateway().setTime("2017-09-15T12:00:00Z");
	await firingsOf(await provider.resource(), { cpu: 11 });
	await turnOfMonth("2017-10-01T00:00:00Z");

	expect(await policyState(policy)).toMatchObject({
		hasFired: false,
		firedDatetime: "2017-09-15T12:00:00.000Z",
		firings: { nodes: [{ kind: "RESET", windowStart: "2017-10-01" }, { kind: "FIRED" }] },
	});
});

test("a policy over usage that already exceeds it fires when it is evaluated, and only once however often that is", async () => {
	await provider.usage(await provider.resource(), "cpu", "2017-01-01", "11");
	const policy = await provider.policy({ limits: { cpu: 10 } });
	await turnOfMonth("2017-01-10T12:00:00Z");
	await turnOfMonth("2017-01-10T12:00:01Z");

	expect(await policyState(policy)).toMatchObject({ hasFired: true, firings: { nodes: [{ kind: "FIRED", created: "2017-01-10T12:00:00.000Z" }] } });
});

test("a firing names the usage record that caused it, and the policy as it is after it", async () => {
	const policy = await provider.policy({ limits: { cpu: 10 } });
	const resource = await provider.resource();
	const input = { resource, usages: [{ type: "ram", amount: "1" }, { type: "cpu", amount: "11" }] }; // biome-ignore format: one report
	const { componentUsages, firings } = (await gateway().ask(provider.token, setUsage, { input })).setUsage;

	expect(firings).toMatchObject([
		{ cause: { uuid: componentUsages[1].uuid }, policy: { uuid: policy, hasFired: true, firedDatetime: "2017-01-10T12:00:00.000Z" } },
	]);
});

test("a report that is refused turns no policy", async () => {
	const policy = await provider.policy({ limits: { cpu: 10 } });
	const input = { resource: await provider.resource({ state: "ERRED" }), usages: [{ type: "cpu", amount: "11" }] };
	await gateway().ask(provider.token, setUsage, { input });

	expect(await policyState(policy)).toMatchObject({ hasFired: false, firings: { nodes: [] } });
});

test.each([
	["TOTAL", "Total"],
	["ONE_MONTH", "1 month"],
	["THREE_MONTHS", "3 month"],
	["TWELVE_MONTHS", "12 month"],
])("the period %s is called %s, as Waldur writes it", async (period, name) => {
	const policy = await provider.policy({ limits: { cpu: 10 }, period });
	const document = "query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { periodName } }";

	expect((await gateway().ask(provider.token, document, { uuid: policy })).offeringUsagePolicy.periodName).toBe(name);
});

test("the limits of a policy tell what all its customers used and whether that is too much", async () => {
	const policy = await provider.policy({ limits: { cpu: 10, ram: 3 } });
	await firingsOf(await provider.resource(), { cpu: 6.25 });
	await firingsOf(await provider.resource(), { cpu: 4, ram: 3 });

	const document = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { periodName componentLimits { component { type } limit used exceeded } } }`;
	expect((await gateway().ask(provider.token, document, { uuid: policy })).offeringUsagePolicy).toEqual({
		periodName: "1 month",
		componentLimits: [
			{ component: { type: "cpu" }, limit: "10", used: "10.25", exceeded: true },
			{ component: { type: "ram" }, limit: "3", used: "3", exceeded: false },
		],
	});
});

describe("the notifications of a firing", () => {
	const recipients = async (): Promise<string[]> => {
		const rows = await gateway().database.rows<{ recipient: string }>(sql`
			select n."recipient" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid"
			where f."offeringUuid" = ${provider.offering}::uuid order by n."created", n."recipient" collate "C"
		`);
		return rows.map(({ recipient }) => recipient).filter((recipient) => !recipient.startsWith("provider"));
	};

	test("go to the owners of the affected customers whose usage counts, and to the addresses given, each once", async () => {
		const [user, idle, outside] = [await provider.customer(), await provider.customer(), await provider.customer({ blocked: true })];
		for (const [customer, email] of [[user, "user"], [idle, "idle"], [outside, "outside"]] as const) await provider.owner(customer, `${email}-${provider.offering}@example.org`); // biome-ignore format: a table
		const emails = [`outsider-${provider.offering}@example.org`, `USER-${provider.offering}@example.org`];
		await provider.policy({ limits: { cpu: 10 }, actions: ["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER"], emails });
		await provider.usage(await provider.resource({ customer: outside }), "cpu", "2017-01-01", "100");
		await firingsOf(await provider.resource({ customer: user }), { cpu: 11 });

		expect(await recipients()).toEqual([`outsider-${provider.offering}@example.org`, `user-${provider.offering}@example.org`]);
	});

	test("are written at a firing, not while it lasts and not at a reset", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: ["NOTIFY_EXTERNAL_USER"], emails: ["ops@example.org"] });
		const resource = await provider.resource();
		await firingsOf(resource, { cpu: 11 });
		await firingsOf(resource, { cpu: 12 });
		await firingsOf(resource, { cpu: 1 });

		expect(await recipients()).toEqual(["ops@example.org"]);
	});

	test("are none of a policy that only blocks", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"], emails: ["ops@example.org"] });
		await firingsOf(await provider.resource(), { cpu: 11 });

		expect(await recipients()).toEqual([]);
	});
});
