import { expect, test } from "vitest";
import { setUserUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { atEachMonthEnd } from "./time-zones.ts";

atEachMonthEnd((zone, { month, next, later, laterMonth, renewed, windows, past, last, first, endOfDay, nextDay }) => {
	test("a report belongs to the month of its moment, and corrects that month alone", async () => {
		await zone.report(last, "cpu", "4");
		await zone.report(last, "cpu", "5");
		await zone.report(first, "cpu", "6");
		expect(await zone.records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 6 ${first}`]);

		await zone.report(endOfDay, "cpu", "7");
		expect(await zone.records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 7 ${endOfDay}`]);
	});

	test("a plan period is closed when it ended before the month's first moment", async () => {
		const [before, at] = [await zone.provider().planPeriod(zone.resource(), null, last), await zone.provider().planPeriod(zone.resource(), null, first)];

		expect(await zone.report(last, "cpu", "1", { planPeriod: before })).toMatchObject({ __typename: "SetUsagePayload" });
		expect(await zone.report(first, "cpu", "1", { planPeriod: before })).toMatchObject({ code: "BILLING_PERIOD_CLOSED" });
		expect(await zone.report(first, "cpu", "1", { planPeriod: at })).toMatchObject({ __typename: "SetUsagePayload" });
		expect(await zone.report(nextDay, "cpu", "1", { planPeriod: at })).toMatchObject({ __typename: "SetUsagePayload" });
	});

	test("a cap begins anew with its month, quarter or year", async () => {
		const caps = ["ANNUAL", "MONTH", "QUARTERLY", "TOTAL"];
		for (const limitPeriod of caps) await zone.provider().component(limitPeriod, { limitPeriod, limitAmount: 10 });
		for (const cap of caps) expect(await zone.report(last, cap, "10")).toMatchObject({ __typename: "SetUsagePayload" });
		const taken: string[] = [];
		for (const cap of caps) if ((await zone.report(first, cap, "0.01")).__typename === "SetUsagePayload") taken.push(cap);

		expect(taken).toEqual(renewed);
	});

	test("a policy totals the months that end with the present one", async () => {
		const amounts = ["1", "2", "4", "8", "16", "32", "64", "128"];
		await zone.provider().begin("9999-12-01");
		for (const [place, of] of [...past, month, next].entries()) await zone.provider().usage(zone.resource(), "cpu", of, amounts[place] ?? "0");
		const firedAt = async (moment: string): Promise<string[]> => {
			for (const period of ["ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"]) await zone.provider().policy({ limits: { cpu: 0 }, period });
			const { firings } = await zone.report(moment, "ram", "1");
			return firings.map(({ windowStart, windowEnd, breaches }: Answer) => `${windowStart} to ${windowEnd}: ${breaches[0].used}`).sort();
		};
		const of = (place: 0 | 1, end: string, totals: Record<keyof typeof windows, string>) =>
			(["ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"] as const).map((period) => `${windows[period][place]} to ${end}: ${totals[period]}`).sort();

		expect(await firedAt(last)).toEqual(of(0, month, { ONE_MONTH: "64", THREE_MONTHS: "112", TWELVE_MONTHS: "126" }));
		expect(await firedAt(first)).toEqual(of(1, next, { ONE_MONTH: "128", THREE_MONTHS: "224", TWELVE_MONTHS: "252" }));
	});

	test("recurring usage is carried over when the month has ended, not before", async () => {
		await zone.turn(last);
		await zone.report(last, "cpu", "5", { recurring: true });
		expect(await zone.turn(last)).toEqual([]);
		expect(await zone.records()).toEqual([`${month} cpu 5 ${last}`]);

		expect(await zone.turn(first)).toMatchObject([{ month: next, offerings: 1, copied: 1 }]);
		expect(await zone.turn(nextDay)).toEqual([]);
		expect(await zone.records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 5 ${first}`]);
	});

	test("a month that nobody began when it was time is begun as of its first moment", async () => {
		await zone.turn(last);
		await zone.report(last, "cpu", "5", { recurring: true });
		await zone.turn(later);

		expect(await zone.records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 5 ${first}`, `${laterMonth} cpu 5 ${later}`]);
	});

	test("an account's use of its limit begins anew", async () => {
		const account = await zone.provider().account("ann");
		const limit = await zone.provider().limit(zone.resource(), "cpu", account, "10");
		const part = async (moment: string, usage: string): Promise<void> => {
			const { componentUsages } = await zone.report(moment, "cpu", "100");
			await zone.ask(setUserUsage, { input: { componentUsage: componentUsages[0].uuid, username: "ann", usage } });
		};
		const used = async (): Promise<string> =>
			(await zone.ask(`query ($uuid: UUID!) { componentUserUsageLimit(uuid: $uuid) { used } }`, { uuid: limit })).componentUserUsageLimit.used;

		await part(last, "6.5");
		expect(await used()).toBe("6.5");
		zone.gateway().setTime(first);
		expect(await used()).toBe("0");
		await part(first, "9");
		expect(await used()).toBe("9");
	});
});
