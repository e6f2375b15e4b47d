import { beforeAll, describe, expect, test, vi } from "vitest";
import { demoHandles } from "../../src/world/demo.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile({ template: "demo" });

const nobodys = "00000000-0000-4000-8000-000000000000";
const report = `setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: 7 }] })`;
const stored = "{ __typename ... on SetUsagePayload { componentUsages { usage } } ... on Error { code } }";

describe("a field that fails leaves the others their answers", () => {
	test("of two queries, one of which is refused", async () => {
		const { data, errors } = await gateway().send(
			"demo_member",
			`{ customerQuotas(quotaName: NC_USER_COUNT) { totalCount } viewer { username } one: resource(uuid: "${nobodys}") { name } }`,
		);

		expect(data).toEqual({ customerQuotas: null, viewer: { username: "member" }, one: null });
		expect(errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([
			[["customerQuotas"], "FORBIDDEN"],
			[["one"], "NOT_FOUND"],
		]);
	});

	test("of a list with arguments that are refused, planned or not", async () => {
		for (const more of ["", "__schema { queryType { name } }"]) {
			const { data, errors } = await gateway().send("demo_member", `{ resources(first: 1000) { totalCount } viewer { username } ${more} }`);

			expect(data).toMatchObject({ resources: null, viewer: { username: "member" } });
			expect(errors?.map(({ path }) => path)).toEqual([["resources"]]);
		}
	});

	test("of two changes, the second of which is forbidden", async () => {
		const { data, errors } = await gateway().send(
			"demo_provider",
			`mutation { one: ${report} ${stored} two: updateCustomer(input: { uuid: "${demoHandles.customer}", blocked: true }) { __typename ... on Error { code } } }`,
		);

		expect(errors).toBeUndefined();
		expect(data.one).toEqual({ __typename: "SetUsagePayload", componentUsages: [{ usage: "7" }] });
		expect(data.two).toEqual({ __typename: "ForbiddenError", code: "FORBIDDEN" });
	});
});

describe("when a later change throws what nobody named", () => {
	beforeAll(() => {
		vi.spyOn(console, "error").mockImplementation(() => {});
	});

	test("the earlier one is answered as it was stored", async () => {
		// A text that cannot be stored is found out by the database alone.
		const { data, errors } = await gateway().send(
			"demo_provider",
			`mutation ($text: String!) { one: ${report} ${stored} two: setUserUsage(input: { componentUsage: "${nobodys}", username: "x" }) { __typename } three: setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${demoHandles.componentType}", amount: 8, description: $text }] }) ${stored} }`,
			{
				text: "\u0000",
			},
		);

		expect(data).toEqual({
			one: { __typename: "SetUsagePayload", componentUsages: [{ usage: "7" }] },
			two: { __typename: "NotFoundError" },
			three: null,
		});
		expect(errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([[["three"], "BAD_USER_INPUT"]]);
	});
});
