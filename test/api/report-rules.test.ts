import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
const nobodys = "00000000-0000-4000-8000-000000000000";
let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	gateway().setTime("2017-01-10T12:00:00.000Z");
});

const send = async (input: Data, token = provider.token): Promise<Answer> => {
	const { data } = await gateway().send(token, setUsage, { input });
	return data.setUsage;
};
const reportOf = (resource: string, amounts: Record<string, string>): Promise<Answer> =>
	send({ resource, usages: Object.entries(amounts).map(([type, amount]) => ({ type, amount })) });

const problemsOf = (answer: Answer): string[] => answer.problems?.map(({ code, message, path }: Answer) => `${code} ${path.join(".")}: ${message}`);

const repairs = {
	closed: (uuid: string) => sql`update "ResourcePlanPeriod" set "end" = null where "uuid" = ${uuid}::uuid`,
	planless: (uuid: string) => sql`update "Resource" set "planUuid" = ${provider.plan}::uuid where "uuid" = ${uuid}::uuid`,
	erred: (uuid: string) => sql`update "Resource" set "state" = 'OK' where "uuid" = ${uuid}::uuid`,
};
const repair = (what: keyof typeof repairs, uuid: string) => gateway().database.rows(repairs[what](uuid));

describe("what is wrong with a report is told stage by stage", () => {
	test("from its shape to the caps, each stage with all its problems and none of the next", async () => {
		await provider.component("cpu", { limitPeriod: "MONTH", limitAmount: 10 });
		await provider.component("ram", { limitPeriod: "TOTAL", limitAmount: 20 });
		await provider.component("fee", { billingType: "FIXED" });
		const resource = await provider.resource({ state: "ERRED", plan: null });
		const other = await provider.resource();
		const planPeriod = await provider.planPeriod(resource, null, "2016-12-31T23:59:59.999Z");
		const stranger = await person(gateway());
		const consumer = await person(gateway(), [["CustomerRole", { customerUuid: await customerOf(resource), role: "OWNER" }]]);
		const usages = [
			{ type: "zeta", amount: "1" },
			{ type: "ram", amount: "20.01" },
			{ type: "fee", amount: "1" },
			{ type: "cpu", amount: "11" },
		];
		const told = async (input: Data, token?: string) => {
			const answer = await send(input, token);
			return problemsOf(answer) ?? answer.__typename;
		};

		const misshapen = [...usages.slice(0, 3), { type: "cpu", amount: "-1" }, { type: "cpu", amount: "0.001" }];
		const shape = [
			"INVALID_INPUT input: Either plan_period or resource should be provided.",
			"INVALID_INPUT input.usages.3.amount: An amount must not be negative.",
			"INVALID_INPUT input.usages.4.amount: An amount must have at most 20 digits, 2 of them decimal places.",
			"INVALID_INPUT input.usages.4.type: The type cpu is reported twice.",
		];
		expect(await told({ usages: misshapen })).toEqual(shape);
		expect(await told({ usages: misshapen }, stranger)).toEqual(shape);
		expect(await told({ usages: [] })).toEqual([shape[0], "INVALID_INPUT input.usages: At least one usage should be provided."]);

		expect(await told({ planPeriod: nobodys, resource: nobodys, usages })).toEqual([
			`NOT_FOUND input.planPeriod: Plan period ${nobodys} was not found.`,
			`NOT_FOUND input.resource: Resource ${nobodys} was not found.`,
		]);
		expect(await told({ planPeriod, resource: other, usages })).toEqual([
			"INVALID_INPUT input.planPeriod: The plan period belongs to another resource: give one of the two, or a matching pair.",
		]);
		expect(await told({ planPeriod, resource, usages }, stranger)).toEqual([
			`NOT_FOUND input.planPeriod: Plan period ${planPeriod} was not found.`,
			`NOT_FOUND input.resource: Resource ${resource} was not found.`,
		]);
		expect(await told({ planPeriod, resource, usages }, consumer)).toEqual([
			"FORBIDDEN input: Only staff, the provider's owners and managers, and the offering's managers report usage.",
		]);

		expect(await told({ planPeriod, usages })).toEqual(["BILLING_PERIOD_CLOSED input.planPeriod: Billing period is closed."]);
		await repair("closed", planPeriod);
		expect(await told({ planPeriod, usages })).toEqual(["PLAN_REQUIRED input.resource: Resource must have a plan to report usage."]);
		await repair("planless", resource);
		expect(await told({ planPeriod, usages })).toEqual(["INVALID_RESOURCE_STATE input.resource: Resource is not in valid state."]);
		await repair("erred", resource);
		expect(await told({ planPeriod, usages })).toEqual(["INVALID_COMPONENTS input.usages: These components are invalid: fee, zeta."]);

		const known = usages.filter(({ type }) => type === "cpu" || type === "ram");
		expect(await told({ planPeriod, usages: known })).toEqual([
			"LIMIT_EXCEEDED input.usages.0.amount: Total amount exceeds limit. Total amount: 20.01, limit: 20.",
			"LIMIT_EXCEEDED input.usages.1.amount: Total amount exceeds limit. Total amount: 11, limit: 10.",
		]);
		expect(await recordsOf(resource)).toEqual([]);
		const within = [{ type: "ram", amount: "20" }, { type: "cpu", amount: "10" }]; // biome-ignore format: one report
		expect(await told({ planPeriod, usages: within })).toBe("SetUsagePayload");
	});
});

async function customerOf(resource: string): Promise<string> {
	const [row] = await gateway().database.rows<{ customerUuid: string }>(sql`select "customerUuid" from "Resource" where "uuid" = ${resource}::uuid`);
	return row?.customerUuid ?? "";
}

async function recordsOf(resource: string): Promise<Answer[]> {
	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages(first: 100) {
		nodes { uuid type usage date billingPeriod recurring description planPeriod { uuid } modifiedBy { username } created modified }
	} } }`;
	return (await gateway().ask(provider.token, document, { uuid: resource })).resource.componentUsages.nodes;
}

describe("a correction", () => {
	test("overwrites everything: what it does not say is gone", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const first = await provider.planPeriod(resource, "2016-12-01T00:00:00Z", "2017-01-11T00:00:00Z");
		const second = await provider.planPeriod(resource, "2017-01-11T00:00:00Z", null);
		const staff = await provider.staffToken();
		await send({ planPeriod: first, usages: [{ type: "cpu", amount: "5.5", description: "first", recurring: true }] });
		const [before] = await recordsOf(resource);
		expect(before).toMatchObject({ usage: "5.5", description: "first", recurring: true, planPeriod: { uuid: first } });

		gateway().setTime("2017-01-12T08:00:00.000Z");
		await send({ resource, usages: [{ type: "cpu", amount: "4" }] }, staff);

		expect(await recordsOf(resource)).toEqual([
			{
				uuid: before.uuid,
				type: "cpu",
				usage: "4",
				date: "2017-01-12T08:00:00.000Z",
				billingPeriod: "2017-01-01",
				recurring: false,
				description: "",
				planPeriod: { uuid: second },
				modifiedBy: { username: staff.replace("demo_", "") },
				created: "2017-01-10T12:00:00.000Z",
				modified: "2017-01-12T08:00:00.000Z",
			},
		]);
		expect(before.modifiedBy.username).toBe(provider.token.replace("demo_", ""));
	});

	test("takes the plan period away when none is open any more", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const ended = await provider.planPeriod(resource, "2016-12-01T00:00:00Z", "2017-01-11T00:00:00Z");
		await send({ planPeriod: ended, usages: [{ type: "cpu", amount: "5" }] });
		gateway().setTime("2017-01-12T08:00:00.000Z");
		await send({ resource, usages: [{ type: "cpu", amount: "5", description: null, recurring: null }] });

		expect(await recordsOf(resource)).toMatchObject([{ planPeriod: null, description: "", recurring: false }]);
	});

	test("that says the same changes nothing", async () => {
		await provider.component("cpu");
		await provider.component("ram");
		const policy = await provider.policy({ limits: { cpu: 10 } });
		const resource = await provider.resource();
		const input = {
			resource,
			usages: [{ type: "cpu", amount: "11", description: "nodes", recurring: true }, { type: "ram", amount: "3" }], // biome-ignore format: one report
		};
		const rest = `query ($resource: UUID!, $policy: UUID!) {
			resource(uuid: $resource) { currentUsages { type amount } modified }
			offeringUsagePolicy(uuid: $policy) { hasFired firedDatetime modified firings { nodes { uuid kind } } }
		}`;
		const state = async () => [await recordsOf(resource), await gateway().ask(provider.token, rest, { resource, policy })];
		const first = await send(input);
		const before = await state();
		expect(first.firings).toMatchObject([{ kind: "FIRED" }]);
		const again = await send(input);

		expect(again.firings).toEqual([]);
		expect(again.componentUsages).toEqual(first.componentUsages);
		expect(await state()).toEqual(before);
	});

	test("leaves the parts that were reported of the record alone", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const { componentUsages } = await reportOf(resource, { cpu: "5" });
		await insert(gateway().database, "ComponentUserUsage", { componentUsageUuid: componentUsages[0].uuid, username: "ann", usage: "3" });
		await reportOf(resource, { cpu: "1" });
		const document = `query ($uuid: UUID!) { componentUsage(uuid: $uuid) { usage userUsages { nodes { username usage } } } }`;

		expect((await gateway().ask(provider.token, document, { uuid: componentUsages[0].uuid })).componentUsage).toEqual({
			usage: "1",
			userUsages: { nodes: [{ username: "ann", usage: "3" }] },
		});
	});
});

describe("a report that names no plan period belongs to the one that is open now:", () => {
	const now = "2017-01-10T12:00:00.000Z";
	type Period = readonly [start: string | null, end: string | null];
	test.each<[string, Period[], number | null]>([
		["one without a start and an end", [[null, null]], 0],
		["one that begins at this moment", [[now, null]], 0],
		["not one that ends at this moment", [[null, now]], null],
		["one that ends a moment later", [[null, "2017-01-10T12:00:00.001Z"]], 0],
		["not one that begins a moment later", [["2017-01-10T12:00:00.001Z", null]], null],
		["the one that begins when the other ends", [["2017-01-01T00:00:00Z", now], [now, null]], 1], // biome-ignore format: a row
		["the latest of two", [["2017-01-02T00:00:00Z", null], ["2017-01-01T00:00:00Z", null]], 0], // biome-ignore format: a row
		["one with a start before one without", [[null, null], ["2017-01-01T00:00:00Z", null]], 1], // biome-ignore format: a row
		["none where there is none", [], null],
	])("%s", async (_case, periods, expected) => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const uuids: string[] = [];
		for (const [start, end] of periods) uuids.push(await provider.planPeriod(resource, start, end));
		await provider.planPeriod(await provider.resource(), null, null);
		const { componentUsages } = await reportOf(resource, { cpu: "1" });

		expect(componentUsages[0].planPeriod?.uuid ?? null).toBe(expected === null ? null : uuids[expected]);
	});

	test("the one that is given, though another is open", async () => {
		await provider.component("cpu");
		const resource = await provider.resource();
		const given = await provider.planPeriod(resource, null, "2017-01-05T00:00:00Z");
		await provider.planPeriod(resource, "2017-01-05T00:00:00Z", null);

		expect(await send({ planPeriod: given, resource, usages: [{ type: "cpu", amount: "1" }] })).toMatchObject({
			componentUsages: [{ planPeriod: { uuid: given } }],
		});
	});
});

describe("a provider's cap", () => {
	const exceeded = (total: string, limit: number) => ({ message: `Total amount exceeds limit. Total amount: ${total}, limit: ${limit}.` });
	const taken = { __typename: "SetUsagePayload" };

	test("counts the resource's own use of the component, and no other's", async () => {
		await provider.component("cpu", { limitPeriod: "TOTAL", limitAmount: 10 });
		await provider.component("ram");
		const [resource, other] = [await provider.resource(), await provider.resource()];
		await provider.usage(other, "cpu", "2016-12-01", "10");
		await provider.usage(resource, "ram", "2016-12-01", "10");

		expect(await reportOf(resource, { cpu: "10" })).toMatchObject(taken);
		expect(await reportOf(resource, { cpu: "10.01" })).toMatchObject(exceeded("10.01", 10));
	});

	test("ANNUAL of 100 with 99 in May refuses 5 in June, takes exactly 100, and forgets 99 of last year", async () => {
		await provider.component("cpu", { limitPeriod: "ANNUAL", limitAmount: 100 });
		const [thisYear, lastYear] = [await provider.resource(), await provider.resource()];
		await provider.usage(thisYear, "cpu", "2017-05-01", "99");
		await provider.usage(lastYear, "cpu", "2016-05-01", "99");
		gateway().setTime("2017-06-10T12:00:00Z");

		expect(await reportOf(thisYear, { cpu: "5" })).toMatchObject(exceeded("104", 100));
		expect(await reportOf(thisYear, { cpu: "1" })).toMatchObject(taken);
		expect(await reportOf(lastYear, { cpu: "5" })).toMatchObject(taken);
	});

	test("refuses the whole report, also what is within it", async () => {
		await provider.component("cpu", { limitPeriod: "MONTH", limitAmount: 10 });
		await provider.component("ram");
		const resource = await provider.resource();
		await reportOf(resource, { cpu: "1", ram: "1" });
		const before = await recordsOf(resource);
		gateway().setTime("2017-01-11T12:00:00Z");

		expect(await reportOf(resource, { ram: "5", cpu: "11" })).toMatchObject(exceeded("11", 10));
		expect(await recordsOf(resource)).toEqual(before);
	});
});

test("what is stored bears the service's time, not the computer's", async () => {
	const { database } = gateway();
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	const resource = await provider.resource();
	await reportOf(resource, { cpu: "11" });

	const moments = await database.rows<{ moment: Date }>(sql`
		select u."created" as moment from "ComponentUsage" u where u."resourceUuid" = ${resource}::uuid
		union all select u."modified" from "ComponentUsage" u where u."resourceUuid" = ${resource}::uuid
		union all select r."modified" from "Resource" r where r."uuid" = ${resource}::uuid
		union all select p."modified" from "OfferingUsagePolicy" p where p."scopeUuid" = ${provider.offering}::uuid
		union all select f."created" from "PolicyFiring" f where f."offeringUuid" = ${provider.offering}::uuid
		union all select n."created" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid" where f."offeringUuid" = ${provider.offering}::uuid
		union all select n."due" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid" where f."offeringUuid" = ${provider.offering}::uuid
	`);
	expect(moments.map(({ moment }) => moment.toISOString())).toEqual(Array(7).fill("2017-01-10T12:00:00.000Z"));
});
