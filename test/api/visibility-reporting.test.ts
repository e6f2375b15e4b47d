import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { uuidOf } from "../support/scene.rows.ts";
import { buildScene } from "../support/scene.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildScene(gateway().database);
});

/** Who reports usage of the resource "n1 compute" and its parts. */
const table: [who: string, viewer: string, answer: "stored" | "FORBIDDEN" | "NOT_FOUND" | "UNAUTHENTICATED"][] = [
	["staff report", "staff", "stored"],
	["support do not report", "support", "FORBIDDEN"],
	["a consumer's owner does not report", "northowner", "FORBIDDEN"],
	["a consumer's manager does not report", "northmanager", "FORBIDDEN"],
	["a consumer's support does not report", "northsupport", "FORBIDDEN"],
	["a project's admin does not report", "projectadmin", "FORBIDDEN"],
	["a project's manager does not report", "projectmanager", "FORBIDDEN"],
	["a project's member does not report", "ann", "FORBIDDEN"],
	["the provider's owner reports", "alpineowner", "stored"],
	["the provider's manager reports", "alpinemanager", "stored"],
	["the provider's support does not report", "alpinesupport", "FORBIDDEN"],
	["the offering's manager reports", "computemanager", "stored"],
	["another provider's owner finds nothing", "balticowner", "NOT_FOUND"],
	["a member of another customer's project finds nothing", "sven", "NOT_FOUND"],
	["a stranger finds nothing", "stranger", "NOT_FOUND"],
	["who had roles that expired finds nothing", "expired", "NOT_FOUND"],
	["an inactive owner is not signed in", "inactive", "UNAUTHENTICATED"],
	["nobody is not signed in", "nobody", "UNAUTHENTICATED"],
];

const resource = uuidOf("Resource", "n1 compute");
const planPeriod = uuidOf("ResourcePlanPeriod", "n1 compute");
const componentUsage = uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01");
const setUsage = `mutation ($input: SetUsageInput!) { answer: setUsage(input: $input) { __typename ... on NotFoundError { code message } } }`;
const setUserUsage = `mutation ($input: SetUserUsageInput!) { answer: setUserUsage(input: $input) { __typename ... on NotFoundError { code message } } }`;

const ways: [way: string, document: string, input: (uuid?: string) => object][] = [
	["setUsage of the resource", setUsage, (uuid = resource) => ({ resource: uuid, usages: [{ type: "cpu", amount: "77" }] })],
	["setUsage of the plan period", setUsage, (uuid = planPeriod) => ({ planPeriod: uuid, usages: [{ type: "cpu", amount: "77" }] })],
	["setUserUsage of the record", setUserUsage, (uuid = componentUsage) => ({ componentUsage: uuid, username: "ann", usage: "77" })],
];

/** Everything that a report could change. */
const stored = () =>
	gateway().database.rows(sql`
		select 'usage' as "of", u."uuid", u::text as "row" from "ComponentUsage" u union all select 'part', p."uuid", p::text from "ComponentUserUsage" p
		union all select 'resource', r."uuid", r::text from "Resource" r union all select 'firing', f."uuid", f::text from "PolicyFiring" f order by 1, 2
	`);
const logged = async () => (await gateway().database.rows(sql`select "id" from "LogEntry"`)).length;

describe.each(ways)("by %s,", (_way, document, input) => {
	test.each(table)("%s", async (_who, viewer, answer) => {
		const before = [await stored(), await logged()];
		const { data, errors } = await gateway().send(`demo_${viewer}`, document, { input: input() });
		const after = [await stored(), await logged()];

		const code = errors?.[0]?.extensions["code"] ?? data.answer.code ?? "stored";
		expect(code).toBe(answer);
		if (answer === "stored") expect(data.answer.__typename).toMatch(/Payload$/);
		else expect(after).toEqual(before);
	});

	test("what is not seen and what is not there are answered alike", async () => {
		const unknown = uuidOf("Resource", "unknown");
		const answerTo = async (variables: object) => (await gateway().ask("demo_stranger", document, { input: variables })).answer;
		const [unseen, absent] = [await answerTo(input()), await answerTo(input(unknown))];
		const named = Object.values(input())[0];

		expect(absent.__typename).toBe("NotFoundError");
		expect(unseen).toEqual({ ...absent, message: absent.message.replace(unknown, String(named)) });
	});
});

test("a report by an account's uuid that the reporter does not see is answered as if there were none", async () => {
	const answerTo = async (user: string) =>
		(await gateway().ask("demo_computemanager", setUserUsage, { input: { componentUsage, username: "who", usage: "1", user } })).answer;
	const [foreign, unknown] = [uuidOf("OfferingUser", "sven archive"), uuidOf("OfferingUser", "unknown")];
	const [unseen, absent] = [await answerTo(foreign), await answerTo(unknown)];

	expect(absent.__typename).toBe("NotFoundError");
	expect(unseen).toEqual({ ...absent, message: absent.message.replace(unknown, foreign) });
});
