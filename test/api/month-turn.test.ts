import { beforeEach, describe, expect, test } from "vitest";
import { lockOfferings } from "../../src/database/lock.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies, type TurnedMonth, turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";

const gateway = gatewayForFile();
let provider: Provider;

beforeEach(async () => {
	// Offerings of earlier tests have nothing left to begin.
	await gateway().database.rows(
		sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") select "uuid", '9999-12-01' from "Offering" on conflict do nothing`,
	);
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
});

/** Begins the month as the service does by itself, for every offering that is left over. */
const turn = (moment: string, timeZone = "UTC"): Promise<TurnedMonth[]> => turnMonth(gateway().database, { now: new Date(moment), timeZone });

interface Report {
	readonly type?: string;
	readonly recurring?: boolean;
	readonly description?: string;
	readonly planPeriod?: string;
}

/** Reports an amount of the resource at a moment, recurring unless told otherwise, and answers the stored record. */
async function report(resource: string, moment: string, amount: string, { type = "cpu", recurring = true, planPeriod, ...rest }: Report = {}): Promise<Answer> {
	gateway().setTime(moment);
	const input = { resource, usages: [{ type, amount, recurring, ...rest }], ...(planPeriod === undefined ? {} : { planPeriod }) };
	const { setUsage: result } = await gateway().ask(provider.token, setUsage, { input });
	expect(result.__typename).toBe("SetUsagePayload");
	return result.componentUsages[0];
}

async function resourceOf(uuid: string): Promise<Answer> {
	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { type amount } componentUsages(first: 100, orderBy: { field: BILLING_PERIOD, direction: ASC }) {
		nodes { uuid type usage billingPeriod date created recurring description planPeriod { uuid } modifiedBy { username } }
	} } }`;
	return (await gateway().ask(provider.token, document, { uuid })).resource;
}

/** The resource's records as month: amount, oldest first. */
const monthsOf = async (resource: string): Promise<string[]> =>
	(await resourceOf(resource)).componentUsages.nodes.map(({ billingPeriod, usage }: Answer) => `${billingPeriod.slice(0, 7)}: ${usage}`);

/** The turns of the provider's policies, oldest first, each with its month. */
async function firings(): Promise<string[]> {
	const document = `query ($offering: UUID!) { policyFirings(first: 100, filter: { offeringUuid: $offering }) { nodes { kind created } } }`;
	const { nodes } = (await gateway().ask(provider.token, document, { offering: provider.offering })).policyFirings;
	return nodes.map(({ kind, created }: Answer) => `${created.slice(0, 7)}: ${kind}`).reverse();
}

const isFired = async (policy: string): Promise<boolean> =>
	(await gateway().ask(provider.token, `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { hasFired } }`, { uuid: policy })).offeringUsagePolicy
		.hasFired;

/** How often the log tells of the records. */
async function logEntriesOf(resource: string): Promise<number> {
	const [row] = await gateway().database.rows<{ entries: number }>(sql`
		select count(*)::int as entries from "LogEntry" l join "ComponentUsage" u on u."uuid" = l."componentUsageUuid" where u."resourceUuid" = ${resource}::uuid
	`);
	return row?.entries ?? 0;
}

describe("recurring usage at the turn of the month", () => {
	test("is carried over with all that was reported", async () => {
		const resource = await provider.resource();
		const planPeriod = await provider.planPeriod(resource, "2016-12-01T00:00:00Z", null);
		await report(resource, "2017-01-10T12:00:00Z", "10.25", { description: "two racks", planPeriod });
		await turn("2017-02-01T00:00:05Z");

		const { nodes } = (await resourceOf(resource)).componentUsages;
		expect(nodes).toHaveLength(2);
		expect(nodes[1]).toMatchObject({
			type: "cpu",
			usage: "10.25",
			billingPeriod: "2017-02-01",
			date: "2017-02-01T00:00:05.000Z",
			created: "2017-02-01T00:00:05.000Z",
			recurring: true,
			description: "two racks",
			planPeriod: { uuid: planPeriod },
			modifiedBy: null,
		});
	});

	test("goes on until it is reported without", async () => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		await turn("2017-02-01T00:00:05Z");
		await report(resource, "2017-02-10T12:00:00Z", "4", { recurring: false });
		await turn("2017-03-01T00:00:05Z");

		expect(await monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 4"]);
	});

	test("is not carried over where it has been reported for the new month already", async () => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		await report(resource, "2017-01-10T12:00:00Z", "20", { type: "ram" });
		const reported = await report(resource, "2017-02-01T00:00:02Z", "3", { recurring: false });
		await turn("2017-02-01T00:00:05Z");

		const { nodes } = (await resourceOf(resource)).componentUsages;
		const [cpu, ...more] = nodes.filter(({ type, billingPeriod }: Answer) => type === "cpu" && billingPeriod === "2017-02-01");
		expect({ cpu, more }).toMatchObject({ cpu: { uuid: reported.uuid, usage: "3", date: "2017-02-01T00:00:02.000Z" }, more: [] });
		expect(nodes.filter(({ type }: Answer) => type === "ram")).toHaveLength(2);
	});

	test.each([
		["CREATING", 1],
		["OK", 1],
		["ERRED", 1],
		["UPDATING", 1],
		["TERMINATING", 1],
		["TERMINATED", 0],
	])("of a resource in state %s makes %i records", async (state, copies) => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		await gateway().database.rows(sql`update "Resource" set "state" = ${state}::"ResourceState" where "uuid" = ${resource}::uuid`);
		await turn("2017-02-01T00:00:05Z");

		expect(await monthsOf(resource)).toHaveLength(1 + copies);
	});

	test("is the resource's current usage", async () => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		await report(resource, "2017-01-10T12:00:00Z", "7", { type: "ram", recurring: false });
		await gateway().database.rows(sql`update "Resource" set "currentUsages" = '{"cpu": "1", "ram": "7"}' where "uuid" = ${resource}::uuid`);
		await turn("2017-02-01T00:00:05Z");

		expect((await resourceOf(resource)).currentUsages).toEqual([
			{ type: "cpu", amount: "10" },
			{ type: "ram", amount: "7" },
		]);
	});

	test("of thousands of resources is all carried over", async () => {
		const resource = await provider.resource();
		const record = await report(resource, "2017-01-10T12:00:00Z", "10");
		const { database } = gateway();
		await database.rows(sql`
			with copies as (
				insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid")
				select "name", "state", "offeringUuid", "projectUuid", "customerUuid" from "Resource", generate_series(1, 2100) where "uuid" = ${resource}::uuid
				returning "uuid"
			)
			insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod", "recurring")
			select copies."uuid", u."componentUuid", u."offeringUuid", u."projectUuid", u."customerUuid", u."type", u."usage", u."date", u."billingPeriod", true
			from copies, "ComponentUsage" u where u."uuid" = ${record.uuid}::uuid
		`);

		expect(await turn("2017-02-01T00:00:05Z")).toMatchObject([{ month: "2017-02-01", copied: 2101 }]);
		const [log] = await database.rows<{ entries: number }>(sql`
			select count(distinct u."uuid")::int as entries from "LogEntry" l join "ComponentUsage" u on u."uuid" = l."componentUsageUuid"
			where u."offeringUuid" = ${provider.offering}::uuid and u."billingPeriod" = '2017-02-01'
		`);
		expect(log?.entries).toBe(2101);
	});

	test("is told to those who follow reports", async () => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		const client = await connect(gateway().url, provider.token);
		const document = `subscription ($resource: UUID!) { usageReported(filter: { resourceUuid: $resource }) { componentUsage { billingPeriod usage } } }`;
		const events = subscribe(client, document, { resource });
		const first = events.next();
		let underWay = false;
		first.finally(() => {
			underWay = true;
		});
		// A live subscription has no sign of being under way but its events: reports, until one of them arrives.
		let reports = 0;
		while (!underWay) {
			await report(resource, "2017-01-10T12:00:00Z", String(10 + ++reports));
			await new Promise((resolve) => setImmediate(resolve));
		}
		await turn("2017-02-01T00:00:05Z");
		let told = (await first).usageReported.componentUsage;
		while (told.billingPeriod === "2017-01-01") told = (await events.next()).usageReported.componentUsage;
		await client.dispose();

		expect(told).toEqual({ billingPeriod: "2017-02-01", usage: String(10 + reports) });
	});
});

describe("a month begins", () => {
	test("once, and what is reported after that stands", async () => {
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		await turn("2017-02-01T00:00:05Z");
		await report(resource, "2017-02-10T12:00:00Z", "4");

		expect(await turn("2017-02-11T00:00:00Z")).toEqual([]);
		expect(await monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 4"]);
	});

	test("once where several processes begin it at the same time", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 15 }, period: "THREE_MONTHS" });
		await report(resource, "2017-01-10T12:00:00Z", "10");
		const turns = await Promise.all(Array.from({ length: 8 }, () => turn("2017-02-01T00:00:05Z")));

		expect(turns.flat()).toEqual([{ month: "2017-02-01", offerings: 1, copied: 1, fired: 1, reset: 0 }]);
		expect(await monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 10"]);
		expect(await firings()).toEqual(["2017-02: FIRED"]);
		expect(await logEntriesOf(resource)).toBe(2);
	});

	test("after a report that is under way, and leaves it alone", async ({ skip }) => {
		const { database } = gateway();
		if (database.engine === "PGlite") skip("the embedded database has one connection: nothing else is under way");
		const resource = await provider.resource();
		await report(resource, "2017-01-10T12:00:00Z", "10");
		const turned = await database.transaction(async (tx) => {
			await lockOfferings(tx, [provider.offering]);
			const turning = turn("2017-02-01T00:00:05Z");
			const waiting = sql`select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
			await expect.poll(() => tx.rows(waiting), { timeout: 5_000 }).toHaveLength(1);
			await tx.rows(sql`update "ComponentUsage" set "recurring" = false where "resourceUuid" = ${resource}::uuid`);
			return { turning };
		});

		expect(await turned.turning).toMatchObject([{ offerings: 1, copied: 0 }]);
	});

	test("in order, where the service was down over several", async () => {
		const resource = await provider.resource();
		await turn("2017-01-05T00:00:00Z");
		await report(resource, "2017-01-10T12:00:00Z", "10");
		const months = await turn("2017-03-10T08:00:00Z");

		expect(months.map(({ month }) => month)).toEqual(["2017-02-01", "2017-03-01"]);
		const { nodes } = (await resourceOf(resource)).componentUsages;
		expect(nodes.map(({ usage, date }: Answer) => `${date} ${usage}`)).toEqual([
			"2017-01-10T12:00:00.000Z 10",
			"2017-02-01T00:00:00.000Z 10",
			"2017-03-10T08:00:00.000Z 10",
		]);
	});

	test("by the calendar of the configured zone", async () => {
		const resource = await provider.resource();
		await turn("2026-11-05T00:00:00Z");
		await report(resource, "2026-11-10T12:00:00Z", "10");

		expect(await turn("2026-11-30T22:30:00Z", "UTC")).toEqual([]);
		expect(await turn("2026-11-30T22:30:00Z", "Europe/Tallinn")).toMatchObject([{ month: "2026-12-01" }]);
		expect(await monthsOf(resource)).toEqual(["2026-11: 10", "2026-12: 10"]);
	});

	test("for the others when it cannot for one offering, and for that one later", async () => {
		const { database } = gateway();
		const offerings = [provider.offering, (await makeProvider(gateway())).offering].sort();
		await database.rows(raw(`alter table "MonthTurn" add constraint "refused" check ("offeringUuid" <> '${offerings[0]}') not valid`));
		await expect(turn("2017-02-01T00:00:05Z")).rejects.toThrow("refused");
		await database.rows(raw(`alter table "MonthTurn" drop constraint "refused"`));
		const begun = await database.rows(
			sql`select "offeringUuid" from "MonthTurn" where "billingPeriod" = '2017-02-01' and "offeringUuid" = any(${offerings}::uuid[])`,
		);

		expect(begun).toEqual([{ offeringUuid: offerings[1] }]);
		expect(await turn("2017-02-01T00:00:35Z")).toMatchObject([{ offerings: 1 }]);
	});
});

describe("policies at the turn of the month", () => {
	test("of one month are reset when the new one has nothing", async () => {
		const resource = await provider.resource();
		const policy = await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await report(resource, "2017-09-10T12:00:00Z", "11", { recurring: false });
		expect(await isFired(policy)).toBe(true);
		expect(await turn("2017-10-01T00:00:05Z")).toMatchObject([{ fired: 0, reset: 1 }]);

		expect(await firings()).toEqual(["2017-09: FIRED", "2017-10: RESET"]);
		expect(await isFired(policy)).toBe(false);
	});

	test("of three months count them until they have passed", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await turn("2017-09-01T00:00:05Z");
		await report(resource, "2017-09-10T12:00:00Z", "11", { recurring: false });
		await turn("2017-10-01T00:00:05Z");
		await turn("2017-11-01T00:00:05Z");
		expect(await firings()).toEqual(["2017-09: FIRED"]);

		await turn("2017-12-01T00:00:05Z");
		expect(await firings()).toEqual(["2017-09: FIRED", "2017-12: RESET"]);
	});

	test("stay fired without a word when what is carried over exceeds them anew", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await report(resource, "2017-09-10T12:00:00Z", "11");
		await turn("2017-10-01T00:00:05Z");

		expect(await firings()).toEqual(["2017-09: FIRED"]);
	});

	test("fire by what is carried over", async () => {
		const resource = await provider.resource();
		const policy = await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await report(resource, "2017-09-10T12:00:00Z", "6");
		const [month] = await turn("2017-10-01T00:00:05Z");

		expect(month).toMatchObject({ month: "2017-10-01", copied: 1, fired: 1, reset: 0 });
		expect(await isFired(policy)).toBe(true);
	});

	test("turn once for all the months that the service was down over, as of now", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await turn("2017-01-05T00:00:00Z");
		await report(resource, "2017-01-10T12:00:00Z", "6");
		await turn("2017-02-10T12:00:00Z");
		await report(resource, "2017-02-11T12:00:00Z", "6", { recurring: false });
		await turn("2017-06-10T12:00:00Z");

		expect(await firings()).toEqual(["2017-02: FIRED", "2017-06: RESET"]);
	});

	test("do not turn back for a month that was missed before they fired", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await turn("2017-01-05T00:00:00Z");
		await report(resource, "2017-03-05T12:00:00Z", "11");
		await turn("2017-03-05T12:00:30Z");

		expect(await firings()).toEqual(["2017-03: FIRED"]);
	});

	test("are told of after the records that turned them, in the order of the log", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await report(resource, "2017-09-10T12:00:00Z", "6");
		await turn("2017-10-01T00:00:05Z");

		const entries = await gateway().database.rows<{ kind: string }>(sql`
			select case when u."uuid" is null then 'firing' else 'usage' end as kind from "LogEntry" l
			left join "ComponentUsage" u on u."uuid" = l."componentUsageUuid" left join "PolicyFiring" f on f."uuid" = l."policyFiringUuid"
			where (u."offeringUuid" = ${provider.offering}::uuid and u."billingPeriod" = '2017-10-01') or f."offeringUuid" = ${provider.offering}::uuid
			order by l."xid", l."id"
		`);
		expect(entries.map(({ kind }) => kind)).toEqual(["usage", "firing"]);
	});
});

describe("an offering that fails", () => {
	/** Offerings with a policy that is exceeded and has not fired, in the order in which they are evaluated; all but the last cannot be written. */
	async function failing(): Promise<{ last: string; heal: () => Promise<unknown> }> {
		const offerings: { offering: string; policy: string }[] = [];
		for (let count = 0; count < 3; count++) {
			const other = await makeProvider(gateway());
			await other.component("cpu");
			await other.usage(await other.resource(), "cpu", "2017-01-01", "11");
			offerings.push({ offering: other.offering, policy: await other.policy({ limits: { cpu: 10 } }) });
		}
		offerings.sort((one, other) => (one.offering < other.offering ? -1 : 1));
		const broken = offerings.slice(0, -1).map(({ offering }) => `'${offering}'`);
		await gateway().database.rows(raw(`alter table "PolicyFiring" add constraint "broken" check ("offeringUuid" not in (${broken.join(", ")})) not valid`));
		return {
			last: offerings.at(-1)?.policy ?? "",
			heal: () => gateway().database.rows(sql`alter table "PolicyFiring" drop constraint "broken"`),
		};
	}

	const fired = async (policy: string) =>
		(await gateway().database.rows<{ hasFired: boolean }>(sql`select "hasFired" from "OfferingUsagePolicy" where "uuid" = ${policy}::uuid`))[0]?.hasFired;

	test("holds up no other one, and each failure is told", async () => {
		const { last, heal } = await failing();
		const evaluated = await evaluateAllPolicies(gateway().database, { now: new Date("2017-01-20T12:00:00Z"), timeZone: "UTC" }).catch((error) => error);
		await heal();
		expect(await fired(last)).toBe(true);
		expect(evaluated).toBeInstanceOf(AggregateError);
		expect(evaluated.errors).toHaveLength(2);
	});

	test("does not keep others from beginning the month either", async () => {
		const { last, heal } = await failing();
		const turned = await turn("2017-01-20T12:00:00Z").catch((error) => error);
		await heal();
		expect(await fired(last)).toBe(true);
		expect(turned.errors).toHaveLength(2);
	});
});

describe("a policy that was fired where it comes from, and never turned here,", () => {
	/** A policy as a first import leaves it, fired by what recurs each month. */
	async function imported(amount: string): Promise<string> {
		const resource = await provider.resource();
		const record = await provider.usage(resource, "cpu", "2017-01-01", amount);
		await gateway().database.rows(sql`update "ComponentUsage" set "recurring" = true where "uuid" = ${record}::uuid`);
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await gateway().database.rows(sql`update "OfferingUsagePolicy" set "hasFired" = true, "firedDatetime" = '2017-01-05' where "uuid" = ${policy}::uuid`);
		return policy;
	}

	const moment = { now: new Date("2017-02-03T12:00:00Z"), timeZone: "UTC" };

	test("is not told of while what recurs keeps it fired: the import evaluates before the month begins here", async () => {
		const policy = await imported("11");
		await evaluateAllPolicies(gateway().database, moment);
		await turn("2017-02-03T12:00:00Z");
		await evaluateAllPolicies(gateway().database, moment);
		expect({ isFired: await isFired(policy), firings: await firings() }).toEqual({ isFired: true, firings: [] });
	});

	test("is reset once where nothing keeps it fired", async () => {
		const policy = await imported("9");
		await evaluateAllPolicies(gateway().database, moment);
		await turn("2017-02-03T12:00:00Z");
		await evaluateAllPolicies(gateway().database, moment);
		expect({ isFired: await isFired(policy), firings: await firings() }).toEqual({ isFired: false, firings: ["2017-02: RESET"] });
	});
});
