import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import type { ClockFault } from "../../src/domain/calendar/clock-fault.ts";
import { UncertainClock } from "../../src/domain/calendar/reference-clock.service.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

let fault: ClockFault | undefined;
/** The database's clock, which a test sets apart from the service's. */
let databaseTime: () => Date;

const gateway = gatewayForFile({
	reference: {
		get fault() {
			return fault;
		},
		now: async () => {
			if (fault !== undefined) throw new UncertainClock(fault);
			return databaseTime();
		},
	},
});
let provider: Provider;
let resource: string;

/** September has begun for the offering, and eleven units of it recur. */
beforeEach(async () => {
	fault = undefined;
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	resource = await provider.resource();
	await provider.begin("2017-09-01");
	await report("2017-09-10T12:00:00Z", "11", true);
});

/** Reports at a moment of the service's clock, and answers the month that is stored, or the code of the error. */
async function report(moment: string, amount: string, recurring = false): Promise<string> {
	gateway().setTime(moment);
	const input = { resource, usages: [{ type: "cpu", amount, recurring }] };
	const { data, errors } = await gateway().send(provider.token, setUsage, { input });
	return errors === undefined ? data.setUsage.componentUsages[0].billingPeriod : String(errors[0]?.extensions["code"]);
}

const months = async (): Promise<string[]> => {
	const rows = await gateway().database.rows<{ billingPeriod: string }>(
		sql`select "billingPeriod" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid order by 1`,
	);
	return rows.map(({ billingPeriod }) => billingPeriod);
};

const [now, tenYearsOn] = [new Date("2017-09-11T12:00:00Z"), new Date("2027-09-11T12:00:00Z")];

describe("a report is refused as SERVICE_UNAVAILABLE, and stores and turns nothing,", () => {
	test.each<[string, string, ClockFault]>([
		["while the service's clock is off the database's", "2017-09-11T12:00:00Z", { kind: "OFF", offset: 6_000 }],
		["while the clock was set back into a month that is past", "2017-09-11T12:00:00Z", { kind: "BACK", now, reached: tenYearsOn }],
		["of a month that the clock may have come to wrongly", "2027-09-11T12:00:00Z", { kind: "AWAY", now: tenYearsOn, reached: now }],
	])("%s", async (_case, moment, wrong) => {
		fault = wrong;

		expect(await report(moment, "12")).toBe("SERVICE_UNAVAILABLE");
		expect(await months()).toEqual(["2017-09-01"]);
	});

	test("of a month that has not begun by the database's clock", async () => {
		databaseTime = () => new Date("2017-09-30T23:59:50Z");

		expect(await report("2017-10-01T00:00:00Z", "12")).toBe("SERVICE_UNAVAILABLE");
		expect(await months()).toEqual(["2017-09-01"]);
	});
});

test("a report waits for a month that begins in a moment by the database's clock", async () => {
	const begun = performance.now();
	databaseTime = () => new Date(Date.parse("2017-09-30T23:59:59.700Z") + performance.now() - begun);

	expect(await report("2017-10-01T00:00:00Z", "12")).toBe("2017-10-01");
	expect(databaseTime().getTime()).toBeGreaterThanOrEqual(Date.parse("2017-10-01T00:00:00Z"));
});

test("a report of a month that has begun is stored while the clock may have moved on wrongly", async () => {
	fault = { kind: "AWAY", now: tenYearsOn, reached: now };

	expect(await report("2017-09-11T12:00:00Z", "12")).toBe("2017-09-01");
});

test("what is read is answered whatever the clock", async () => {
	fault = { kind: "OFF", offset: 1e9 };

	expect(await gateway().ask(provider.token, "{ viewer { isStaff } }")).toEqual({ viewer: { isStaff: false } });
});
