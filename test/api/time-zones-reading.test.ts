import { expect, test } from "vitest";
import { setUsage, setUserUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { makeWorld } from "../support/totals.ts";
import { atEachMonthEnd } from "./time-zones.ts";

atEachMonthEnd((zone, { month, next, lastDay, firstDay, last, first, endOfDay, nextDay }) => {
	test("lists keep the days and months that their filter names, ends included", async () => {
		for (const [type, moment] of [
			["cpu", last],
			["disk", first],
			["gpu", endOfDay],
			["ram", nextDay],
		] as const) {
			// biome-ignore format: a table
			const { componentUsages } = await zone.report(moment, type, "1");
			await zone.ask(setUserUsage, { input: { componentUsage: componentUsages[0].uuid, username: "ann", usage: "1" } });
		}
		const document = `query ($usages: ComponentUsageFilter, $parts: ComponentUserUsageFilter) {
			componentUsages(first: 100, filter: $usages) { totalCount nodes { type } }
			componentUserUsages(first: 100, filter: $parts) { totalCount nodes { componentUsage { type } } }
		}`;
		const kept = async (asked: object): Promise<string> => {
			const filter = { resourceUuid: zone.resource(), ...asked };
			const { componentUsages, componentUserUsages } = await zone.ask(document, { usages: filter, parts: filter });
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
		expect(await kept({ billingPeriod: lastDay })).toBe("cpu"); // any day means its month
		expect(await kept({ billingPeriodYear: Number(month.slice(0, 4)), billingPeriodMonth: Number(month.slice(5, 7)) })).toBe("cpu");
		expect(await kept({ billingPeriodYear: Number(next.slice(0, 4)), billingPeriodMonth: Number(next.slice(5, 7)) })).toBe("disk gpu ram");
	});

	test("a chart shows each report in its month", async () => {
		await zone.report(last, "cpu", "5");
		await zone.report(first, "cpu", "6");
		const document = `query ($uuid: UUID!, $from: Date!, $to: Date!) { resource(uuid: $uuid) { usageSeries(from: $from, to: $to, types: ["cpu"]) { points { billingPeriod usage } } } }`;

		expect((await zone.ask(document, { uuid: zone.resource(), from: lastDay, to: firstDay })).resource.usageSeries).toEqual([
			{
				points: [
					{ billingPeriod: month, usage: "5" },
					{ billingPeriod: next, usage: "6" },
				],
			},
		]);
	});

	test("a plan counts in the months that it applied in, and a report in its own", async () => {
		const world = await makeWorld(zone.gateway());
		await world.included(await world.component("cpu", "cpu"), "10");
		const totalled = async (start: string, end: string | null): Promise<string[]> => {
			const { uuid, project } = await world.resource({ created: start });
			await world.provider.planPeriod(uuid, start, end);
			return (await world.totals("Project", project)).reverse();
		};
		const [inMonth, inNext] = [`${month.slice(0, 7)} cpu  10`, `${next.slice(0, 7)} cpu  10`];
		zone.gateway().setTime(last);
		expect(await totalled(last, null)).toEqual([inMonth]);
		zone.gateway().setTime(first);

		expect(await totalled(last, null)).toEqual([inMonth, inNext]);
		expect(await totalled(last, first)).toEqual([inMonth]);
		expect(await totalled(last, endOfDay)).toEqual([inMonth, inNext]);
		expect(await totalled(first, null)).toEqual([inNext]);
		expect(await totalled(first, nextDay)).toEqual([inNext]);
	});

	test("what was reported is totalled in the month of the report", async () => {
		const world = await makeWorld(zone.gateway());
		await world.component("cpu", "cpu");
		const { uuid, project } = await world.resource();
		for (const [moment, amount] of [
			[last, "5"],
			[first, "6"],
		] as const) {
			// biome-ignore format: a table
			zone.gateway().setTime(moment);
			await zone.gateway().ask(world.provider.token, setUsage, { input: { resource: uuid, usages: [{ type: "cpu", amount }] } });
		}

		expect(await world.totals("Project", project)).toEqual([`${next.slice(0, 7)} cpu 6 `, `${month.slice(0, 7)} cpu 5 `]);
		expect(await world.totals("Project", project, { filter: { dateAfter: firstDay } })).toEqual([`${next.slice(0, 7)} cpu 6 `]);
		expect(await world.totals("Project", project, { filter: { dateBefore: lastDay } })).toEqual([`${month.slice(0, 7)} cpu 5 `]);
	});

	test("a preview ends with the present month", async () => {
		const document = `query ($input: PreviewOfferingUsagePolicyInput!) { preview: previewOfferingUsagePolicy(input: $input) {
			... on OfferingUsagePolicyPreview { wouldFire months { billingPeriod } firedMonths }
		} }`;
		const preview = async (moment: string): Promise<Answer> => {
			zone.gateway().setTime(moment);
			const input = { scope: zone.provider().offering, applyToAll: true, componentLimits: [{ type: "cpu", limit: "10" }] };
			const { wouldFire, months, firedMonths } = (await zone.ask(document, { input })).preview;
			return { wouldFire, firedMonths, present: months.at(-1).billingPeriod };
		};
		await zone.report(last, "cpu", "11");

		expect(await preview(last)).toEqual({ wouldFire: true, firedMonths: [month], present: month });
		expect(await preview(first)).toEqual({ wouldFire: false, firedMonths: [month], present: next });
	});
});
