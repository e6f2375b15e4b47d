import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type TurnedMonth, turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { makeWorld } from "../support/totals.ts";

/** The process keeps a time of its own, far from that of each service. */
beforeAll(() => {
	vi.stubEnv("TZ", "America/Los_Angeles");
	expect(new Date(2027, 0, 1).toISOString()).toBe("2027-01-01T08:00:00.000Z");
});
afterAll(() => {
	vi.unstubAllEnvs();
});

/** A month's end wherever it is: the two months, the days around it, and what the calendar says of them. */
interface MonthEnd {
	readonly name: string;
	readonly month: string;
	readonly next: string;
	readonly lastDay: string;
	readonly firstDay: string;
	/** A moment in the middle of the month after the next, and that month. */
	readonly later: string;
	readonly laterMonth: string;
	/** Under which caps, all used up in the month, more is taken in the next. */
	readonly renewed: readonly string[];
	/** The first months of the policies' windows in the month, and in the next. */
	readonly windows: Record<"ONE_MONTH" | "THREE_MONTHS" | "TWELVE_MONTHS", readonly [string, string]>;
	/** Months of the past year, from the one twelve before the month: 12, 11, 10, 3, 2 and 1 before it. */
	readonly past: readonly string[];
}

const october: MonthEnd = {
	name: "October 2026, before the day on which summer time ends in St. John's",
	month: "2026-10-01",
	next: "2026-11-01",
	lastDay: "2026-10-31",
	firstDay: "2026-11-01",
	later: "2026-12-15T12:00:00.000Z",
	laterMonth: "2026-12-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2026-10-01", "2026-11-01"], THREE_MONTHS: ["2026-08-01", "2026-09-01"], TWELVE_MONTHS: ["2025-11-01", "2025-12-01"] },
	past: ["2025-10-01", "2025-11-01", "2025-12-01", "2026-07-01", "2026-08-01", "2026-09-01"],
};

const december: MonthEnd = {
	name: "the year 2026",
	month: "2026-12-01",
	next: "2027-01-01",
	lastDay: "2026-12-31",
	firstDay: "2027-01-01",
	later: "2027-02-15T12:00:00.000Z",
	laterMonth: "2027-02-01",
	renewed: ["ANNUAL", "MONTH", "QUARTERLY"],
	windows: { ONE_MONTH: ["2026-12-01", "2027-01-01"], THREE_MONTHS: ["2026-10-01", "2026-11-01"], TWELVE_MONTHS: ["2026-01-01", "2026-02-01"] },
	past: ["2025-12-01", "2026-01-01", "2026-02-01", "2026-09-01", "2026-10-01", "2026-11-01"],
};

const february: MonthEnd = {
	name: "February 2027",
	month: "2027-02-01",
	next: "2027-03-01",
	lastDay: "2027-02-28",
	firstDay: "2027-03-01",
	later: "2027-04-15T12:00:00.000Z",
	laterMonth: "2027-04-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2027-02-01", "2027-03-01"], THREE_MONTHS: ["2026-12-01", "2027-01-01"], TWELVE_MONTHS: ["2026-03-01", "2026-04-01"] },
	past: ["2026-02-01", "2026-03-01", "2026-04-01", "2026-11-01", "2026-12-01", "2027-01-01"],
};

const leapFebruary: MonthEnd = {
	name: "February 2028, a day longer",
	month: "2028-02-01",
	next: "2028-03-01",
	lastDay: "2028-02-29",
	firstDay: "2028-03-01",
	later: "2028-04-15T12:00:00.000Z",
	laterMonth: "2028-04-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2028-02-01", "2028-03-01"], THREE_MONTHS: ["2027-12-01", "2028-01-01"], TWELVE_MONTHS: ["2027-03-01", "2027-04-01"] },
	past: ["2027-02-01", "2027-03-01", "2027-04-01", "2027-11-01", "2027-12-01", "2028-01-01"],
};

const march: MonthEnd = {
	name: "March 2027, the first of summer time in St. John's and the last of the quarter",
	month: "2027-03-01",
	next: "2027-04-01",
	lastDay: "2027-03-31",
	firstDay: "2027-04-01",
	later: "2027-05-15T12:00:00.000Z",
	laterMonth: "2027-05-01",
	renewed: ["MONTH", "QUARTERLY"],
	windows: { ONE_MONTH: ["2027-03-01", "2027-04-01"], THREE_MONTHS: ["2027-01-01", "2027-02-01"], TWELVE_MONTHS: ["2026-04-01", "2026-05-01"] },
	past: ["2026-03-01", "2026-04-01", "2026-05-01", "2026-12-01", "2027-01-01", "2027-02-01"],
};

/** When the month ends somewhere: its last moment, the next one's first, and the last moment of that day and the first after it. */
type Moments = readonly [last: string, first: string, endOfDay: string, nextDay: string];

const moments: Record<string, readonly (readonly [MonthEnd, Moments])[]> = {
	UTC: [
		[october, ["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-11-01T23:59:59.999Z", "2026-11-02T00:00:00.000Z"]],
		[december, ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2027-01-01T23:59:59.999Z", "2027-01-02T00:00:00.000Z"]],
		[february, ["2027-02-28T23:59:59.999Z", "2027-03-01T00:00:00.000Z", "2027-03-01T23:59:59.999Z", "2027-03-02T00:00:00.000Z"]],
		[march, ["2027-03-31T23:59:59.999Z", "2027-04-01T00:00:00.000Z", "2027-04-01T23:59:59.999Z", "2027-04-02T00:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00.000Z", "2028-03-01T23:59:59.999Z", "2028-03-02T00:00:00.000Z"]],
	],
	"Asia/Tokyo": [
		[october, ["2026-10-31T14:59:59.999Z", "2026-10-31T15:00:00.000Z", "2026-11-01T14:59:59.999Z", "2026-11-01T15:00:00.000Z"]],
		[december, ["2026-12-31T14:59:59.999Z", "2026-12-31T15:00:00.000Z", "2027-01-01T14:59:59.999Z", "2027-01-01T15:00:00.000Z"]],
		[february, ["2027-02-28T14:59:59.999Z", "2027-02-28T15:00:00.000Z", "2027-03-01T14:59:59.999Z", "2027-03-01T15:00:00.000Z"]],
		[march, ["2027-03-31T14:59:59.999Z", "2027-03-31T15:00:00.000Z", "2027-04-01T14:59:59.999Z", "2027-04-01T15:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T14:59:59.999Z", "2028-02-29T15:00:00.000Z", "2028-03-01T14:59:59.999Z", "2028-03-01T15:00:00.000Z"]],
	],
	"America/St_Johns": [
		// The first of November has 25 hours: it begins in summer time and ends without.
		[october, ["2026-11-01T02:29:59.999Z", "2026-11-01T02:30:00.000Z", "2026-11-02T03:29:59.999Z", "2026-11-02T03:30:00.000Z"]],
		[december, ["2027-01-01T03:29:59.999Z", "2027-01-01T03:30:00.000Z", "2027-01-02T03:29:59.999Z", "2027-01-02T03:30:00.000Z"]],
		[february, ["2027-03-01T03:29:59.999Z", "2027-03-01T03:30:00.000Z", "2027-03-02T03:29:59.999Z", "2027-03-02T03:30:00.000Z"]],
		[march, ["2027-04-01T02:29:59.999Z", "2027-04-01T02:30:00.000Z", "2027-04-02T02:29:59.999Z", "2027-04-02T02:30:00.000Z"]],
		[leapFebruary, ["2028-03-01T03:29:59.999Z", "2028-03-01T03:30:00.000Z", "2028-03-02T03:29:59.999Z", "2028-03-02T03:30:00.000Z"]],
	],
	"Pacific/Kiritimati": [
		[october, ["2026-10-31T09:59:59.999Z", "2026-10-31T10:00:00.000Z", "2026-11-01T09:59:59.999Z", "2026-11-01T10:00:00.000Z"]],
		[december, ["2026-12-31T09:59:59.999Z", "2026-12-31T10:00:00.000Z", "2027-01-01T09:59:59.999Z", "2027-01-01T10:00:00.000Z"]],
		[february, ["2027-02-28T09:59:59.999Z", "2027-02-28T10:00:00.000Z", "2027-03-01T09:59:59.999Z", "2027-03-01T10:00:00.000Z"]],
		[march, ["2027-03-31T09:59:59.999Z", "2027-03-31T10:00:00.000Z", "2027-04-01T09:59:59.999Z", "2027-04-01T10:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T09:59:59.999Z", "2028-02-29T10:00:00.000Z", "2028-03-01T09:59:59.999Z", "2028-03-01T10:00:00.000Z"]],
	],
};

describe.each(Object.keys(moments))("in %s", (timeZone) => {
	const gateway = gatewayForFile({ timeZone });
	const rows = (moments[timeZone] ?? []).map(([end, [last, first, endOfDay, nextDay]]) => ({ ...end, last, first, endOfDay, nextDay }));
	let provider: Provider;
	let resource: string;

	beforeEach(async () => {
		// Offerings of earlier tests have nothing left to begin.
		await gateway().database.rows(
			sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") select "uuid", '9999-12-01' from "Offering" on conflict do nothing`,
		);
		provider = await makeProvider(gateway());
		for (const type of ["cpu", "disk", "gpu", "ram"]) await provider.component(type);
		resource = await provider.resource();
	});

	const ask = async (document: string, variables?: object): Promise<Answer> => gateway().ask(provider.token, document, { ...variables });

	/** Reports at a moment and answers what the service says. */
	async function report(moment: string, type: string, amount: string, { recurring = false, ...rest }: { recurring?: boolean; planPeriod?: string } = {}) {
		gateway().setTime(moment);
		return (await ask(setUsage, { input: { resource, ...rest, usages: [{ type, amount, recurring }] } })).setUsage;
	}

	/** The resource's records, oldest month first, as month, type, amount and moment of report. */
	async function records(): Promise<string[]> {
		const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages(first: 100, orderBy: { field: BILLING_PERIOD }) { nodes { type usage billingPeriod date } } } }`;
		const { nodes } = (await ask(document, { uuid: resource })).resource.componentUsages;
		return nodes.map(({ type, usage, billingPeriod, date }: Answer) => `${billingPeriod} ${type} ${usage} ${date}`).sort();
	}

	const turn = (moment: string): Promise<TurnedMonth[]> => turnMonth(gateway().database, { now: new Date(moment), timeZone });

	describe.each(rows)(
		"at the end of $name",
		({ month, next, lastDay, firstDay, later, laterMonth, renewed, windows, past, last, first, endOfDay, nextDay }) => {
			test("a report belongs to the month of its moment, and corrects that month alone", async () => {
				await report(last, "cpu", "4");
				await report(last, "cpu", "5");
				await report(first, "cpu", "6");
				expect(await records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 6 ${first}`]);

				await report(endOfDay, "cpu", "7");
				expect(await records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 7 ${endOfDay}`]);
			});

			test("a plan period is closed when it ended before the month's first moment", async () => {
				const [before, at] = [await provider.planPeriod(resource, null, last), await provider.planPeriod(resource, null, first)];

				expect(await report(last, "cpu", "1", { planPeriod: before })).toMatchObject({ __typename: "SetUsagePayload" });
				expect(await report(first, "cpu", "1", { planPeriod: before })).toMatchObject({ code: "BILLING_PERIOD_CLOSED" });
				expect(await report(first, "cpu", "1", { planPeriod: at })).toMatchObject({ __typename: "SetUsagePayload" });
				expect(await report(nextDay, "cpu", "1", { planPeriod: at })).toMatchObject({ __typename: "SetUsagePayload" });
			});

			test("a cap begins anew with its month, quarter or year", async () => {
				const caps = ["ANNUAL", "MONTH", "QUARTERLY", "TOTAL"];
				for (const limitPeriod of caps) await provider.component(limitPeriod, { limitPeriod, limitAmount: 10 });
				for (const cap of caps) expect(await report(last, cap, "10")).toMatchObject({ __typename: "SetUsagePayload" });
				const taken: string[] = [];
				for (const cap of caps) if ((await report(first, cap, "0.01")).__typename === "SetUsagePayload") taken.push(cap);

				expect(taken).toEqual(renewed);
			});

			test("a policy totals the months that end with the present one", async () => {
				const amounts = ["1", "2", "4", "8", "16", "32", "64", "128"];
				await provider.begin("9999-12-01");
				for (const [place, of] of [...past, month, next].entries()) await provider.usage(resource, "cpu", of, amounts[place] ?? "0");
				const firedAt = async (moment: string): Promise<string[]> => {
					for (const period of ["ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"]) await provider.policy({ limits: { cpu: 0 }, period });
					const { firings } = await report(moment, "ram", "1");
					return firings.map(({ windowStart, windowEnd, breaches }: Answer) => `${windowStart} to ${windowEnd}: ${breaches[0].used}`).sort();
				};
				const of = (place: 0 | 1, end: string, totals: Record<keyof typeof windows, string>) =>
					(["ONE_MONTH", "THREE_MONTHS", "TWELVE_MONTHS"] as const).map((period) => `${windows[period][place]} to ${end}: ${totals[period]}`).sort();

				expect(await firedAt(last)).toEqual(of(0, month, { ONE_MONTH: "64", THREE_MONTHS: "112", TWELVE_MONTHS: "126" }));
				expect(await firedAt(first)).toEqual(of(1, next, { ONE_MONTH: "128", THREE_MONTHS: "224", TWELVE_MONTHS: "252" }));
			});

			test("recurring usage is carried over when the month has ended, not before", async () => {
				await turn(last);
				await report(last, "cpu", "5", { recurring: true });
				expect(await turn(last)).toEqual([]);
				expect(await records()).toEqual([`${month} cpu 5 ${last}`]);

				expect(await turn(first)).toMatchObject([{ month: next, offerings: 1, copied: 1 }]);
				expect(await turn(nextDay)).toEqual([]);
				expect(await records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 5 ${first}`]);
			});

			test("a month that nobody began when it was time is begun as of its first moment", async () => {
				await turn(last);
				await report(last, "cpu", "5", { recurring: true });
				await turn(later);

				expect(await records()).toEqual([`${month} cpu 5 ${last}`, `${next} cpu 5 ${first}`, `${laterMonth} cpu 5 ${later}`]);
			});

			test("lists keep the days and months that their filter names, ends included", async () => {
				for (const [type, moment] of [
					["cpu", last],
					["disk", first],
					["gpu", endOfDay],
					["ram", nextDay],
				] as const) {
					// biome-ignore format: a table
					const { componentUsages } = await report(moment, type, "1");
					await ask(setUserUsage, { input: { componentUsage: componentUsages[0].uuid, username: "ann", usage: "1" } });
				}
				const document = `query ($usages: ComponentUsageFilter, $parts: ComponentUserUsageFilter) {
				componentUsages(first: 100, filter: $usages) { totalCount nodes { type } }
				componentUserUsages(first: 100, filter: $parts) { totalCount nodes { componentUsage { type } } }
			}`;
				const kept = async (asked: object): Promise<string> => {
					const filter = { resourceUuid: resource, ...asked };
					const { componentUsages, componentUserUsages } = await ask(document, { usages: filter, parts: filter });
					const types = componentUsages.nodes.map(({ type }: Answer) => type).sort();
					expect(componentUserUsages.nodes.map(({ componentUsage }: Answer) => componentUsage.type).sort()).toEqual(types);
					expect([componentUsages.totalCount, componentUserUsages.totalCount]).toEqual([types.length, types.length]);
					return types.join(" ");
				};

				expect(await kept({ dateAfter: lastDay })).toBe("cpu disk gpu ram");
				expect(await kept({ dateAfter: firstDay })).toBe("disk gpu ram");
				expect(await kept({ dateBefore: lastDay })).toBe("cpu");
				expect(await kept({ dateBefore: firstDay })).toBe("cpu disk gpu");
				expect(await kept({ dateAfter: lastDay, dateBefore: lastDay })).toBe("cpu");
				expect(await kept({ dateAfter: firstDay, dateBefore: firstDay })).toBe("disk gpu");
				expect(await kept({ billingPeriod: month })).toBe("cpu");
				expect(await kept({ billingPeriod: next })).toBe("disk gpu ram");
				expect(await kept({ billingPeriod: lastDay })).toBe("");
				expect(await kept({ billingPeriodYear: Number(month.slice(0, 4)), billingPeriodMonth: Number(month.slice(5, 7)) })).toBe("cpu");
				expect(await kept({ billingPeriodYear: Number(next.slice(0, 4)), billingPeriodMonth: Number(next.slice(5, 7)) })).toBe("disk gpu ram");
			});

			test("a chart shows each report in its month", async () => {
				await report(last, "cpu", "5");
				await report(first, "cpu", "6");
				const document = `query ($uuid: UUID!, $from: Date!, $to: Date!) { resource(uuid: $uuid) { usageSeries(from: $from, to: $to, types: ["cpu"]) { points { billingPeriod usage } } } }`;

				expect((await ask(document, { uuid: resource, from: lastDay, to: firstDay })).resource.usageSeries).toEqual([
					{
						points: [
							{ billingPeriod: month, usage: "5" },
							{ billingPeriod: next, usage: "6" },
						],
					},
				]);
			});

			test("a plan counts in the months that it applied in, and a report in its own", async () => {
				const world = await makeWorld(gateway());
				await world.included(await world.component("cpu", "cpu"), "10");
				const totalled = async (start: string, end: string | null): Promise<string[]> => {
					const { uuid, project } = await world.resource({ created: start });
					await world.provider.planPeriod(uuid, start, end);
					return (await world.totals("Project", project)).reverse();
				};
				const [inMonth, inNext] = [`${month.slice(0, 7)} cpu  10`, `${next.slice(0, 7)} cpu  10`];
				gateway().setTime(last);
				expect(await totalled(last, null)).toEqual([inMonth]);
				gateway().setTime(first);

				expect(await totalled(last, null)).toEqual([inMonth, inNext]);
				expect(await totalled(last, first)).toEqual([inMonth]);
				expect(await totalled(last, endOfDay)).toEqual([inMonth, inNext]);
				expect(await totalled(first, null)).toEqual([inNext]);
				expect(await totalled(first, nextDay)).toEqual([inNext]);
			});

			test("what was reported is totalled in the month of the report", async () => {
				const world = await makeWorld(gateway());
				await world.component("cpu", "cpu");
				const { uuid, project } = await world.resource();
				for (const [moment, amount] of [
					[last, "5"],
					[first, "6"],
				] as const) {
					// biome-ignore format: a table
					gateway().setTime(moment);
					await gateway().ask(world.provider.token, setUsage, { input: { resource: uuid, usages: [{ type: "cpu", amount }] } });
				}

				expect(await world.totals("Project", project)).toEqual([`${next.slice(0, 7)} cpu 6 `, `${month.slice(0, 7)} cpu 5 `]);
				expect(await world.totals("Project", project, { filter: { dateAfter: firstDay } })).toEqual([`${next.slice(0, 7)} cpu 6 `]);
				expect(await world.totals("Project", project, { filter: { dateBefore: lastDay } })).toEqual([`${month.slice(0, 7)} cpu 5 `]);
			});

			test("an account's use of its limit begins anew", async () => {
				const account = await provider.account("ann");
				const limit = await provider.limit(resource, "cpu", account, "10");
				const part = async (moment: string, usage: string): Promise<void> => {
					const { componentUsages } = await report(moment, "cpu", "100");
					await ask(setUserUsage, { input: { componentUsage: componentUsages[0].uuid, username: "ann", usage } });
				};
				const used = async (): Promise<string> =>
					(await ask(`query ($uuid: UUID!) { componentUserUsageLimit(uuid: $uuid) { used } }`, { uuid: limit })).componentUserUsageLimit.used;

				await part(last, "6.5");
				expect(await used()).toBe("6.5");
				gateway().setTime(first);
				expect(await used()).toBe("0");
				await part(first, "9");
				expect(await used()).toBe("9");
			});

			test("a preview ends with the present month", async () => {
				const document = `query ($input: PreviewOfferingUsagePolicyInput!) { preview: previewOfferingUsagePolicy(input: $input) {
				... on OfferingUsagePolicyPreview { wouldFire months { billingPeriod } firedMonths }
			} }`;
				const preview = async (moment: string): Promise<Answer> => {
					gateway().setTime(moment);
					const input = { scope: provider.offering, applyToAll: true, componentLimits: [{ type: "cpu", limit: "10" }] };
					const { wouldFire, months, firedMonths } = (await ask(document, { input })).preview;
					return { wouldFire, firedMonths, present: months.at(-1).billingPeriod };
				};
				await report(last, "cpu", "11");

				expect(await preview(last)).toEqual({ wouldFire: true, firedMonths: [month], present: month });
				expect(await preview(first)).toEqual({ wouldFire: false, firedMonths: [month], present: next });
			});
		},
	);
});
