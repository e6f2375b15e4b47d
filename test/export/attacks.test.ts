import { once } from "node:events";
import { beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { newToken } from "../../src/access/token.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { get } from "./client.ts";

const gateway = gatewayForFile({ limits: { ...limited, admission: { ...limited.admission, costPerSecond: 0 } } });

beforeAll(async () => {
	await buildFixture(gateway().database);
});

const token = "demo_staff";

describe("an address that asks for what there is not is refused, and says what there is", () => {
	const lists =
		"There is no such export. Each of these is one, as .csv or .ndjson: customers, projects, categories, offerings, resources, componentUsages, componentUserUsages, componentUserUsageLimits, offeringUsagePolicies, policyFirings, notifications, customerQuotas, usageTotals, categoryComponentUsages.";
	test.each([
		["users.csv", 404, lists],
		["customers.xlsx", 404, lists],
		["customers", 404, lists],
		["", 404, lists],
		["__proto__.csv", 404, lists],
		["constructor.csv", 404, lists],
		["customers.csv/x.csv", 404, lists],
		["customers.csv?name=x", 400, "The export has no parameter name. It has search, orderBy."],
		["projects.csv?customer=x", 400, "The export has no parameter customer. It has customerUuid, customers, search, orderBy."],
		["customers.csv?first=5", 400, "The export has no parameter first. It has search, orderBy."],
		[
			"projects.csv?customerUuid=x",
			400,
			'Variable "$filter" got invalid value "x" at "filter.customerUuid"; "x" is not a UUID. An object is named by its uuid with or without dashes, its id as it was answered, or Waldur\'s address of it, on whatever host.',
		],
		["componentUsages.csv?type=a&type=b", 400, "Give type once."],
		[
			"componentUsages.csv?orderBy=NAME",
			400,
			'Variable "$orderBy" got invalid value "NAME" at "orderBy.field"; Value "NAME" does not exist in "ComponentUsageOrderField" enum.',
		],
		["componentUsages.csv?orderBy=USAGE,-BILLING_PERIOD", 400, "Give one order: orderBy is a column, with - in front where it falls."],
		["componentUsages.csv?billingPeriodYear=twenty", 400, expect.stringContaining("Int cannot represent non-integer value")],
		["componentUsages.csv?billingPeriodYear=0", 400, "billingPeriodYear must be from 1 to 9999, not 0."],
		["componentUsages.csv?billingPeriodYear=1e999", 400, expect.stringContaining("Int cannot represent non-integer value")],
		["componentUsages.csv?resource=zzz", 400, expect.any(String)],
		["componentUserUsages.csv?username=ab", 400, expect.stringContaining("at least 3 characters")],
		["offerings.csv?states=", 400, expect.stringContaining("does not exist")],
		["customerQuotas.csv", 400, "The export of customerQuotas needs the parameter quotaName."],
		["usageTotals.csv", 400, "The export of usageTotals needs the parameter groupBy."],
		["usageTotals.csv?groupBy=MONTH&withRest=true", 400, expect.stringContaining("The export has no parameter withRest.")],
		["usageTotals.csv?groupBy=MONTH&groupBy=YEAR&groupBy=PROJECT", 400, expect.any(String)],
		["categoryComponentUsages.csv?scope=x", 400, expect.any(String)],
		["componentUsages.csv?type=%00", 400, "Text must not contain the character U+0000."],
		[`offerings.csv?states=${"ACTIVE,".repeat(300)}ACTIVE`, 400, "A list of an argument has at most 250 items, not 301."],
	])("%.60s", async (path, status, message) => {
		const answer = await get(gateway(), `/export/${path}`, { token });
		expect([answer.status, answer.errors[0].message]).toEqual([status, message]);
		expect(gateway().bugs()).toEqual([]);
	});
});

test("who is not signed in learns nothing of it", async () => {
	for (const path of ["users.csv", "customers.csv", "customers.csv?name=x"]) {
		const { status, errors, headers } = await get(gateway(), `/export/${path}`);
		expect([status, errors[0].extensions.code, headers.get("www-authenticate")]).toEqual([401, "UNAUTHENTICATED", "Token"]);
	}
	const { status } = await get(gateway(), "/export/customers.csv", { token: "demo_nobody" });
	expect(status).toBe(401);
});

test.each(["POST", "PUT", "PATCH", "DELETE"])("%s is no way to ask", async (method) => {
	const { status, headers } = await get(gateway(), "/export/customers.csv", { token, method, ...(method === "POST" ? { body: {} } : {}) });
	expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("HEAD has the headers of the file, and reads none of it", async () => {
	const statements = await gateway().statementsOf(async () => {
		const { status, text, headers } = await get(gateway(), "/export/customers.csv", { token, method: "HEAD" });
		expect([status, text, headers.get("content-disposition")]).toEqual([200, "", expect.stringContaining("customers-")]);
	});
	expect(statements.filter((statement) => statement.includes('from "Customer" "t"'))).toEqual([]);
	const refused = await get(gateway(), "/export/customers.csv?name=x", { token, method: "HEAD" });
	expect([refused.status, refused.text]).toEqual([400, ""]);
});

describe("a token in an address is refused", () => {
	test.each(["/export/customers.csv?token=demo_staff", `/export/customers.csv?x=${newToken()}`, "/graphql?query={viewer{uuid}}&access_token=whatever"])(
		"%s",
		async (path) => {
			const { status, errors } = await get(gateway(), path);
			expect([status, errors[0].message]).toEqual([400, expect.stringContaining("A token is never part of an address")]);
		},
	);

	test("by REST and by a WebSocket too", async () => {
		const rest = await fetch(new URL("/api/users/me/?token=demo_staff", gateway().url));
		expect([rest.status, (await rest.json()).detail]).toEqual([400, expect.stringContaining("A token is never part of an address")]);
		const socket = new WebSocket(`${gateway().url.replace("http", "ws")}?access_token=demo_staff`, "graphql-transport-ws");
		const [, refused] = await once(socket, "unexpected-response");
		expect(refused.statusCode).toBe(400);
		refused.destroy();
	});

	test("but a name that begins as a demo's token does is none", async () => {
		expect((await get(gateway(), "/export/customers.csv?search=demo_alice", { token })).status).toBe(200);
	});
});

describe("pages of other origins", () => {
	const [origin = ""] = limited.origins;

	test("that are allowed may ask, and read what a file is called", async () => {
		const asked = { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
		const { status, headers } = await get(gateway(), "/export/customers.csv", { method: "OPTIONS", headers: asked });
		expect([status, headers.get("access-control-allow-origin"), headers.get("access-control-allow-headers")]).toEqual([204, origin, "authorization"]);
		const file = await get(gateway(), "/export/customers.csv", { token, headers: { origin } });
		expect([file.status, file.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
		expect(file.headers.get("access-control-expose-headers")).toContain("content-disposition");
	});

	test("that are allowed may read why a ticket is refused", async () => {
		const { status, headers } = await get(gateway(), `/export/customers.csv?ticket=${"x".repeat(40)}`, { headers: { origin } });
		expect([status, headers.get("access-control-allow-origin")]).toEqual([401, origin]);
	});

	test("that are not get no leave", async () => {
		const asked = { origin: "https://evil.example", "access-control-request-method": "GET" };
		for (const path of ["/export/customers.csv", "/graphql/ticket"]) {
			const { headers } = await get(gateway(), path, { method: "OPTIONS", headers: asked });
			expect(headers.get("access-control-allow-origin")).toBeNull();
		}
	});
});
