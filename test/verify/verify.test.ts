import { beforeAll, describe, expect, inject, test } from "vitest";
import { type Sql, sql } from "../../src/database/sql.ts";
import { turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { verifyFigures } from "../../src/domain/verify/verify.service.ts";
import { lastVerification } from "../../src/domain/verify/verify.store.ts";
import { numberEntries } from "../../src/event-log/log.store.ts";
import { freshDatabase } from "../support/database.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { demoMoment } from "../support/moments.ts";
import { makeProvider } from "../support/provider.ts";

const templates = inject("templates");
const now = new Date("2017-01-10T12:00:00Z");
const gateway = gatewayForFile({ now: now.toISOString() });
const run = (statement: Sql) => gateway().database.rows(statement);
const differences = (at = now) => differencesIn(gateway().database, at);

/** A provider with a fired policy over two customers, and months that have begun. */
let offering: string;
let cpu: string;
let customer: string;
let resource: string;
let policy: string;
let record: string;
let part: string;
let token: string;
beforeAll(async () => {
	const provider = await makeProvider(gateway());
	({ offering, token } = provider);
	cpu = await provider.component("cpu");
	await provider.component("ram");
	customer = await provider.customer();
	resource = await provider.resource({ customer });
	policy = await provider.policy({ limits: { cpu: 10, ram: 1000 }, period: "ONE_MONTH" });
	for (const month of ["2016-11", "2016-12", "2017-01"]) await turnMonth(gateway().database, { now: new Date(`${month}-10T12:00:00Z`), timeZone: "UTC" });
	for (const amount of ["11", "5", "12.5"]) await gateway().ask(token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });
	const [stored] = await gateway().database.rows<{ uuid: string }>(sql`select "uuid" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`);
	record = stored?.uuid ?? "";
	part = await insert(gateway().database, "ComponentUserUsage", { componentUsageUuid: record, username: "Ann", usage: "1" });
	await numberEntries(gateway().database);
});

/** What is corrupted, and put right again. */
const cases: [what: string, corrupt: () => Sql, repair: () => Sql, found: () => string[]][] = [
	[
		"a customer's total of a month",
		() => sql`update "ComponentTotal" set "used" = "used" + 1 where "customerUuid" = ${customer}::uuid and "billingPeriod" = '2017-01-01'`,
		() => sql`update "ComponentTotal" set "used" = "used" - 1 where "customerUuid" = ${customer}::uuid and "billingPeriod" = '2017-01-01'`,
		() => [`POLICY_TOTAL ${cpu} customer ${customer} 2017-01 13.5 instead of 12.5`],
	],
	[
		"the total of all customers and months, which is gone",
		() => sql`delete from "ComponentTotal" where "componentUuid" = ${cpu}::uuid and "customerUuid" is null and "billingPeriod" = 'infinity'`,
		() => sql`insert into "ComponentTotal" ("componentUuid", "billingPeriod", "used") values (${cpu}::uuid, 'infinity', 12.5)`,
		() => [`POLICY_TOTAL ${cpu} all customers 0 instead of 12.5`],
	],
	[
		"a total of a month without a record",
		() => sql`insert into "ComponentTotal" ("componentUuid", "billingPeriod", "used") values (${cpu}::uuid, '2015-01-01', 3)`,
		() => sql`delete from "ComponentTotal" where "billingPeriod" = '2015-01-01'`,
		() => [`POLICY_TOTAL ${cpu} all customers 2015-01 3 instead of 0`],
	],
	[
		"a current usage",
		() => sql`update "Resource" set "currentUsages" = '{"cpu": "5"}' where "uuid" = ${resource}::uuid`,
		() => sql`update "Resource" set "currentUsages" = '{"cpu": "12.5"}' where "uuid" = ${resource}::uuid`,
		() => [`CURRENT_USAGE ${resource} cpu 5 instead of 12.5`],
	],
	[
		"a current usage that is missing",
		() => sql`update "Resource" set "currentUsages" = '{}' where "uuid" = ${resource}::uuid`,
		() => sql`update "Resource" set "currentUsages" = '{"cpu": "12.5"}' where "uuid" = ${resource}::uuid`,
		() => [`CURRENT_USAGE ${resource} cpu null instead of 12.5`],
	],
	[
		"whether a policy is fired",
		() => sql`update "OfferingUsagePolicy" set "hasFired" = false where "uuid" = ${policy}::uuid`,
		() => sql`update "OfferingUsagePolicy" set "hasFired" = true where "uuid" = ${policy}::uuid`,
		() => [`HAS_FIRED ${policy}  false instead of true`, `LAST_FIRING ${policy}  RESET instead of FIRED`],
	],
	[
		"the records that a policy is fired by",
		() => sql`update "Customer" set "blocked" = true where "uuid" = ${customer}::uuid`,
		() => sql`update "Customer" set "blocked" = false where "uuid" = ${customer}::uuid`,
		() => [`HAS_FIRED ${policy}  true instead of false`],
	],
	[
		"when a policy fired",
		() => sql`update "OfferingUsagePolicy" set "firedDatetime" = null where "uuid" = ${policy}::uuid`,
		() => sql`update "OfferingUsagePolicy" set "firedDatetime" = ${now}::timestamptz where "uuid" = ${policy}::uuid`,
		() => [expect.stringMatching(`^FIRED_DATETIME ${policy}  null instead of 2017-01-10`)],
	],
	[
		"a name that is not found",
		() => sql`delete from "Username" where "username" = 'Ann'`,
		() => sql`insert into "Username" ("username", "folded", "trigrams") values ('Ann', 'ann', '{ann}')`,
		() => [`USERNAME ${part}  null instead of ann`],
	],
	[
		"a name that is found as another one",
		() => sql`update "Username" set "folded" = 'bob', "trigrams" = '{bob}' where "username" = 'Ann'`,
		() => sql`update "Username" set "folded" = 'ann', "trigrams" = '{ann}' where "username" = 'Ann'`,
		() => [`USERNAME ${part}  bob instead of ann`],
	],
	[
		"a resource that is not found by its name",
		() => sql`delete from "SearchedName" where "name" = (select "name" from "Resource" where "uuid" = ${resource}::uuid)`,
		() =>
			sql`insert into "SearchedName" ("name", "folded", "trigrams") select "name", lower("name"), "trigramsOf"(lower("name")) from "Resource" where "uuid" = ${resource}::uuid`,
		() => [expect.stringMatching(`^NAME ${resource}  null instead of `)],
	],
	[
		"whether the project of a resource is removed",
		() => sql`update "Resource" set "projectIsRemoved" = true where "uuid" = ${resource}::uuid`,
		() => sql`update "Resource" set "projectIsRemoved" = false where "uuid" = ${resource}::uuid`,
		() => [`PROJECT_IS_REMOVED ${resource} resource true instead of false`],
	],
	[
		"whether the project of a usage record is removed",
		() => sql`update "ComponentUsage" set "projectIsRemoved" = true where "uuid" = ${record}::uuid`,
		() => sql`update "ComponentUsage" set "projectIsRemoved" = false where "uuid" = ${record}::uuid`,
		() => [`PROJECT_IS_REMOVED ${record} usage true instead of false`],
	],
	[
		"a gap between the numbers of the log",
		() => sql`update "LogNumber" set "number" = -1, "entryId" = -"entryId" where "number" = 1`,
		() => sql`update "LogNumber" set "number" = 1, "entryId" = -"entryId" where "number" = -1`,
		() => ["LOG_NUMBER 1  null instead of an entry", expect.stringMatching(/^LOG_ENTRY \d+ {2}null instead of a number$/)],
	],
	[
		"a number of the log that leads to no entry",
		() => sql`update "LogEntry" set "id" = -"id" where "id" = (select "entryId" from "LogNumber" where "number" = 1)`,
		() => sql`update "LogEntry" set "id" = -"id" where "id" < 0`,
		() => [expect.stringMatching(/^LOG_NUMBER 1 {2}\d+ instead of an entry$/), expect.stringMatching(/^LOG_ENTRY -/)],
	],
	[
		"a month that has begun",
		() => sql`delete from "MonthTurn" where "offeringUuid" = ${offering}::uuid and "billingPeriod" = '2016-12-01'`,
		() => sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") values (${offering}::uuid, '2016-12-01')`,
		() => [`MONTH_TURN ${offering} 2016-12 null instead of begun`],
	],
];

describe("verification", () => {
	test("finds nothing where nobody meddled", async () => {
		expect(await differences()).toEqual([]);
	});

	test.each(cases)("names %s", async (_what, corrupt, repair, found) => {
		await run(corrupt());
		try {
			expect(await differences()).toEqual(found());
		} finally {
			await run(repair());
		}
		expect(await differences()).toEqual([]);
	});

	test("leaves a source's own figure of a type without a record alone", async () => {
		await run(sql`update "Resource" set "currentUsages" = '{"cpu": "12.5", "ram": "7"}' where "uuid" = ${resource}::uuid`);

		expect(await differences()).toEqual([]);
	});

	test("compares no policy with a month that has not begun for its offering, and says how many", async () => {
		const { unturnedPolicies } = await verifyFigures(gateway().database, { now: new Date("2017-02-01T00:00:01Z"), timeZone: "UTC", onDifference: () => {} });

		expect(await differences(new Date("2017-02-01T00:00:01Z"))).toEqual([]);
		expect(unturnedPolicies).toBe(1);
	});

	test("looks at every object, however many there are of a kind", async () => {
		const others = await makeProvider(gateway());
		const components: string[] = [];
		for (let number = 0; number < 23; number++) components.push(await others.component(`c${number}`));
		for (const component of components)
			await run(sql`insert into "ComponentTotal" ("componentUuid", "billingPeriod", "used") values (${component}::uuid, '2015-01-01', 3)`);
		const found = await differences();
		await run(sql`delete from "ComponentTotal" where "billingPeriod" = '2015-01-01'`);

		expect(found.map((line) => line.split(" ")[1]).sort()).toEqual(components.sort());
	});

	test("notes when it ran and how many differences it found", async () => {
		await run(sql`update "Resource" set "currentUsages" = '{}' where "uuid" = ${resource}::uuid`);
		await differences();
		await run(sql`update "Resource" set "currentUsages" = '{"cpu": "12.5"}' where "uuid" = ${resource}::uuid`);

		expect(await lastVerification(gateway().database)).toEqual({ at: now, differences: 1 });
	});
});

test("the demo's figures are what its records say", async () => {
	const database = await freshDatabase("demo");
	try {
		expect(await differencesIn(database, demoMoment.now, demoMoment.timeZone)).toEqual([]);
	} finally {
		await database.close();
	}
});

test.skipIf(templates.engine === "PGlite")(
	"what is written meanwhile is no difference (the embedded database has one connection only)",
	async () => {
		let isWriting = true;
		const found: string[] = [];
		const verifying = (async () => {
			while (isWriting) found.push(...(await differences()));
		})();
		for (let report = 0; report < 40; report++) {
			const usages = [{ type: "cpu", amount: report % 2 === 0 ? "5" : "12.5" }];
			await gateway().ask(token, setUsage, { input: { resource, usages } });
		}
		isWriting = false;
		await verifying;

		expect(found).toEqual([]);
	},
	60_000,
);
