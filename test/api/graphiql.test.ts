import { request as httpRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { parse, validate } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile({ template: "demo" });

interface Received {
	readonly status: number | undefined;
	readonly headers: IncomingMessage["headers"];
	readonly body: Buffer;
}

/** What comes from the path in one request, with exactly these headers, as it comes. */
async function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Received> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		httpRequest(new URL(path, gateway().url), { method, agent: false, headers }, resolve).on("error", reject).end();
	});
	return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const asBrowser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const page = (headers = {}) => get("/graphql", { ...asBrowser, ...headers });

let text: string;
let files: string[];
beforeAll(async () => {
	text = (await page()).body.toString();
	files = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file]) => `/${file}`);
});

interface Tab {
	readonly query: string;
	readonly headers: string;
}

const servedTabs = (): readonly Tab[] => JSON.parse(/type="application\/json">(.*?)<\/script>/s.exec(text)?.[1] ?? "").defaultTabs;
const nameOf = ({ query }: Tab) => /^(query|mutation|subscription) (\w+)/m.exec(query)?.slice(1) ?? [];

describe("GraphiQL's page", () => {
	test("is small, asked again each time, and sent again only when it has changed", async () => {
		const { headers, body } = await page({ "accept-encoding": "gzip" });
		expect(body.length).toBeLessThan(8_000);
		expect(headers).toMatchObject({ "cache-control": "no-cache", vary: "Accept, Accept-Encoding", "content-type": "text/html; charset=utf-8" });
		const again = await page({ "if-none-match": String(headers.etag) });
		expect({ status: again.status, length: again.body.length }).toEqual({ status: 304, length: 0 });
		expect((await page({ "if-none-match": '"another"' })).status).toBe(200);
	});

	test("is another one when other months are the last ones", async () => {
		const before = (await page()).headers.etag;
		gateway().setTime("2027-01-15T12:00:00Z");
		const after = await page({ "if-none-match": String(before) });
		gateway().setTime("2026-11-20T12:00:00Z");
		expect(after.status).toBe(200);
		expect(after.body.toString()).toContain("billingPeriodYear: 2026 ");
		expect((await page()).headers.etag).toBe(before);
	});

	test("runs no script but its own, and is shown in no other page", async () => {
		const { headers } = await page();
		expect(headers["content-security-policy"]).toMatch(/default-src 'none'; script-src 'self';.*frame-ancestors 'none'/);
		expect(headers["referrer-policy"]).toBe("no-referrer");
		expect(text.match(/<script(?![^>]*(?: src=|type="application\/json"))/g)).toBeNull();
	});

	test("is for phones", () => {
		expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1" />');
	});

	test("is not what programs get", async () => {
		expect((await get("/graphql?query={__typename}", { accept: "application/json" })).body.toString()).toMatch(/^{"data":{"__typename":"Query"}/);
	});

	test("is found with a slash at its end", async () => {
		const { status, headers } = await get("/graphql/", asBrowser);
		expect({ status, location: new URL(String(headers.location), new URL("/graphql/", gateway().url)).pathname }).toEqual({
			status: 302,
			location: "/graphql",
		});
	});
});

describe("the files of GraphiQL's page", () => {
	test("are kept for good, and named by what is in them", async () => {
		expect(files.length).toBe(3);
		for (const file of files) {
			expect(file).toMatch(/-[\da-f]{16}\.(js|css|ico)$/);
			const { status, headers } = await get(file);
			expect({ status, ...headers }).toMatchObject({ status: 200, "cache-control": "public, max-age=31536000, immutable", vary: "Accept-Encoding" });
		}
	});

	test("are compressed as a browser takes it, and the same in every way", async () => {
		for (const file of files) {
			const plain = await get(file);
			const [gzip, br] = [await get(file, { "accept-encoding": "gzip" }), await get(file, { "accept-encoding": "gzip, deflate, br" })];
			expect([plain.headers["content-encoding"], gzip.headers["content-encoding"], br.headers["content-encoding"]]).toEqual([undefined, "gzip", "br"]);
			expect([gunzipSync(gzip.body).equals(plain.body), brotliDecompressSync(br.body).equals(plain.body)]).toEqual([true, true]);
		}
	});

	test("take a quarter of what they did in the page, with the workers of its editors", async () => {
		const script = (await get(files.find((file) => file.endsWith(".js")) ?? "")).body.toString();
		const workers = [...script.matchAll(/"([a-z]+-worker-[\da-f]{16}\.js)"/g)].map(([, name]) => `/graphql/${name}`);
		expect(workers.length).toBe(3);
		let bytes = 0;
		for (const file of [...files, ...workers]) bytes += (await get(file, { "accept-encoding": "gzip" })).body.length;
		expect(bytes).toBeLessThan(2_600_000);
	});

	test("have headers without a body for HEAD, and another name when their content is another", async () => {
		const [file = ""] = files;
		const head = await get(file, { "accept-encoding": "gzip" }, "HEAD");
		expect({ status: head.status, length: head.body.length }).toEqual({ status: 200, length: 0 });
		expect(Number(head.headers["content-length"])).toBeGreaterThan(1_000);
		const other = await get(file.replace(/-[\da-f]{16}/, "-0123456789abcdef"));
		expect({ status: other.status, cache: other.headers["cache-control"] }).toEqual({ status: 404, cache: "no-store" });
	});
});

describe("the tabs", () => {
	/** Every list in the answer, by the way to it. */
	const lists = (value: unknown, way = ""): [string, readonly unknown[]][] => {
		if (value === null || typeof value !== "object") return [];
		const inner = Object.entries(value).flatMap(([name, part]) => lists(part, Array.isArray(value) ? way : `${way}.${name}`));
		return Array.isArray(value) ? [[way, value], ...inner] : inner;
	};
	const answerOf = async (tab: Tab) => {
		const headers = { "content-type": "application/json", ...JSON.parse(tab.headers) };
		return (await fetch(gateway().url, { method: "POST", headers, body: JSON.stringify({ query: tab.query }) })).json();
	};

	test("fit the schema, the subscriptions too", () => {
		expect(servedTabs().flatMap((tab) => validate(schema, parse(tab.query)))).toEqual([]);
	});

	test("return data on the demo world, in each of their lists", async () => {
		for (const tab of servedTabs()) {
			const [operation, name] = nameOf(tab);
			if (operation !== "query") continue;
			const { data, errors } = await answerOf(tab);
			expect({ name, errors }).toEqual({ name, errors: undefined });
			const filled = new Map<string, boolean>();
			for (const [way, list] of lists(data)) filled.set(way, filled.get(way) === true || list.length > 0);
			expect({ name, lists: filled.size > 0, empty: [...filled].filter(([, isFilled]) => !isFilled) }).toEqual({ name, lists: true, empty: [] });
		}
	});

	test("turn the policy and reset it", async () => {
		const answers = [];
		for (const tab of servedTabs().filter((each) => nameOf(each)[0] === "mutation")) answers.push((await answerOf(tab)).data.setUsage.firings);
		expect(answers).toMatchObject([[{ kind: "FIRED" }], [{ kind: "RESET" }]]);
	});

	test("put the projects and the customers that used most first", async () => {
		for (const wanted of ["CpuHoursByProject", "TopConsumers"]) {
			const { nodes } = (await answerOf(servedTabs().find((tab) => nameOf(tab)[1] === wanted) ?? { query: "", headers: "{}" })).data.usageTotals;
			const totals = nodes.map(({ total }: { total: string }) => Number(total));
			expect({ wanted, totals }).toEqual({ wanted, totals: [...totals].sort((one, other) => other - one) });
			expect(totals.length).toBeGreaterThan(3);
		}
	});

	test("show storage of several users and months", async () => {
		const storage = servedTabs().find((tab) => nameOf(tab)[1] === "StorageByUser");
		const { usageSeries } = (await answerOf(storage ?? { query: "", headers: "{}" })).data.resource;
		expect(usageSeries.length).toBeGreaterThan(1);
		for (const { points } of usageSeries) expect(points.filter(({ usage }: { usage: string | null }) => usage !== null).length).toBeGreaterThan(6);
	});

	test("preview an alert that would have come in some months and not in all", async () => {
		const alert = servedTabs().find((tab) => nameOf(tab)[1] === "QuotaAlert");
		const { firedMonths } = (await answerOf(alert ?? { query: "", headers: "{}" })).data.previewOfferingUsagePolicy;
		expect(firedMonths.length).toBeGreaterThan(0);
	});
});
