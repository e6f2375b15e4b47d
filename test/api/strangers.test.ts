import { getIntrospectionQuery } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { request } from "../support/requests.ts";
import { transports } from "../support/transports.ts";

const gateway = gatewayForFile({ template: "demo", limits: { ...limited, admission: { ...limited.admission, introspection: "everyone" } } });
const guarded = gatewayForFile({ template: "demo", limits: limited });

const codesOf = (errors: readonly { extensions: { code: string } }[] = []) => errors.map(({ extensions }) => extensions.code);

describe.each(Object.entries(transports))("who does not sign in, over %s,", (_way, ask) => {
	test.each([
		["what there is", "{ viewer { username } }"],
		["what there is not: nobody looks for it", "{ viewr { username } }"],
		["beside what may be asked", "{ __typename resources { totalCount } }"],
		["in a fragment", "{ ...A } fragment A on Query { ... { resources { totalCount } } }"],
		["in a fragment that is not used", "{ __typename } fragment A on Resource { name }"],
		["in an operation that is not meant, nor can be", "{ __typename } { resources { totalCount } }"],
		["in a fragment that leads to itself", "{ ...A } fragment A on Query { ...A viewer { uuid } }"],
	])("is refused %s", async (what, document) => {
		expect(await ask(gateway().url, document)).toEqual([what.includes("nor can be") ? "BAD_REQUEST" : "UNAUTHENTICATED"]);
	});

	test.each([
		["the names of the root types", "{ __typename ...A } fragment A on Query { __typename }"],
		["what the schema is, where everybody may know", `query Schema { __schema { types { ...T } } } fragment T on __Type { name fields { name } }`],
	])("is answered %s", async (_what, document) => {
		expect(await ask(gateway().url, document)).toEqual([]);
	});

	test("is not told what the schema is, where only those who sign in are", async () => {
		expect(await ask(guarded().url, '{ __type(name: "Token") { nothing } }')).toEqual(["UNAUTHENTICATED"]);
	});

	test("is told what is wrong with a question that they may ask", async () => {
		expect(await ask(guarded().url, "query ($id: ID!) { __typename }")).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
	});
});

describe("what is asked without a token is metered by the address that it comes from", () => {
	const schema = JSON.stringify({ query: getIntrospectionQuery() });
	let refused: Awaited<ReturnType<typeof request>>;

	beforeAll(async () => {
		const remaining: number[] = [];
		for (let time = 0; time < 100; time++) {
			const answer = await request(gateway().url, { body: schema });
			refused = answer;
			if (answer.status !== 200) break;
			remaining.push(answer.json.extensions.cost.remaining);
		}
		expect(remaining.length).toBeGreaterThan(5);
	});

	test("and refused when it is too much at once", () => {
		expect([refused.status, refused.json.data, codesOf(refused.json.errors)]).toEqual([429, undefined, ["RATE_LIMITED"]]);
		expect(refused.json.errors[0].message).toMatch(/^The address has asked for too much at once: try again in \d+ s\.$/);
		expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
	});

	test("which keeps nobody else from asking", async () => {
		expect((await request(gateway().url, { body: schema, from: "127.0.0.2" })).status).toBe(200);
	});

	test("nor those who sign in at the same address", async () => {
		expect((await request(gateway().url, { body: schema, headers: { authorization: "Token demo_member" } })).status).toBe(200);
	});
});
