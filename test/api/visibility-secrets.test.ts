import { beforeAll, describe, expect, test } from "vitest";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

describe("e-mail addresses", () => {
	const account = nodeId("OfferingUser", uuidOf("OfferingUser", "ann compute"));
	const read = "query ($account: ID!) { node(id: $account) { ... on OfferingUser { user { fullName email } } } }";

	test.each([
		["staff", "ann@example.org"],
		["support", "ann@example.org"],
		["ann", "ann@example.org"],
		["northowner", null],
		["projectadmin", null],
		["alpineowner", null],
		["computemanager", null],
	])("%s reads ann's full name, and as her address: %s", async (viewer, email) => {
		const { node } = await gateway().ask(`demo_${viewer}`, read, { account });

		expect(node.user).toEqual({ fullName: "Full ann", email });
	});

	test("everyone reads their own", async () => {
		const { viewer } = await gateway().ask("demo_stranger", "{ viewer { username email } }");

		expect(viewer).toEqual({ username: "stranger", email: "stranger@example.org" });
	});

	test("of whoever reported or made a policy are not told either", async () => {
		const read =
			"{ componentUsages(first: 1) { nodes { modifiedBy { username email } } } offeringUsagePolicies(first: 1) { nodes { createdBy { username email } } } }";
		const { componentUsages, offeringUsagePolicies } = await gateway().ask("demo_alpinesupport", read);

		expect(componentUsages.nodes).toEqual([{ modifiedBy: { username: "computemanager", email: null } }]);
		expect(offeringUsagePolicies.nodes[0].createdBy.email).toBeNull();
	});
});

describe("whether a foreign object exists is not told", () => {
	const filters: [list: string, filter: string, model: "Resource" | "Offering" | "Project" | "Customer" | "OfferingUsagePolicy", unseen: string][] = [
		...(["componentUsages", "componentUserUsages"] as const).flatMap((list): (typeof filters)[number][] => [
			[list, "resourceUuid", "Resource", "n1 compute"],
			[list, "offeringUuid", "Offering", "draft"],
			[list, "projectUuid", "Project", "n1"],
			[list, "customerUuid", "Customer", "north"],
		]),
		["componentUserUsageLimits", "resourceUuid", "Resource", "n1 compute"],
		["componentUserUsageLimits", "offeringUuid", "Offering", "draft"],
		["resources", "offeringUuid", "Offering", "draft"],
		["resources", "projectUuid", "Project", "n1"],
		["resources", "customerUuid", "Customer", "north"],
		["projects", "customerUuid", "Customer", "north"],
		["offerings", "providerUuid", "Customer", "coral"],
		["offeringUsagePolicies", "scopeUuid", "Offering", "compute"],
		["policyFirings", "offeringUuid", "Offering", "compute"],
		["policyFirings", "policyUuid", "OfferingUsagePolicy", "compute one"],
		["policyFirings", "customerUuid", "Customer", "north"],
		["policyFirings", "causedByCustomerUuid", "Customer", "north"],
	];

	test.each(filters)("by %s(filter: { %s })", async (list, filter, model, unseen) => {
		const answerTo = (uuid: string) =>
			gateway().send("demo_stranger", `{ ${list}(filter: { ${filter}: "${uuid}" }) { totalCount nodes { uuid } pageInfo { hasNextPage hasPreviousPage } } }`);

		const answer = await answerTo(uuidOf(model, unseen));
		expect(answer).toEqual(await answerTo(uuidOf(model, "unknown")));
		expect(answer.data[list].totalCount).toBe(0);
	});

	test.each(["componentUsage", "componentUserUsage", "componentUserUsageLimit", "offeringUsagePolicy", "resource", "project", "customer", "offering"])(
		"by %s(uuid)",
		async (field) => {
			const unseen: Record<string, string> = {
				componentUsage: uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01"),
				componentUserUsage: uuidOf("ComponentUserUsage", "n1 compute cpu 2026-11-01 ann"),
				componentUserUsageLimit: uuidOf("ComponentUserUsageLimit", "n1 compute cpu"),
				offeringUsagePolicy: uuidOf("OfferingUsagePolicy", "compute one"),
				resource: uuidOf("Resource", "n1 compute"),
				project: uuidOf("Project", "n1"),
				customer: uuidOf("Customer", "north"),
				offering: uuidOf("Offering", "draft"),
			};
			const unknown = uuidOf("Resource", "unknown");
			const answerTo = async (uuid = "") =>
				JSON.stringify(await gateway().send("demo_stranger", `{ ${field}(uuid: "${uuid}") { uuid } }`)).replaceAll(uuid, "…");

			expect(await answerTo(unseen[field])).toBe(await answerTo(unknown));
		},
	);

	test("by a cursor: after a row that is not seen come the rows that are, as after any place in the order", async () => {
		const { resources } = await gateway().ask("demo_staff", "{ resources(first: 100) { edges { cursor node { name } } } }");
		const { cursor } = resources.edges.find(({ node }: { node: { name: string } }) => node.name === "n2 compute");
		const rest = await gateway().ask("demo_sven", "query ($after: String) { resources(after: $after) { totalCount nodes { name } } }", { after: cursor });

		expect(rest.resources).toEqual({ totalCount: 2, nodes: [{ name: "s2 compute" }, { name: "s2 archive" }].sort((a, b) => (a.name < b.name ? -1 : 1)) });
	});

	test("by a cursor: it holds nothing but the order's columns of a row in the viewer's hands", async () => {
		const { customers } = await gateway().ask("demo_stranger", "{ customers { edges { cursor node { name uuid } } } }");

		for (const { cursor, node } of customers.edges) {
			const [, ...values] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
			expect(values).toEqual([node.name, node.uuid]);
		}
	});
});

test("who sees a part of a sum is told the sum of that part, and of a policy's totals the provider's figure", async () => {
	const count = "{ componentUsages { totalCount } }";
	const [staff, north, one, alpine] = await Promise.all(
		["staff", "northowner", "ann", "alpineowner"].map(async (viewer) => (await gateway().ask(`demo_${viewer}`, count)).componentUsages.totalCount),
	);
	const read = "query ($scope: UUID) { offeringUsagePolicies(filter: { scopeUuid: $scope }) { nodes { componentLimits { used } } } }";
	const { offeringUsagePolicies } = await gateway().ask("demo_computemanager", read, { scope: uuidOf("Offering", "compute") });

	expect([staff, north, one, alpine]).toEqual([39, 15, 9, 24]);
	// Of north, for the policies are aimed at its group: cpu of n1, n2 and the removed project in November.
	expect(offeringUsagePolicies.nodes[0].componentLimits).toEqual([{ used: "301.5" }]);
});

describe("node(id)", () => {
	const unknown = uuidOf("Resource", "unknown");

	test.each([
		["of what is not there", nodeId("Resource", unknown)],
		["of what is not seen", nodeId("Resource", uuidOf("Resource", "n1 compute"))],
		["of another kind of object than the uuid's", nodeId("Project", uuidOf("Resource", "n1 compute"))],
		["of a kind that viewers cannot ask for", nodeId("Token", unknown)],
		["of no kind at all", nodeId("constructor", unknown)],
		["that holds no uuid", nodeId("Resource", "7")],
	])("%s is null", async (_what, id) => {
		const { node, nodes } = await gateway().ask("demo_stranger", "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }", { id });

		expect({ node, nodes }).toEqual({ node: null, nodes: [null] });
	});

	test("that is no id is refused", async () => {
		const { errors } = await gateway().send("demo_stranger", '{ node(id: "resource 7") { id } }');

		expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
	});
});

test("an inactive user's token signs nobody in", async () => {
	const { errors } = await gateway().send("demo_inactive", "{ viewer { uuid } }");

	expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["UNAUTHENTICATED"]);
});
