import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { makeReportingProvider, type ReportingProvider } from "./month-turn.ts";

const gateway = gatewayForFile();
let provider: ReportingProvider;

beforeEach(async () => {
	provider = await makeReportingProvider(gateway());
});

describe("recurring usage at the turn of the month", () => {
	test("is carried over with all that was reported", async () => {
		const resource = await provider.resource();
		const planPeriod = await provider.planPeriod(resource, "2016-12-01T00:00:00Z", null);
		await provider.report(resource, "2017-01-10T12:00:00Z", "10.25", { description: "two racks", planPeriod });
		await provider.turn("2017-02-01T00:00:05Z");

		const { nodes } = (await provider.resourceOf(resource)).componentUsages;
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
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		await provider.turn("2017-02-01T00:00:05Z");
		await provider.report(resource, "2017-02-10T12:00:00Z", "4", { recurring: false });
		await provider.turn("2017-03-01T00:00:05Z");

		expect(await provider.monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 4"]);
	});

	test("is not carried over where it has been reported for the new month already", async () => {
		const resource = await provider.resource();
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		await provider.report(resource, "2017-01-10T12:00:00Z", "20", { type: "ram" });
		const reported = await provider.report(resource, "2017-02-01T00:00:02Z", "3", { recurring: false });
		await provider.turn("2017-02-01T00:00:05Z");

		const { nodes } = (await provider.resourceOf(resource)).componentUsages;
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
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		await gateway().database.rows(sql`update "Resource" set "state" = ${state}::"ResourceState" where "uuid" = ${resource}::uuid`);
		await provider.turn("2017-02-01T00:00:05Z");

		expect(await provider.monthsOf(resource)).toHaveLength(1 + copies);
	});

	test("is the resource's current usage", async () => {
		const resource = await provider.resource();
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		await provider.report(resource, "2017-01-10T12:00:00Z", "7", { type: "ram", recurring: false });
		await gateway().database.rows(sql`update "Resource" set "currentUsages" = '{"cpu": "1", "ram": "7"}' where "uuid" = ${resource}::uuid`);
		await provider.turn("2017-02-01T00:00:05Z");

		expect((await provider.resourceOf(resource)).currentUsages).toEqual([
			{ type: "cpu", amount: "10" },
			{ type: "ram", amount: "7" },
		]);
	});

	test("of thousands of resources is all carried over", async () => {
		const resource = await provider.resource();
		const record = await provider.report(resource, "2017-01-10T12:00:00Z", "10");
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

		expect(await provider.turn("2017-02-01T00:00:05Z")).toMatchObject([{ month: "2017-02-01", copied: 2101 }]);
		const [log] = await database.rows<{ entries: number }>(sql`
			select count(distinct u."uuid")::int as entries from "LogEntry" l join "ComponentUsage" u on u."uuid" = l."componentUsageUuid"
			where u."offeringUuid" = ${provider.offering}::uuid and u."billingPeriod" = '2017-02-01'
		`);
		expect(log?.entries).toBe(2101);
	});

	test("is told to those who follow reports", async () => {
		const resource = await provider.resource();
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
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
			await provider.report(resource, "2017-01-10T12:00:00Z", String(10 + ++reports));
			await new Promise((resolve) => setImmediate(resolve));
		}
		await provider.turn("2017-02-01T00:00:05Z");
		let told = (await first).usageReported.componentUsage;
		while (told.billingPeriod === "2017-01-01") told = (await events.next()).usageReported.componentUsage;
		await client.dispose();

		expect(told).toEqual({ billingPeriod: "2017-02-01", usage: String(10 + reports) });
	});
});
