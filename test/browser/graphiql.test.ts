import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { gatewayForFile } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";
import { hasChromium, launchChromium, type Visitor, visitor } from "./chromium.ts";
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

	const open = () => openGraphiQL(person.context, new URL("/", gateway().url).href);

	test("opens at the address of the service, with the prepared tabs", async () => {
		const graphiql = await open();
		expect(await graphiql.tabs()).toEqual(["Explore", "LiveAlerts", "ReportAboveTheLimit", "ReportBelowTheLimit"]);
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
