import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const now = "2017-09-15T12:00:00Z";
const gateway = gatewayForFile({ now });
let provider: Provider;
let customer: string;
let resource: string;

beforeEach(async () => {
	gateway().setTime(now);
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	customer = await provider.customer();
	resource = await provider.resource({ customer });
});

const report = (cpu: string, of = resource) => gateway().ask(provider.token, setUsage, { input: { resource: of, usages: [{ type: "cpu", amount: cpu }] } });

/** Somebody with a role on the customer, who is told by their address. */
async function holder(of: string, name: string, role: object = {}, user: object = {}): Promise<string> {
	const email = `${name}-${provider.offering}@example.org`;
	const userUuid = await insert(gateway().database, "User", { username: email, email, ...user });
	return insert(gateway().database, "CustomerRole", { userUuid, customerUuid: of, role: "OWNER", ...role });
}

/** Who has notifications of the offering's firings: "name action", the provider's first owner apart. */
async function told(): Promise<string[]> {
	const rows = await gateway().database.rows<{ recipient: string; action: string }>(sql`
		select n."recipient", n."action"::text as "action" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid"
		where f."offeringUuid" = ${provider.offering}::uuid order by n."recipient" collate "C"
	`);
	return rows.map(({ recipient, action }) => `${recipient.split(/-|@/)[0]} ${action}`).filter((line) => !line.startsWith("provider"));
}

const owners = "NOTIFY_ORGANIZATION_OWNERS";

describe("at a firing, the owners' notifications go", () => {
	test("to every owner of the customer that used it, and of the provider", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		for (const name of ["ann", "ben"]) await holder(customer, name);
		await holder(provider.uuid, "seller");
		await report("11");

		expect(await told()).toEqual([`ann ${owners}`, `ben ${owners}`, `seller ${owners}`]);
		const rows = await gateway().database.rows(sql`
			select n."recipient" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid"
			where f."offeringUuid" = ${provider.offering}::uuid and n."recipient" like 'provider%'
		`);
		expect(rows).toHaveLength(1);
	});

	test.each<[string, object, object]>([
		["who manages the customer", { role: "MANAGER" }, {}],
		["who supports the customer", { role: "SUPPORT" }, {}],
		["whose role has just ended", { expires: now }, {}],
		["who is not active", {}, { isActive: false }],
		["who has no address", {}, { email: "" }],
	])("to nobody %s", async (_who, role, user) => {
		await provider.policy({ limits: { cpu: 10 } });
		await holder(customer, "ann", role, user);
		await holder(customer, "ben", { expires: "2017-09-15T12:00:01Z" });
		await report("11");

		expect(await told()).toEqual([`ben ${owners}`]);
	});

	/** Another customer's use, whose owner is not told. */
	const others: [string, (other: string) => Promise<unknown>][] = [
		["used nothing", async () => {}],
		["reported 0", async (other) => provider.usage(other, "cpu", "2017-09-01", "0")],
		["used it in a month that does not count", async (other) => provider.usage(other, "cpu", "2017-08-01", "100")],
		["used a component that the policy does not limit", async (other) => provider.usage(other, "ram", "2017-09-01", "100")],
	];

	test.each(others)("not to the owner of a customer that %s", async (_what, use) => {
		await provider.policy({ limits: { cpu: 10 } });
		const other = await provider.customer();
		await holder(other, "ann");
		await holder(customer, "ben");
		await use(await provider.resource({ customer: other }));
		await report("11");

		expect(await told()).toEqual([`ben ${owners}`]);
	});

	test("not to the owner of a customer outside its groups, nor of a project's people", async () => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		const member = await provider.customer({ groups: [group] });
		await holder(customer, "ann");
		await holder(member, "ben");
		await report("100");
		await report("11", await provider.resource({ customer: member }));

		expect(await told()).toEqual([`ben ${owners}`]);
	});

	test("to who owns the customer then: not to who comes later, and to who leaves later still", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const role = await holder(customer, "ann");
		await report("11");
		await gateway().database.rows(sql`delete from "CustomerRole" where "uuid" = ${role}::uuid`);
		await holder(customer, "ben");
		await report("12");

		expect(await told()).toEqual([`ann ${owners}`]);
	});

	test("once to who owns several of the customers and the provider", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const other = await provider.customer();
		await holder(customer, "ann");
		const [ann] = await gateway().database.rows<{ uuid: string }>(sql`select "uuid" from "User" where "username" = ${`ann-${provider.offering}@example.org`}`);
		for (const of of [other, provider.uuid]) await insert(gateway().database, "CustomerRole", { userUuid: ann?.uuid, customerUuid: of, role: "OWNER" });
		await provider.usage(await provider.resource({ customer: other }), "cpu", "2017-09-01", "5");
		await report("11");

		expect(await told()).toEqual([`ann ${owners}`]);
	});
});

test("addresses that the policy names are told when it mails outsiders, and not when it does not", async () => {
	const emails = [`auditor-${provider.offering}@example.org`];
	await holder(customer, "ann");
	await provider.policy({ limits: { cpu: 10 }, actions: ["NOTIFY_EXTERNAL_USER"], emails });
	await provider.policy({ limits: { cpu: 100 }, actions: [owners], emails });
	await report("11");
	expect(await told()).toEqual(["auditor NOTIFY_EXTERNAL_USER"]);
	await report("101");
	expect(await told()).toEqual([`ann ${owners}`, "auditor NOTIFY_EXTERNAL_USER"]);
});

test("a firing's notifications wait from the moment of the firing, and further firings are added to those that wait", async () => {
	await provider.policy({ limits: { cpu: 10 }, actions: ["NOTIFY_EXTERNAL_USER"], emails: ["auditor@example.org"] });
	for (const [day, cpu] of [
		[15, "11"],
		[16, "12"],
		[17, "1"],
		[18, "11"],
	] as const) {
		// biome-ignore format: a table
		gateway().setTime(`2017-09-${day}T12:00:00Z`);
		await report(cpu);
	}
	const rows = await gateway().database.rows(sql`
		select n."state"::text as "state", n."firings", n."attempts", n."due", n."created" from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid"
		where f."offeringUuid" = ${provider.offering}::uuid order by n."created"
	`);
	const opened = "2017-09-15T12:00:00.000Z";

	expect(JSON.parse(JSON.stringify(rows))).toEqual([{ state: "PENDING", firings: 2, attempts: 0, due: opened, created: opened }]);
});
