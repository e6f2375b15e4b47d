import { beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { listFieldsOf, nodeTypes, typeNamed } from "../support/scene.fields.ts";
import { nodeId, type Place, type Thing, uuidOf } from "../support/scene.rows.ts";
import { buildScene } from "../support/scene.ts";

const gateway = gatewayForFile();
let things: readonly Thing[];
beforeAll(async () => {
	things = await buildScene(gateway().database);
});

type Sees = (place: Place) => boolean;
const all: Sees = () => true;
const nothing: Sees = () => false;
const ofNorth: Sees = ({ customer }) => customer === "north";
const inN1: Sees = ({ project }) => project === "n1";
const inS2: Sees = ({ project }) => project === "s2";
const ofAlpine: Sees = ({ provider }) => provider === "alpine";
const ofBaltic: Sees = ({ provider }) => provider === "baltic";
const ofCompute: Sees = ({ offering }) => offering === "compute";

interface Row {
	readonly viewer: string;
	/** Resources with their plan periods, usages, parts and limits. */
	readonly uses: Sees;
	/** Policies, firings and notifications. */
	readonly provides: Sees;
	/** Other kinds, by name. */
	readonly customers: string;
	readonly projects: string;
	readonly offerings: string;
	readonly accounts: string;
	readonly groups: string;
	readonly users: string;
}

const every = {
	customers: "alpine baltic coral north south",
	projects: "gone n1 n2 s1 s2",
	offerings: "archive compute draft paused storage",
	accounts: "ann compute, ann storage, sven archive, sven compute, sven storage",
	groups: "companies public universities",
	users:
		"alpinemanager alpineowner alpinesupport ann balticowner computemanager expired inactive northmanager northowner northsupport projectadmin projectmanager staff stranger support sven",
};
const catalogue = { customers: "alpine baltic", projects: "", offerings: "compute storage", accounts: "", groups: "" };
const northPeople = {
	uses: ofNorth,
	provides: nothing,
	...catalogue,
	customers: "alpine baltic north",
	projects: "gone n1 n2",
	accounts: "ann compute, ann storage",
	groups: "public universities",
};
const n1People = { ...northPeople, uses: inN1, projects: "n1", groups: "" };
const alpinePeople = {
	uses: ofAlpine,
	provides: ofAlpine,
	customers: "alpine baltic north south",
	projects: "n1 n2 s1 s2",
	offerings: "compute draft storage",
	accounts: "ann compute, sven compute",
	groups: every.groups,
};
const reporters = "balticowner computemanager";

/** Who sees what: one row a kind of object and viewer. */
const table: Record<string, Row> = {
	"staff sees everything": { viewer: "staff", uses: all, provides: all, ...every },
	"support sees everything": { viewer: "support", uses: all, provides: all, ...every },
	"a consumer's owner sees all its projects": { viewer: "northowner", ...northPeople, users: `ann ${reporters} northowner` },
	"a consumer's manager sees all its projects": { viewer: "northmanager", ...northPeople, users: `ann ${reporters} northmanager` },
	"a consumer's support sees all its projects": { viewer: "northsupport", ...northPeople, users: `ann ${reporters} northsupport` },
	"a project's admin sees that project": { viewer: "projectadmin", ...n1People, users: `ann ${reporters} projectadmin` },
	"a project's manager sees that project": { viewer: "projectmanager", ...n1People, users: `ann ${reporters} projectmanager` },
	"a project's member sees that project": { viewer: "ann", ...n1People, users: `ann ${reporters}` },
	"a member of another project sees that one, and the archived offering that it consumes": {
		viewer: "sven",
		uses: inS2,
		provides: nothing,
		customers: "alpine baltic south",
		projects: "s2",
		offerings: "archive compute storage",
		accounts: "sven archive, sven compute, sven storage",
		groups: "",
		users: `${reporters} sven`,
	},
	"a provider's owner sees what belongs to its offerings": { viewer: "alpineowner", ...alpinePeople, users: "alpineowner ann computemanager staff sven" },
	"a provider's manager sees what belongs to its offerings": {
		viewer: "alpinemanager",
		...alpinePeople,
		users: "alpinemanager alpineowner ann computemanager staff sven",
	},
	"a provider's support sees what belongs to its offerings": {
		viewer: "alpinesupport",
		...alpinePeople,
		users: "alpineowner alpinesupport ann computemanager staff sven",
	},
	"another provider's owner sees what belongs to that provider's offerings": {
		viewer: "balticowner",
		uses: ofBaltic,
		provides: ofBaltic,
		customers: "alpine baltic north south",
		projects: "n1 s1 s2",
		offerings: "archive compute storage",
		accounts: "ann storage, sven archive, sven storage",
		groups: every.groups,
		users: "ann balticowner staff sven",
	},
	"an offering's manager sees what belongs to that offering": {
		viewer: "computemanager",
		...alpinePeople,
		uses: ofCompute,
		provides: ofCompute,
		offerings: "compute storage",
		users: "alpineowner ann computemanager sven",
	},
	"a stranger sees the public catalogue alone": { viewer: "stranger", uses: nothing, provides: nothing, ...catalogue, users: "stranger" },
	"an expired role counts for nothing": { viewer: "expired", uses: nothing, provides: nothing, ...catalogue, users: "expired" },
};

/** The names of what must be seen of a model: the whole table in one place. */
function expected(row: Row, model: VisibleModel): string[] {
	const named = (names: string) => (names.includes(", ") ? names.split(", ") : names.split(" ").filter(Boolean));
	const those = (sees: (thing: Thing) => boolean) => namesOf(things.filter((thing) => thing.model === model && sees(thing)));
	const used = () => those(({ place }) => row.uses(place));
	const provided = () => those(({ place }) => row.provides(place));
	const sold = () => those(({ place }) => named(row.offerings).includes(place.offering));
	const of: Record<VisibleModel, () => string[]> = {
		Category: () => ["disks", "machines"],
		CategoryComponent: () => [],
		ComponentUsage: used,
		ComponentUserUsage: used,
		ComponentUserUsageLimit: used,
		Customer: () => named(row.customers),
		Notification: provided,
		Offering: () => named(row.offerings),
		OfferingComponent: sold,
		OfferingUsagePolicy: provided,
		OfferingUser: () => named(row.accounts),
		OrganizationGroup: () => named(row.groups),
		Plan: sold,
		PlanComponent: sold,
		PolicyFiring: provided,
		Project: () => named(row.projects),
		Resource: used,
		ResourcePlanPeriod: used,
		User: () => named(row.users),
	};
	return of[model]();
}

const namesOf = (some: readonly Thing[]) => some.map(({ name }) => name).sort();
const ofModel = (model: string) => things.filter((thing) => thing.model === model);
/** Names of the uuids; a uuid of nothing in the scene stands for itself. */
const named = (model: string, uuids: readonly string[]) => {
	const names = new Map(ofModel(model).map(({ name }) => [uuidOf(model as VisibleModel, name), name]));
	return uuids.map((uuid) => names.get(uuid) ?? uuid).sort();
};
const listed = (row: Row, model: VisibleModel) => expected(row, model).filter((name) => !(model === "Project" && name === "gone"));
const uuids = (nodes: { uuid: string }[]) => nodes.map(({ uuid }) => uuid);

const rootLists = listFieldsOf("Query");
const rootObjects = Object.values(typeNamed("Query").getFields()).filter(({ args }) => args.length === 1 && args[0]?.name === "uuid");

describe.each(Object.entries(table))("%s", (_sentence, row) => {
	const token = `demo_${row.viewer}`;

	test.each(rootLists)("in $name, page by page, and in its totalCount", async ({ name, model }) => {
		const seen: string[] = [];
		const totals = new Set<number>();
		for (let after: string | null = null, more = true; more; ) {
			const { page } = await gateway().ask(
				token,
				`query ($after: String) { page: ${name}(first: 7, after: $after) { totalCount nodes { uuid } pageInfo { hasNextPage endCursor } } }`,
				{ after },
			);
			seen.push(...uuids(page.nodes));
			totals.add(page.totalCount);
			after = page.pageInfo.endCursor;
			more = page.pageInfo.hasNextPage;
		}

		expect(named(model, seen)).toEqual(listed(row, model));
		expect([...totals]).toEqual([seen.length]);
	});

	test.each(rootObjects)("by uuid in $name, anything else is NOT_FOUND", async ({ name, type }) => {
		const model = String(type) as VisibleModel;
		const all = ofModel(model);
		const document = `{ ${all.map((thing, index) => `_${index}: ${name}(uuid: "${uuidOf(model, thing.name)}") { uuid }`).join(" ")} }`;
		const { data, errors = [] } = await gateway().send(token, document);

		expect(namesOf(all.filter((_, index) => data[`_${index}`] !== null))).toEqual(expected(row, model));
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(Array(all.length - expected(row, model).length).fill("NOT_FOUND"));
	});

	test.each(nodeTypes)("by node(id) and nodes(ids) of every %s, anything else is null", async ({ name: model }) => {
		const all = ofModel(model).map(({ name }) => ({ name, id: nodeId(model, uuidOf(model as VisibleModel, name)) }));
		const data = await gateway().ask(
			token,
			`query ($ids: [ID!]!) { nodes(ids: $ids) { id } ${all.map(({ id }, index) => `_${index}: node(id: "${id}") { id }`)} }`,
			{
				ids: all.map(({ id }) => id),
			},
		);

		expect(
			all
				.filter((_, index) => data[`_${index}`]?.id !== undefined)
				.map(({ name }) => name)
				.sort(),
		).toEqual(expected(row, model as VisibleModel));
		expect(data.nodes.map((node: { id: string } | null) => node?.id)).toEqual(all.map((_, index) => data[`_${index}`]?.id));
	});

	test.each(nodeTypes.flatMap(({ name }) => listFieldsOf(name)))("below every $on that is seen, in its $name", async ({ on, name, model, isConnection }) => {
		const ids = expected(row, on as VisibleModel).map((parent) => nodeId(on, uuidOf(on as VisibleModel, parent)));
		const selection = isConnection ? `${name}(first: 100) { totalCount nodes { uuid } }` : `${name} { uuid }`;
		const { nodes } = await gateway().ask(token, `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${on} { ${selection} } } }`, { ids });
		const below: { uuid: string }[] = nodes.flatMap((node: Record<string, never>) => (isConnection ? node[name]?.["nodes"] : node[name]));

		expect(named(model, [...new Set(uuids(below))])).toEqual(listed(row, model).filter((child) => hangsBelow[`${on}.${name}`]?.(child, row) ?? true));
		if (isConnection) {
			const total = nodes.reduce((sum: number, node: Record<string, { totalCount: number }>) => sum + (node[name]?.totalCount ?? 0), 0);
			expect(total).toBe(below.length);
		}
	});
});

/** Where not every object that is seen hangs below one that is seen: which do. */
const hangsBelow: Record<string, (name: string, row: Row) => boolean> = {
	"OfferingUser.usages": (part) => !part.endsWith("guest"),
	"Customer.organizationGroups": (group, { customers }) =>
		(group === "universities" && customers.includes("north")) || (group === "companies" && customers.includes("south")),
	"OfferingUsagePolicy.organizationGroups": (group, { provides }) => group === "universities" && provides !== nothing,
};
