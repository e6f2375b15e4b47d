import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../browser/chromium.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { type Line, lineTo } from "../../support/line.ts";
import { published } from "../service.ts";
import { type Alerts, alerts, alertsOf } from "../streams/alerts.ts";

const skipped = !hasChromium();

/** A web page of its own origin. */
async function pageServer(): Promise<Server> {
	const server = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>portal</title>"));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return server;
}

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe.skipIf(skipped)("a browser's own EventSource, on a page of another origin that is allowed", () => {
	let browser: Browser;
	let portal: Server;
	let stranger: Server;
	let gateway: Gateway;
	beforeAll(async () => {
		[browser, portal, stranger] = await Promise.all([launchChromium(), pageServer(), pageServer()]);
		gateway = await startGateway({
			...published,
			template: "empty",
			limits: { ...published.limits, graphiql: false, hosts: [], origins: [originOf(portal)] } as never,
		});
	});
	afterAll(async () => {
		await browser?.close();
		await gateway?.stop();
		for (const server of [portal, stranger]) server?.close();
	});

	let provider: Alerts;
	let line: Line;
	let page: Page;
	beforeEach(async () => {
		provider = await alertsOf(gateway);
		line = await lineTo(gateway.url);
		page = await browser.newPage();
		await page.goto(originOf(portal));
	});
	afterEach(async () => {
		await page.close();
		line.close();
	});

	/** Asks for a ticket as the page's script does. */
	const ticketFor = (question: object): Promise<string> =>
		page.evaluate(
			async ({ url, token, question }) => {
				const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
				const response = await fetch(`${url}/ticket`, { method: "POST", headers, body: JSON.stringify(question) });
				return (await response.json()).ticket;
			},
			{ url: line.url, token: provider.token, question },
		);

	/** Follows alerts by the ticket, and keeps what comes, and whether the browser has given up, on the page. */
	const follow = (ticket: string, question: { query: string; variables?: object }): Promise<void> =>
		page.evaluate(
			({ url, ticket, query, variables }) => {
				const address = new URL(url);
				for (const [name, value] of Object.entries({ query, variables: JSON.stringify(variables ?? {}), ticket })) address.searchParams.set(name, value);
				const source = new EventSource(address);
				const seen: string[] = [];
				Object.assign(globalThis, { source, seen });
				source.addEventListener("next", ({ data }) => {
					const { data: answer, errors } = JSON.parse(data);
					seen.push(answer?.policyFirings.firing?.kind ?? JSON.stringify(errors));
				});
			},
			{ url: line.url, ticket, ...question },
		);

	const seen = (count: number) => page.waitForFunction((least) => (globalThis as never as { seen: string[] }).seen.length >= least, count);
	const kinds = (): Promise<string[]> => page.evaluate(() => (globalThis as never as { seen: string[] }).seen);
	const isOpen = () => page.waitForFunction(() => (globalThis as never as { source: EventSource }).source.readyState === EventSource.OPEN);

	test("signs in with a ticket, and after a lost connection goes on with what came meanwhile, each alert once", async () => {
		const question = { query: alerts, variables: { after: "0" } };
		await provider.turn("FIRED");
		await follow(await ticketFor(question), question);
		await seen(1);
		line.cut();
		await provider.turn("RESET");
		await seen(2);
		await provider.turn("FIRED");
		await seen(3);
		expect(await kinds()).toEqual(["FIRED", "RESET", "FIRED"]);
	});

	// A stream has no id before its first alert: the browser connects again without Last-Event-ID, and a used ticket needs it.
	test("is told to take a new ticket when its connection is lost before the first alert", async () => {
		const question = { query: alerts };
		await follow(await ticketFor(question), question);
		await isOpen();
		line.cut();
		await page.waitForFunction(() => (globalThis as never as { source: EventSource }).source.readyState === EventSource.CLOSED);
	});

	test("is not signed in a second time by a ticket that was used, nor for another operation", async () => {
		const question = { query: alerts };
		const ticket = await ticketFor(question);
		const isRefused = () => page.waitForFunction(() => (globalThis as never as { source: EventSource }).source.readyState === EventSource.CLOSED);
		await follow(ticket, { query: alerts, variables: { after: "0" } });
		await isRefused();
		await follow(ticket, question);
		await isOpen();
		await follow(ticket, question);
		await isRefused();
	});

	test("is given nothing on a page whose origin is not allowed", async () => {
		const question = { query: alerts };
		const ticket = await ticketFor(question);
		await page.goto(originOf(stranger));
		await expect(ticketFor(question)).rejects.toThrow("Failed to fetch");
		await follow(ticket, question);
		await page.waitForFunction(() => (globalThis as never as { source: EventSource }).source.readyState === EventSource.CLOSED);
	});
});
