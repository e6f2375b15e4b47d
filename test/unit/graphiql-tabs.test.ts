import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { renewTabs } from "../../src/server/graphiql/stored-tabs.ts";
import { tabsOf } from "../../src/server/graphiql/tabs.ts";

const tab = (name: string, month: string) => tabsOf(month).find((text) => text.includes(` ${name} {`)) ?? "";

describe("the tabs", () => {
	test("are one operation each, of different names, in lines that are shown whole", () => {
		const names = tabsOf("2026-11-01").map((text) => {
			const [operation, ...more] = parse(text).definitions;
			expect(more).toEqual([]);
			return operation !== undefined && "name" in operation ? operation.name?.value : undefined;
		});
		expect(new Set(names).size).toBe(names.length);
		expect(names).not.toContain(undefined);
		const lines = tabsOf("2026-11-01").flatMap((text) => text.split("\n"));
		expect(lines.filter((line) => line.length > 56 && !line.includes("https://"))).toEqual([]);
	});

	test.each([
		["2026-11-01", "2025"],
		["2026-01-01", "2025"],
	])("are in %s about the year %s", (month, year) => {
		expect(tab("YearAsCsv", month)).toContain(`billingPeriodYear: ${year} `);
	});

	test.each([
		["2026-11-01", "2026-07-01", "2026-09-01"],
		["2026-10-01", "2026-07-01", "2026-09-01"],
		["2026-03-01", "2025-10-01", "2025-12-01"],
		["2026-01-01", "2025-10-01", "2025-12-01"],
		["2026-04-01", "2026-01-01", "2026-03-01"],
	])("are in %s about the quarter from %s to %s", (month, from, to) => {
		for (const name of ["CpuHoursByProject", "TopConsumers"]) {
			expect(tab(name, month)).toContain(`billingPeriodFrom: "${from}"\n      billingPeriodTo: "${to}"`);
		}
	});

	test("are about twelve months of storage, this one included", () => {
		expect(tab("StorageByUser", "2026-01-01")).toContain('from: "2025-02-01"\n      to: "2026-01-01"');
	});
});

/** A browser's storage. */
function storageOf(items: Readonly<Record<string, string>>) {
	const held = new Map(Object.entries(items));
	return {
		held,
		getItem: (key: string) => held.get(key) ?? null,
		setItem: (key: string, value: string) => void held.set(key, value),
		removeItem: (key: string) => void held.delete(key),
	};
}

describe("when a browser opens the page again", () => {
	const before = ["query One { a }", "query Two { march }"];
	const now = ["query Two { june }", "query Three { c }"];
	const state = (...queries: (string | null)[]) => JSON.stringify({ tabs: queries.map((query) => ({ query, headers: "{}" })), activeTabIndex: 1 });
	const opened = (items: Readonly<Record<string, string>>) => {
		const storage = storageOf(items);
		renewTabs(storage, now);
		return Object.fromEntries(storage.held);
	};

	test("tabs that nobody changed are as they are served now, and others stay", () => {
		const stored = opened({
			"usage-gateway:tabs": JSON.stringify(before),
			"graphiql:tabState": state("query Two { mine }", "query Two { march }", "query One { a }", null),
		});
		expect(stored["graphiql:tabState"]).toBe(state("query Two { mine }", "query Two { june }", "query One { a }", null));
		expect(stored["usage-gateway:tabs"]).toBe(JSON.stringify(now));
	});

	test("the tab that was left is opened, whatever its editors held before", () => {
		const stored = opened({
			"graphiql:tabState": state("query One { a }", "query Mine { b }"),
			"graphiql:query": "query One { a }",
			"graphiql:variables": "{}",
		});
		expect([stored["graphiql:query"], stored["graphiql:headers"], stored["graphiql:variables"]]).toEqual(["query Mine { b }", "{}", undefined]);
	});

	test("the first time, nothing is stored but what is served", () => {
		expect(opened({})).toEqual({ "usage-gateway:tabs": JSON.stringify(now) });
	});
});
