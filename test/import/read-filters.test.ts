import { afterEach, describe, expect, test } from "vitest";
import { type ListName, listNames, type ReadFilters } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { startWaldur } from "../waldur/waldur.ts";
import { id, smallWorld } from "./small-world.ts";

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

const filters: ReadFilters = { since: new Date("2026-11-05T08:00:00Z"), periods: ["2026-10-01", "2026-11-01"] };

/** A Waldur whose records are of 1 November, and a clock that shows the 6th from then on. */
async function started(lists: object = smallWorld()) {
	let now = new Date("2026-11-01T00:00:00Z");
	const waldur = await startWaldur(lists, undefined, { now: () => now });
	stop = waldur.stop;
	now = new Date("2026-11-06T00:00:00Z");
	const source = urlSource(waldur.base, waldur.token);
	const read = async (list: ListName, filter = filters) => {
		let records = 0;
		let whole: boolean | undefined;
		for await (const piece of source.read(list, filter)) {
			records += piece.records.length;
			whole = piece.whole ?? whole;
		}
		return { records, whole };
	};
	return { ...waldur, read };
}

test.each([
	["users", id(20)],
	["projects", id(30)],
	["marketplace-provider-offerings", id(50)],
	["marketplace-resources", id(60)],
	["marketplace-offering-users", id(70)],
] as const)("of %s what changed since a moment is read, and not taken for the whole list", async (list, uuid) => {
	const { state, read } = await started();
	expect(await read(list)).toEqual({ records: 0, whole: false });
	state.change(list, uuid, { name: "Renamed" });
	expect(await read(list)).toEqual({ records: 1, whole: false });
});

test.each([
	["organization-groups", 1],
	["customers", 2],
	["marketplace-categories", 1],
	["component-user-usage-limits", 1],
	["marketplace-offering-usage-policies", 1],
	["customer-quotas", 1],
] as const)("%s, which Waldur does not filter, is read whole", async (list, records) => {
	const { read } = await started();
	expect(await read(list)).toEqual({ records, whole: true });
});

test("plan periods of resources that changed are read", async () => {
	const { state, read, requests } = await started();
	expect(await read("resource-plan-periods")).toEqual({ records: 0, whole: false });
	state.switchPlan(id(60), id(55));
	expect(await read("resource-plan-periods")).toEqual({ records: 2, whole: false });
	expect(requests.filter((request) => request.includes("plan_periods"))).toHaveLength(1);
});

describe("usages", () => {
	const [record] = smallWorld()["marketplace-component-usages"];
	const usage = (number: number, date: string, billing_period: string) => ({ ...record, uuid: id(number), date, billing_period });
	const lists = {
		...smallWorld(),
		"marketplace-component-usages": [
			usage(81, "2026-08-05T10:00:00Z", "2026-08-01"),
			usage(82, "2026-11-05T09:00:00Z", "2026-08-01"), // reported late
			usage(83, "2026-10-05T10:00:00Z", "2026-10-01"),
			usage(84, "2026-11-05T10:00:00Z", "2026-11-01"), // by day and by month
		],
		"marketplace-component-user-usages": [81, 82, 83, 84].map((number) => ({
			uuid: id(number + 10),
			component_usage: id(number),
			username: "ann",
			usage: "1",
		})),
	};

	test.each(["marketplace-component-usages", "marketplace-component-user-usages"] as const)(
		"of the days since and of the months are read, each record once: %s",
		async (list) => {
			const { read } = await started(lists);
			expect(await read(list)).toEqual({ records: 3, whole: false });
		},
	);
});

test.each(listNames)("without filters all of %s is read", async (list) => {
	const { read } = await started();
	expect((await read(list, {})).whole).toBe(true);
});
