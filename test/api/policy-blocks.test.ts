import { beforeEach, describe, expect, test } from "vitest";
import { gatewayForFile } from "../support/gateway.ts";
import { insert, insertRow } from "../support/insert.ts";
import { makeProvider } from "../support/provider.ts";
import { beginning, type LimitingProvider, makeLimitingProvider } from "./policy-life.ts";

const gateway = gatewayForFile({ now: beginning });
let provider: LimitingProvider;

beforeEach(async () => {
	provider = await makeLimitingProvider(gateway());
});

describe("a fired policy that blocks", () => {
	const createDocument = `mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename ... on Error { code message } } }`;
	const block = ["BLOCK_CREATION_OF_NEW_RESOURCES"];
	let staff: string;
	beforeEach(async () => {
		staff = await provider.staffToken();
	});

	async function attempt(of = provider.consumer, offering = provider.offering): Promise<string> {
		const project = await insert(gateway().database, "Project", { name: "Climate", customerUuid: of });
		const { createResource } = await gateway().ask(staff, createDocument, { input: { name: "larch", offering, project } });
		return createResource.code ?? "created";
	}
	const change = (verb: string, input: object) =>
		gateway().ask(staff, `mutation ($input: ${verb}OfferingUsagePolicyInput!) { ${verb.toLowerCase()}OfferingUsagePolicy(input: $input) { __typename } }`, {
			input,
		});

	test("does so for all whom it affects, also those who used nothing, and for staff too", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await provider.report({ cpu: "11" });

		expect([await attempt(), await attempt(await provider.customer())]).toEqual(["BLOCKED_BY_POLICY", "BLOCKED_BY_POLICY"]);
	});

	test("leaves other offerings alone", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await provider.report({ cpu: "11" });
		const other = await makeProvider(gateway());

		expect(await attempt(provider.consumer, other.offering)).toBe("created");
	});

	test("ends when it is reset at the turn of its window, and not before another one that blocks is", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: block });
		await provider.policy({ limits: { cpu: 5 }, actions: block });
		await provider.report({ cpu: "11" });
		await provider.report({ cpu: "10" });
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await provider.report({ cpu: "5" });
		expect(await attempt()).toBe("created");
	});

	test.each<[string, (uuid: string) => [string, object]]>([
		["is deleted", (uuid) => ["Delete", { uuid }]],
		["only notifies from now on", (uuid) => ["Update", { uuid, actions: ["NOTIFY_ORGANIZATION_OWNERS"] }]],
		["has a limit that is not exceeded from now on", (uuid) => ["Update", { uuid, componentLimits: [{ type: "cpu", limit: "11" }] }]],
	])("ends when it %s", async (_what, changed) => {
		const policy = await provider.policy({ limits: { cpu: 10 }, actions: block });
		await provider.report({ cpu: "11" });
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await change(...changed(policy));

		expect(await attempt()).toBe("created");
	});

	test("begins for a customer that enters its group while it is fired", async () => {
		const group = await provider.group();
		const member = await provider.customer({ groups: [group] });
		await provider.policy({ limits: { cpu: 10 }, actions: block, groups: [group] });
		await provider.report({ cpu: "11" }, await provider.resource({ customer: member }));
		expect(await attempt()).toBe("created");
		await insertRow(gateway().database, "CustomerOrganizationGroup", { customerUuid: provider.consumer, organizationGroupUuid: group });

		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
	});
});
