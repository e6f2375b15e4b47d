import { beforeAll, describe, expect, test } from "vitest";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

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

describe.each(ways)("by %s,", (_way, document, input) => {
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
