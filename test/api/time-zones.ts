import { afterAll, beforeAll, beforeEach, describe, expect, vi } from "vitest";
import { type TurnedMonth, turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { beginAllMonths } from "../support/begun-months.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { type Moments, type MonthEnd, moments } from "./month-ends.ts";

/** A service in a time zone, with a provider of four components and a resource of each test's own. */
export interface Zone {
	gateway(): Gateway;
	provider(): Provider;
	resource(): string;
	/** Asks as the provider. */
	ask(document: string, variables?: object): Promise<Answer>;
	/** Reports at a moment and answers what the service says. */
	report(moment: string, type: string, amount: string, options?: { recurring?: boolean; planPeriod?: string }): Promise<Answer>;
	/** The resource's records, oldest month first, as month, type, amount and moment of report. */
	records(): Promise<string[]>;
	/** Begins the month as the service does by itself. */
	turn(moment: string): Promise<TurnedMonth[]>;
}

/** A month's end in a time zone: what the calendar says of it, and its moments. */
type LocalMonthEnd = MonthEnd & { readonly [Name in "last" | "first" | "endOfDay" | "nextDay"]: string };

/** Defines the tests for each end of a month in each time zone, in a process that keeps a time of its own, far from that of each service. */
export function atEachMonthEnd(defineTests: (zone: Zone, end: LocalMonthEnd) => void): void {
	beforeAll(() => {
		vi.stubEnv("TZ", "America/Los_Angeles");
		expect(new Date(2027, 0, 1).toISOString()).toBe("2027-01-01T08:00:00.000Z");
	});
	afterAll(() => {
		vi.unstubAllEnvs();
	});

	describe.each(Object.entries(moments))("in %s", (timeZone, ends) => {
		const zone = serviceIn(timeZone);
		describe.each(ends.map(local))("at the end of $name", (end) => defineTests(zone, end));
	});
}

const local = ([end, [last, first, endOfDay, nextDay]]: readonly [MonthEnd, Moments]): LocalMonthEnd => ({ ...end, last, first, endOfDay, nextDay });

function serviceIn(timeZone: string): Zone {
	const gateway = gatewayForFile({ timeZone });
	let provider: Provider;
	let resource: string;

	beforeEach(async () => {
		await beginAllMonths(gateway().database);
		provider = await makeProvider(gateway());
		for (const type of ["cpu", "disk", "gpu", "ram"]) await provider.component(type);
		resource = await provider.resource();
	});

	const ask: Zone["ask"] = async (document, variables) => gateway().ask(provider.token, document, { ...variables });
	return {
		gateway,
		provider: () => provider,
		resource: () => resource,
		ask,
		report: async (moment, type, amount, { recurring = false, ...rest } = {}) => {
			gateway().setTime(moment);
			return (await ask(setUsage, { input: { resource, ...rest, usages: [{ type, amount, recurring }] } })).setUsage;
		},
		records: async () => {
			const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages(first: 100, orderBy: { field: BILLING_PERIOD }) { nodes { type usage billingPeriod date } } } }`;
			const { nodes } = (await ask(document, { uuid: resource })).resource.componentUsages;
			return nodes.map(({ type, usage, billingPeriod, date }: Answer) => `${billingPeriod} ${type} ${usage} ${date}`).sort();
		},
		turn: (moment) => turnMonth(gateway().database, { now: new Date(moment), timeZone }),
	};
}
