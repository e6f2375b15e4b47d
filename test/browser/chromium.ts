import { accessSync, constants } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

const environment: Readonly<Record<string, string | undefined>> = process.env;
const executable = environment["CHROMIUM_PATH"] || "/usr/bin/chromium";
const mustRun = environment["CI"] === "true";

const missing = `
NO BROWSER: there is no Chromium at ${executable}, so GraphiQL is not tested.
Install it with \`apt-get update && apt-get install -y chromium\`, or set CHROMIUM_PATH to one.
`;

/** Whether the tests of this folder run: without a browser they are skipped, loudly, and with CI=true they fail. */
export function hasChromium(): boolean {
	try {
		accessSync(executable, constants.X_OK);
		return true;
	} catch {
		if (mustRun) throw new Error(missing);
		process.stderr.write(missing);
		return false;
	}
}

/** Milliseconds until something that does not come is taken for missing; no measure of anything. */
const timeout = 90_000;

/** A headless Chromium with an empty profile, which asks for nothing by itself. */
export const launchChromium = (): Promise<Browser> =>
	chromium.launch({
		executablePath: executable,
		headless: true,
		timeout,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});

export interface Visitor {
	readonly context: BrowserContext;
	/** What the pages asked for outside of this machine; it was not let through. */
	readonly foreignRequests: string[];
}

const desk = { viewport: { width: 1400, height: 900 } };

/** A phone, held upright, that is touched and has no mouse. */
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** A person's browser: its pages share what they store, and reach nothing but loopback. */
export async function visitor(browser: Browser, device: BrowserContextOptions = desk): Promise<Visitor> {
	const context = await browser.newContext(device);
	context.setDefaultTimeout(timeout);
	const foreignRequests: string[] = [];
	await context.route(isOutside, (route) => {
		foreignRequests.push(route.request().url());
		return route.abort();
	});
	await context.routeWebSocket(isOutside, async (socket) => {
		foreignRequests.push(socket.url());
		await socket.close();
	});
	return { context, foreignRequests };
}

function isOutside(url: URL | string): boolean {
	const { protocol, hostname } = new URL(url);
	return !["blob:", "data:", "about:"].includes(protocol) && hostname !== "127.0.0.1";
}
