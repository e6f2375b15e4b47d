import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tabsOf } from "../../src/server/graphiql/tabs.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";
import { hasChromium, launchChromium, phone, type Visitor, visitor } from "./chromium.ts";
import { openGraphiQL } from "./graphiql-page.ts";

const skipped = !hasChromium();

describe.skipIf(skipped)("GraphiQL in a browser", () => {
	const gateway = gatewayForFile({ template: "demo", limits: { ...unlimited, hosts: [] } });
	let browser: Browser;
	let person: Visitor;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	beforeEach(async () => {
		person = await visitor(browser);
	});
	afterEach(() => person.context.close());
	afterAll(() => browser.close());

	const tabs = tabsOf("2026-11-01").map((text) => /^(?:query|mutation|subscription) (\w+)/m.exec(text)?.[1]);
	const open = () => openGraphiQL(person.context, new URL("/", gateway().url).href);

	test("opens at the address of the service, with the prepared tabs", async () => {
		const graphiql = await open();
		expect(await graphiql.tabs()).toEqual(tabs);
		expect(await graphiql.page.title()).toBe("usage-gateway");
	});

	test("asks for nothing outside of this machine", async () => {
		const graphiql = await open();
		await graphiql.execute();
		await graphiql.shows('"data"');
		expect(person.foreignRequests).toEqual([]);
	});

	test("answers the prepared query", async () => {
		const graphiql = await open();
		await graphiql.execute();
		await graphiql.shows('"resources"');
		expect(await graphiql.result()).not.toContain('"errors"');
	});

	test("answers a query typed in a new tab, as the user of the demo's token", async () => {
		const graphiql = await open();
		await graphiql.type("WhoAmI", "query WhoAmI { viewer { username } }");
		await graphiql.execute();
		await graphiql.shows('"provider"');
	});

	test("explains a field of the schema", async () => {
		const { page } = await open();
		await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
		await page.getByRole("link", { name: "Query", exact: true }).click();
		await page.getByRole("link", { name: "resources", exact: true }).click();
		await page.getByRole("link", { name: "ResourceFilter", exact: true }).waitFor();
	});

	test.each([
		["alert", "Subscription.policyFirings"],
		["export", "Query.componentUsages"],
		["threshold", "Query.offeringUsagePolicies"],
	])("finds by «%s», a word of its description, %s", async (word, field) => {
		const graphiql = await open();
		expect(await graphiql.search(word)).toContain(field);
	});

	test("comes back to the tab that was left, without another one", async () => {
		const before = await open();
		await before.goTo("PolicyUse");
		await before.page.close();
		const { page, tabs: shown } = await open();
		await page.getByRole("tab", { name: "PolicyUse", selected: true }).waitFor();
		await page.getByRole("region", { name: "Operation Editor" }).getByText("offeringUsagePolicies").first().waitFor();
		expect(await shown()).toEqual(tabs);
	});

	test("runs within its policy: it breaks no rule of it, and its editors have their workers", async () => {
		const page = await person.context.newPage();
		const complaints: string[] = [];
		page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
		page.on("pageerror", ({ message }) => complaints.push(message));
		const workers = page.waitForEvent("worker");
		await page.goto(gateway().url);
		expect((await workers).url()).toMatch(/\/graphql\/[a-z]+-worker-[\da-f]{16}\.js/);
		await page.getByRole("region", { name: "Operation Editor" }).locator(".view-lines").getByText("{").first().waitFor();
		expect(complaints).toEqual([]);
	});

	test("asks for its page alone when it is opened again", async () => {
		const context = await browser.newContext(); // one whose requests are looked at keeps no files
		const load = async () => {
			const { page } = await openGraphiQL(context, gateway().url);
			const timings = await page.evaluate<string>(
				"JSON.stringify([...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter(({ initiatorType }) => ['navigation', 'script', 'link', 'css'].includes(initiatorType)).map(({ name, transferSize }) => [new URL(name).pathname, transferSize]))",
			);
			await page.close();
			return JSON.parse(timings) as [string, number][];
		};
		const bytesOf = (timings: readonly [string, number][]) => timings.reduce((sum, [, bytes]) => sum + bytes, 0);
		const first = await load();
		expect(bytesOf(first)).toBeGreaterThan(1_000_000);
		expect(bytesOf(first)).toBeLessThan(2_000_000);
		expect(bytesOf(await load())).toBeLessThan(10_000);
		await context.close();
	});

	test("shows an alert in one window, over WebSocket, when usage is reported in another", async () => {
		const watching = await open();
		await watching.goTo("LiveAlerts");
		const subscribed = watching.page
			.waitForEvent("websocket")
			.then((socket) => socket.waitForEvent("framesent", ({ payload }) => String(payload).includes('"subscribe"')));
		await watching.execute();
		await subscribed;

		const reporting = await open();
		await reporting.goTo("ReportAboveTheLimit");
		await reporting.execute();
		await reporting.shows('"firings"');
		await watching.shows('"Larch supercomputer"');
	});
});

describe.skipIf(skipped)("GraphiQL on a phone", () => {
	const gateway = gatewayForFile({ template: "demo", limits: { ...unlimited, hosts: [] } });
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	afterAll(() => browser.close());
	const open = async () => openGraphiQL((await visitor(browser, phone)).context, gateway().url);

	test("has its panes one below the other, as wide as the phone, and nothing beyond its edge", async () => {
		const graphiql = await open();
		await graphiql.execute();
		await graphiql.shows('"resources"');
		const [editor, answer] = await Promise.all(["Operation Editor", "Result Window"].map((name) => graphiql.page.getByRole("region", { name }).boundingBox()));
		expect(editor?.width).toBeGreaterThan(350);
		expect(answer?.width).toBeGreaterThan(350);
		expect(answer?.y).toBeGreaterThan((editor?.y ?? 0) + (editor?.height ?? 0) - 1);
		expect((answer?.y ?? 0) + (answer?.height ?? 0)).toBeLessThanOrEqual(844);
		expect(answer?.height).toBeGreaterThan(200);
		expect(await graphiql.page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
	});

	test("has all its tabs, those beyond the edge by a swipe", async () => {
		const graphiql = await open();
		const last = graphiql.page.getByRole("button", { name: "ReportBelowTheLimit", exact: true });
		const client = await graphiql.page.context().newCDPSession(graphiql.page);
		const touch = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
			client.send("Input.dispatchTouchEvent", { type, touchPoints: x === undefined ? [] : [{ x, y: 75 }] });
		const isInSight = async () => ((await last.boundingBox())?.x ?? 390) < 250;
		for (let swipes = 0; swipes < 12 && !(await isInSight()); swipes++) {
			await touch("touchStart", 280);
			for (let x = 270; x > 60; x -= 10) await touch("touchMove", x);
			await touch("touchEnd");
		}
		expect(await isInSight()).toBe(true);
		await last.tap();
		await graphiql.page.getByRole("tab", { name: "ReportBelowTheLimit", selected: true }).waitFor();
	});

	test("shows the documentation in place of half a column", async () => {
		const graphiql = await open();
		expect(await graphiql.search("alert")).toContain("Subscription.policyFirings");
		const box = await graphiql.page.getByRole("combobox").first().boundingBox();
		expect(box?.width).toBeGreaterThan(250);
	});
});

describe.skipIf(skipped)("GraphiQL without the demo", () => {
	const gateway = gatewayForFile();
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchChromium();
	});
	afterAll(() => browser.close());

	test("reads the schema before anybody signs in", async () => {
		const { page } = await openGraphiQL((await visitor(browser)).context, gateway().url);
		await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
		await page.getByRole("link", { name: "Query", exact: true }).waitFor();
	});

	test("sends the token that is pasted under the hint", async () => {
		const graphiql = await openGraphiQL((await visitor(browser)).context, gateway().url);
		await graphiql.paste("Token mistyped");
		await graphiql.execute();
		await graphiql.shows("The token is unknown, expired or revoked.");
	});
});
