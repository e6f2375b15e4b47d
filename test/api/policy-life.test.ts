import { beforeEach, describe, expect, test } from "vitest";
import { raw, sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert, insertRow } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-09-15T12:00:00Z" });
let provider: Provider;
let customer: string;
let resource: string;

beforeEach(async () => {
	gateway().setTime("2017-09-15T12:00:00Z");
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	customer = await provider.customer();
	resource = await provider.resource({ customer });
});

/** Reports amounts and answers the stored records and the firings that this caused. */
async function report(amounts: Record<string, string>, of = resource): Promise<Answer> {
	const usages = Object.entries(amounts).map(([type, amount]) => ({ type, amount }));
	return (await gateway().ask(provider.token, setUsage, { input: { resource: of, usages } })).setUsage;
}

const kindsOf = async (amounts: Record<string, string>, of?: string): Promise<string[]> => (await report(amounts, of)).firings.map(({ kind }: Answer) => kind);

const entryFields =
	"uuid kind created windowStart windowEnd position offering { uuid } policy { uuid } cause { uuid } breaches { component { type } used limit }";

/** The policy and its entries, oldest first. */
async function policyOf(uuid: string): Promise<Answer> {
	const document = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { hasFired firedDatetime created createdBy { username } firings { nodes { ${entryFields} } } } }`;
	const { firings, ...policy } = (await gateway().ask(provider.token, document, { uuid })).offeringUsagePolicy;
	return { ...policy, firings: firings.nodes.reverse() };
}

describe("when a policy turned", () => {
	test("is not before the turn before it, though the write that caused it came with an earlier time", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		gateway().setTime("2017-09-15T12:00:04Z");
		await report({ cpu: "11" });
		gateway().setTime("2017-09-15T12:00:01Z"); // it waited for the offering meanwhile, or is of an instance whose clock is behind
		await report({ cpu: "1" });

		const { hasFired, firings } = await policyOf(policy);
		expect([hasFired, ...firings.map(({ kind, created }: Answer) => [kind, created])]).toEqual([
			false,
			["FIRED", "2017-09-15T12:00:04.000Z"],
			["RESET", "2017-09-15T12:00:04.000Z"],
		]);
	});

	test("is the moment of the write, however far in the future a wrong clock recorded the turn before it", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		gateway().setTime("2017-09-25T12:00:00Z");
		await report({ cpu: "11" });
		gateway().setTime("2017-09-15T12:00:00Z");
		await report({ cpu: "1" });

		expect((await policyOf(policy)).firings.map(({ created }: Answer) => created).sort()).toEqual(["2017-09-15T12:00:00.000Z", "2017-09-25T12:00:00.000Z"]);
	});
});

describe("when a policy fired", () => {
	const firedAt = async (uuid: string): Promise<[boolean, string]> => {
		const { hasFired, firedDatetime } = await policyOf(uuid);
		return [hasFired, firedDatetime];
	};

	test("stays while it is exceeded, is kept by a reset, and moves with the next firing", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		const history: [boolean, string][] = [];
		for (const [moment, cpu] of [
			["2017-09-15T12:00:00Z", "11"],
			["2017-09-16T12:00:00Z", "12"],
			["2017-09-17T12:00:00Z", "1"],
			["2017-09-18T12:00:00Z", "2"],
			["2017-09-19T12:00:00Z", "13"],
		] as const) {
			// biome-ignore format: a table
			gateway().setTime(moment);
			await report({ cpu });
			history.push(await firedAt(policy));
		}

		const [first, last] = ["2017-09-15T12:00:00.000Z", "2017-09-19T12:00:00.000Z"];
		expect(history).toEqual([[true, first], [true, first], [false, first], [false, first], [true, last]]); // biome-ignore format: a table
		expect((await policyOf(policy)).firings.map(({ kind }: Answer) => kind)).toEqual(["FIRED", "RESET", "FIRED"]);
	});

	test("is told of no policy that never did", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report({ cpu: "10" });
		expect(await firedAt(policy)).toEqual([false, null]);
	});
});

describe("the entry of a transition", () => {
	test("tells of a firing: its policy, offering, moment, window, the record that caused it, and of each exceeded limit the figures", async () => {
		const policy = await provider.policy({ limits: { cpu: 10, ram: 3 }, period: "THREE_MONTHS" });
		await provider.usage(resource, "cpu", "2017-07-01", "4.5");
		const { componentUsages, firings } = await report({ ram: "3.01", cpu: "6" });

		const [entry, ...others] = (await policyOf(policy)).firings;
		expect(others).toEqual([]);
		expect(firings.map(({ uuid }: Answer) => uuid)).toEqual([entry.uuid]);
		expect(entry).toMatchObject({
			kind: "FIRED",
			created: "2017-09-15T12:00:00.000Z",
			windowStart: "2017-07-01",
			windowEnd: "2017-09-01",
			position: expect.any(String),
			offering: { uuid: provider.offering },
			policy: { uuid: policy },
			breaches: [
				{ component: { type: "cpu" }, used: "10.5", limit: "10" },
				{ component: { type: "ram" }, used: "3.01", limit: "3" },
			],
		});
		expect(componentUsages.map(({ uuid }: Answer) => uuid)).toContain(entry.cause.uuid);
	});

	test("tells of a reset: the record that ended it, and nothing that is exceeded", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report({ cpu: "11" });
		gateway().setTime("2017-09-16T12:00:00Z");
		const { componentUsages } = await report({ cpu: "9" });

		expect((await policyOf(policy)).firings.at(-1)).toMatchObject({
			kind: "RESET",
			created: "2017-09-16T12:00:00.000Z",
			windowStart: "2017-09-01",
			windowEnd: "2017-09-01",
			position: expect.any(String),
			cause: { uuid: componentUsages[0].uuid },
			breaches: [],
		});
	});

	test("stands in the log once, behind the one before", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		for (const [day, cpu] of ["11", "1", "11"].entries()) {
			gateway().setTime(`2017-09-${15 + day}T12:00:00Z`);
			await report({ cpu });
		}
		const { firings } = await policyOf(policy);
		const rows = await gateway().database.rows<{ uuid: string }>(
			sql`select "policyFiringUuid" as "uuid" from "LogEntry" where "policyFiringUuid" = any(${firings.map(({ uuid }: Answer) => uuid)}::uuid[]) order by "xid", "id"`,
		);

		expect(rows.map(({ uuid }) => uuid)).toEqual(firings.map(({ uuid }: Answer) => uuid));
		expect(new Set(firings.map(({ position }: Answer) => position)).size).toBe(3);
	});

	test("keeps its figures though the policy's limits change later", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report({ cpu: "11" });
		await gateway().database.rows(sql`update "OfferingUsagePolicyComponentLimit" set "limit" = 5 where "policyUuid" = ${policy}::uuid`);
		await report({ cpu: "12" });

		expect((await policyOf(policy)).firings).toMatchObject([{ breaches: [{ used: "11", limit: "10" }] }]);
	});

	test.each(["PolicyFiring", "Notification", "LogEntry"])(
		"is stored with the report that causes it, or neither is: when %s takes no more rows",
		async (table) => {
			const policy = await provider.policy({ limits: { cpu: 10 } });
			const { database } = gateway();
			await report({ cpu: "1" });
			await database.rows(raw("create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'no more'; end $$"));
			await database.rows(raw(`create trigger refuse before insert on "${table}" for each row execute function refuse()`));
			const input = { resource, usages: [{ type: "cpu", amount: "11" }] };
			const { errors } = await gateway().send(provider.token, setUsage, { input });
			await database.rows(raw(`drop trigger refuse on "${table}"`));

			expect(errors).toHaveLength(1);
			expect(gateway().bugs()).toHaveLength(1);
			expect(await policyOf(policy)).toMatchObject({ hasFired: false, firedDatetime: null, firings: [] });
			expect(await database.rows(sql`select "usage" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`)).toEqual([{ usage: "1.00" }]);
			expect(await kindsOf({ cpu: "11" })).toEqual(["FIRED"]);
		},
	);
});

describe("a policy totals", () => {
	const member = async (groups: string[], options: object = {}) => provider.resource({ customer: await provider.customer({ groups, ...options }) });

	test("a customer of several groups once, when it applies to all", async () => {
		const several = await member([await provider.group(), await provider.group()]);
		await provider.policy({ limits: { cpu: 10 } });

		expect(await kindsOf({ cpu: "6" }, several)).toEqual([]);
		expect(await kindsOf({ cpu: "5" })).toEqual(["FIRED"]);
	});

	test.each(["blocked", "archived"])("no member of its group that is %s", async (flag) => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });

		expect(await kindsOf({ cpu: "100" }, await member([group], { [flag]: true }))).toEqual([]);
		expect(await kindsOf({ cpu: "11" }, await member([group]))).toEqual(["FIRED"]);
	});

	test.each(["CREATING", "OK", "ERRED", "UPDATING", "TERMINATING", "TERMINATED"])("what a resource used that is %s", async (state) => {
		await provider.policy({ limits: { cpu: 10 } });
		await provider.usage(await provider.resource({ state }), "cpu", "2017-09-01", "6");

		expect(await kindsOf({ cpu: "5" })).toEqual(["FIRED"]);
	});

	test("by the month that is billed, however late it was reported", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const late = await provider.usage(await provider.resource(), "cpu", "2017-08-01", "100");
		await gateway().database.rows(sql`update "ComponentUsage" set "date" = '2017-09-14T00:00:00Z' where "uuid" = ${late}::uuid`);

		expect(await kindsOf({ cpu: "5" })).toEqual([]);
	});

	test.each([
		["ONE_MONTH", []],
		["THREE_MONTHS", []],
		["TWELVE_MONTHS", []],
		["TOTAL", ["FIRED"]],
	])("over %s, when it comes to a month that has not begun: %j", async (period, kinds) => {
		await provider.policy({ limits: { cpu: 10 }, period });
		await provider.begin("2017-09-01");
		await provider.usage(resource, "cpu", "2017-10-01", "100");

		expect(await kindsOf({ cpu: "5" })).toEqual(kinds);
	});

	test("nothing as not more than a limit of 0, and the least amount as more", async () => {
		await provider.policy({ limits: { cpu: 0 } });
		expect(await kindsOf({ cpu: "0" })).toEqual([]);
		expect(await kindsOf({ cpu: "0.01" })).toEqual(["FIRED"]);
	});

	test("its own offering alone, though another has a component of the same type", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const other = await makeProvider(gateway());
		await other.component("cpu");
		await other.usage(await other.resource({ customer }), "cpu", "2017-09-01", "100");

		expect(await kindsOf({ cpu: "5" })).toEqual([]);
	});
});

describe("several policies of an offering", () => {
	test("turn each for itself, in one report", async () => {
		const [low, high, quiet] = [await provider.policy({ limits: { cpu: 5 } }), await provider.policy({ limits: { cpu: 10 } }), await provider.policy({ limits: { cpu: 20 } })]; // biome-ignore format: one line
		const turned = async (cpu: string): Promise<string[]> => (await report({ cpu })).firings.map(({ kind, policy }: Answer) => `${kind} ${policy.uuid}`).sort();

		expect(await turned("6")).toEqual([`FIRED ${low}`]);
		expect(await turned("11")).toEqual([`FIRED ${high}`]);
		expect(await turned("7")).toEqual([`RESET ${high}`]);
		expect(await turned("21")).toEqual([`FIRED ${high}`, `FIRED ${quiet}`].sort());
		expect(await turned("1")).toEqual([`RESET ${low}`, `RESET ${high}`, `RESET ${quiet}`].sort());
	});
});

describe("a fired policy that blocks", () => {
	const createDocument = `mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename ... on Error { code message } } }`;
	const block = ["BLOCK_CREATION_OF_NEW_RESOURCES"];
	let staff: string;
	beforeEach(async () => {
		staff = await provider.staffToken();
	});

	async function attempt(of = customer, offering = provider.offering): Promise<string> {
		const project = await insert(gateway().database, "Project", { name: "Climate", customerUuid: of });
		const { createResource } = await gateway().ask(staff, createDocument, { input: { name: "larch", offering, project } });
		return createResource.code ?? "created";
	}
	const change = (verb: string, input: object) =>
		gateway().ask(staff, `mutation ($input: ${verb}OfferingUsagePolicyInput!) { ${verb.toLowerCase()}OfferingUsagePolicy(input: $input) { __typename } }`, {
			input,
		});

	test("does so for all whom it affects, also those who used nothing, and for staff too", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await report({ cpu: "11" });

		expect([await attempt(), await attempt(await provider.customer())]).toEqual(["BLOCKED_BY_POLICY", "BLOCKED_BY_POLICY"]);
	});

	test("leaves other offerings alone", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await report({ cpu: "11" });
		const other = await makeProvider(gateway());

		expect(await attempt(customer, other.offering)).toBe("created");
	});

	test("ends when it is reset at the turn of its window, and not before another one that blocks is", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await provider.policy({ limits: { cpu: 5 }, actions: block });
		await report({ cpu: "11" });
		await report({ cpu: "10" });
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await report({ cpu: "5" });
		expect(await attempt()).toBe("created");
	});

	test.each<[string, (uuid: string) => [string, object]]>([
		["is deleted", (uuid) => ["Delete", { uuid }]],
		["only notifies from now on", (uuid) => ["Update", { uuid, actions: ["NOTIFY_ORGANIZATION_OWNERS"] }]],
		["has a limit that is not exceeded from now on", (uuid) => ["Update", { uuid, componentLimits: [{ type: "cpu", limit: "11" }] }]],
	])("ends when it %s", async (_what, changed) => {
		const policy = await provider.policy({ limits: { cpu: 10 }, actions: block });
		await report({ cpu: "11" });
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await change(...changed(policy));

		expect(await attempt()).toBe("created");
	});

	test("begins for a customer that enters its group while it is fired", async () => {
		const group = await provider.group();
		const member = await provider.customer({ groups: [group] });
		await provider.policy({ limits: { cpu: 10 }, actions: block, groups: [group] });
		await report({ cpu: "11" }, await provider.resource({ customer: member }));
		expect(await attempt()).toBe("created");
		await insertRow(gateway().database, "CustomerOrganizationGroup", { customerUuid: customer, organizationGroupUuid: group });

		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
	});
});
