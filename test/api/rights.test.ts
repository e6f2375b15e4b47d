import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type RollbackDatabase, withRollback } from "../authorisation/rollback.ts";
import { freshDatabase } from "../support/database.ts";
import { type Thing, uuidOf } from "../support/fixture.rows.ts";
import { whoSeesWhat } from "../support/fixture.sees.ts";
import { offerings } from "../support/fixture.things.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";

let gateway: Gateway;
let rollback: RollbackDatabase;
let things: readonly Thing[];

beforeAll(async () => {
	rollback = withRollback(await freshDatabase("empty"));
	things = await buildFixture(rollback.database);
	gateway = await startGateway({ database: rollback.database });
	return () => gateway.stop();
});

const viewers = Object.values(whoSeesWhat).map(({ viewer }) => viewer);

interface Right {
	/** The type, the field that tells the right, and the root field that lists what has it. */
	readonly of: "Resource" | "Offering" | "OfferingUsagePolicy" | "Project";
	readonly field: string;
	readonly list: string;
	/** The mutation that is answered to who has the right, and its input for the object. */
	readonly mutation: string;
	readonly input: (thing: Thing) => object;
}

const typeOf = (offering: string) => offerings.find(({ name }) => name === offering)?.components[0] ?? "cpu";
const resourceOf = (offering: string) => uuidOf("Resource", things.find(({ model, place }) => model === "Resource" && place.offering === offering)?.name ?? "");

const rights: readonly Right[] = [
	{
		of: "Resource",
		field: "viewerCanReportUsage",
		list: "resources",
		mutation: "setUsage",
		input: ({ name, place }) => ({ resource: uuidOf("Resource", name), usages: [{ type: typeOf(place.offering), amount: "7" }] }),
	},
	{
		of: "Resource",
		field: "viewerCanManageLimits",
		list: "resources",
		mutation: "createComponentUserUsageLimit",
		input: ({ name, place }) => ({
			resource: uuidOf("Resource", name),
			component: uuidOf("OfferingComponent", `${place.offering} ${typeOf(place.offering)}`),
			user: uuidOf("OfferingUser", `${place.customer === "north" ? "ann" : "sven"} ${place.offering}`),
			limit: "1",
		}),
	},
	{
		of: "Offering",
		field: "viewerCanReportUsage",
		list: "offerings",
		mutation: "setUsage",
		input: ({ name }) => ({ resource: resourceOf(name), usages: [{ type: typeOf(name), amount: "7" }] }),
	},
	{
		of: "Offering",
		field: "viewerCanManagePolicies",
		list: "offerings",
		mutation: "createOfferingUsagePolicy",
		input: ({ name }) => ({
			scope: uuidOf("Offering", name),
			actions: ["NOTIFY_ORGANIZATION_OWNERS"],
			applyToAll: true,
			componentLimits: [{ type: typeOf(name), limit: "5" }],
		}),
	},
	{
		of: "OfferingUsagePolicy",
		field: "viewerCanManagePolicies",
		list: "offeringUsagePolicies",
		mutation: "deleteOfferingUsagePolicy",
		input: ({ name }) => ({ uuid: uuidOf("OfferingUsagePolicy", name) }),
	},
	{
		of: "Project",
		field: "viewerCanCreateResource",
		list: "projects",
		mutation: "createResource",
		input: ({ name }) => ({ name: "new", offering: uuidOf("Offering", "compute"), project: uuidOf("Project", name) }),
	},
];

/** The objects of a right: of offerings, those that have a resource to report for where it takes one. */
const thingsOf = ({ of, mutation }: Right) =>
	things.filter(({ model, name }) => model === of && (of !== "Offering" || mutation !== "setUsage" || resourceOf(name) !== uuidOf("Resource", "")));

const refused = ["FORBIDDEN", "NOT_FOUND"];

/** Whether the mutation is answered by anything but that the viewer may not, or that there is nothing. */
async function mayDo(viewer: string, { mutation, input }: Right, thing: Thing): Promise<boolean> {
	const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
	const document = `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { __typename ... on Error { code } } }`;
	const { data, errors } = await rollback.rollBackAfter(() => gateway.send(`demo_${viewer}`, document, { input: input(thing) }));
	const code = data?.done?.code ?? errors?.[0]?.extensions.code;
	if (data?.done == null && !refused.includes(code)) throw new Error(JSON.stringify(errors));
	return !refused.includes(code);
}

async function told(viewer: string, { list, field }: Right): Promise<Map<string, boolean>> {
	const { [list]: page } = await gateway.ask(`demo_${viewer}`, `{ ${list}(first: 100) { nodes { uuid ${field} } } }`);
	return new Map(page.nodes.map((node: Record<string, unknown>) => [node["uuid"], node[field]]));
}

describe("what is told of a right is what the mutation answers:", () => {
	test.each(rights.map((right) => ({ ...right, title: `${right.of}.${right.field} and ${right.mutation}` })))(
		"$title",
		async (right) => {
			const differences: string[] = [];
			let may = 0;
			for (const viewer of viewers) {
				const toldOf = await told(viewer, right);
				for (const thing of thingsOf(right)) {
					const [said, done] = [toldOf.get(uuidOf(right.of, thing.name)), await mayDo(viewer, right, thing)];
					if (done) may++;
					// Of what is not seen nothing is told, and nothing is done to it.
					if ((said ?? false) !== done) differences.push(`${viewer} is told ${said} of ${thing.name}, and the mutation says ${done}`);
				}
			}
			expect(differences).toEqual([]);
			expect(may).toBeGreaterThan(0);
		},
		600_000,
	);
});

const grants = `viewer {
	isStaff isSupport mayCreateTokens user { username email }
	customers { totalCount nodes { role expires customer { name } } }
	projects { totalCount nodes { role project { name } } }
	offerings { totalCount nodes { role offering { name } } }
}`;

describe("the viewer", () => {
	test("is a person, with the roles that count, and what these are on", async () => {
		const soon = "2100-01-01T00:00:00.000Z";
		const reader = { userUuid: uuidOf("User", "computemanager"), customerUuid: uuidOf("Customer", "south"), role: "READER", expires: soon };
		await insert(gateway.database, "CustomerRole", reader);
		const { viewer } = await gateway.ask("demo_computemanager", `{ ${grants} }`);
		expect(viewer).toEqual({
			isStaff: false,
			isSupport: false,
			mayCreateTokens: false,
			user: { username: "computemanager", email: "computemanager@example.org" },
			customers: { totalCount: 1, nodes: [{ role: "READER", expires: soon, customer: { name: "south" } }] },
			projects: { totalCount: 0, nodes: [] },
			offerings: { totalCount: 1, nodes: [{ role: "MANAGER", offering: { name: "compute" } }] },
		});
		await gateway.database.rows(sql`delete from "CustomerRole" where "role" = 'READER' and "customerUuid" = ${uuidOf("Customer", "south")}::uuid`);
	});

	test("has no role that has expired, nor in a project that was removed", async () => {
		const role = { userUuid: uuidOf("User", "expired"), projectUuid: uuidOf("Project", "gone"), role: "ADMIN" };
		await insert(gateway.database, "ProjectRole", role);
		const { viewer } = await gateway.ask("demo_expired", `{ ${grants} }`);
		const none = { totalCount: 0, nodes: [] };
		expect(viewer).toMatchObject({ customers: none, projects: none, offerings: none });
	});

	test("of the staff has tokens created, and has the roles of nobody else", async () => {
		const { viewer } = await gateway.ask("demo_staff", `{ ${grants} }`);
		expect(viewer).toMatchObject({ isStaff: true, mayCreateTokens: true, customers: { totalCount: 0 } });
	});

	test("is still asked for the fields that it had as a user", async () => {
		const { viewer } = await gateway.ask("demo_ann", "{ viewer { uuid username fullName email isActive isStaff created } }");
		expect(viewer).toMatchObject({
			uuid: uuidOf("User", "ann"),
			username: "ann",
			fullName: "Full ann",
			email: "ann@example.org",
			isActive: true,
			isStaff: false,
		});
	});

	test("is read by one statement, and each list of roles by another", async () => {
		const ask = (document: string) => gateway.sqlOf(() => gateway.ask("demo_northowner", document));
		const [person, withRoles] = [await ask("{ viewer { isStaff username user { email } } }"), await ask(`{ viewer { isStaff customers { nodes { role } } } }`)];
		expect(withRoles.length - person.length).toBe(1);
	});
});

test("rights of all resources of a page are told by the statement that reads them", async () => {
	const statements = (fields: string) => gateway.sqlOf(() => gateway.ask("demo_alpineowner", `{ resources { nodes { name ${fields} } } }`));
	const [plain, withRights] = [await statements(""), await statements("viewerCanReportUsage viewerCanManageLimits")];
	expect(withRights.length).toBe(plain.length);
});
