import {
	type GraphQLField,
	type GraphQLNamedType,
	type GraphQLObjectType,
	getNamedType,
	isCompositeType,
	isObjectType,
	isRequiredArgument,
	isUnionType,
	parse,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from "graphql";
import { schema } from "../../src/schema.ts";
import { isStored, nodeTypes, typeNamed } from "../support/fixture.fields.ts";
import { nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { namesSeen } from "../support/fixture.sees.ts";
import { rolesOfPerson } from "../support/fixture.viewers.ts";
import type { Answer } from "../support/gateway.ts";
import { carried, pageFields, type Rule, rules, seesAll, type Viewer } from "./rules.ts";

/** Sends a document as somebody, and answers data and errors. */
export type Send = (viewer: string, document: string, variables?: Record<string, unknown>) => Promise<Answer>;

/** What is wrong: where, what was to be read there, and what was. */
export interface Difference {
	readonly where: string;
	readonly expected: unknown;
	readonly read: unknown;
}

const given: Record<string, string> = {
	"Customer.quota": "(name: OS_CPU_COUNT)",
	"Query.customerQuotas": "(quotaName: OS_CPU_COUNT, first: 100)",
	...Object.fromEntries(
		["Query", "Customer", "Offering", "Project", "Resource"].map((type) => [`${type}.usageTotals`, "(groupBy: [RESOURCE, MONTH], first: 100)"]),
	),
	"Resource.usageSeries": '(from: "2025-12-01", to: "2026-11-01")',
};

/** Every field of the type; of an object that it leads to, the id alone, for that one is looked at by itself. */
export function everythingOf(type: GraphQLNamedType): string {
	if (isUnionType(type))
		return `{ __typename ${type
			.getTypes()
			.map((member) => `... on ${member.name} ${isStored(member.name) ? "{ id }" : everythingOf(member)}`)
			.join(" ")} }`;
	if (!isObjectType(type)) return "{ id }";
	return `{ ${Object.values(type.getFields())
		.map((field) => selected(type, field))
		.join(" ")} }`;
}

function selected(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
	const type = getNamedType(field.type);
	const place = `${parent.name}.${field.name}`;
	const page = field.args.some(({ name }) => name === "first") ? "(first: 100)" : "";
	// Members of a union may have fields of one name and different types.
	const below = isCompositeType(type) ? (isStored(type.name) || type.name === "Node" ? " { id }" : ` ${everythingOf(type)}`) : "";
	return `${parent.name}_${field.name}: ${field.name}${given[place] ?? page}${below}`;
}

/** The stored objects that the viewer must see, by their ids. */
export function idsSeen({ row }: Viewer, things: readonly Thing[]): Set<string> {
	const models = [...new Set(things.map(({ model }) => model))];
	const namesOf = (model: Thing["model"]) =>
		model === "CategoryComponent" ? things.flatMap((thing) => (thing.model === model ? [thing.name] : [])) : namesSeen(row, model, things);
	return new Set(models.flatMap((model) => namesOf(model).map((name) => nodeId(model, uuidOf(model, name)))));
}

/** The objects as the router of a federation asks for them, by one of their keys. */
const readEntities = `query ($by: [_Any!]!) { _entities(representations: $by) { __typename ... on Node { id } } }`;

async function entityDifferences(send: Send, viewer: Viewer, type: string, own: readonly Thing[], seen: ReadonlySet<string>): Promise<Difference[]> {
	const uuids = own.map(({ model, name }) => uuidOf(model, name));
	const [byId, byUuid] = [uuids.map((uuid) => ({ __typename: type, id: nodeId(type, uuid) })), uuids.map((uuid) => ({ __typename: type, uuid }))];
	const { data, errors = [] } = await send(viewer.name, readEntities, { by: [...byId, ...byUuid] });
	const differences: Difference[] = errors.map(({ message }: Answer) => ({ where: `${viewer.name} _entities ${type}`, expected: undefined, read: message }));
	for (const [index, { id }] of [...byId, ...byId].entries()) {
		const expected = seen.has(id) ? { __typename: type, id } : null;
		const read = data?._entities[index];
		const where = `${viewer.name} _entities ${type} ${own[index % own.length]?.name} by its ${index < own.length ? "id" : "uuid"}`;
		if (JSON.stringify(read) !== JSON.stringify(expected)) differences.push({ where, expected, read });
	}
	return differences;
}

const readAll = (type: GraphQLObjectType) => `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on ${type.name} ${everythingOf(type)} } }`;

/** The lists that begin at the root. */
const rootLists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(
	({ name, args, type }) => getNamedType(type).name.endsWith("Connection") && (given[`Query.${name}`] !== undefined || !args.some(isRequiredArgument)),
);

const readList = ({ name, type }: GraphQLField<unknown, unknown>) =>
	`{ list: ${name}${given[`Query.${name}`] ?? "(first: 100)"} ${everythingOf(getNamedType(type))} }`;

/** Everything that staff reads: what the others' answers are made from. */
export interface Truth {
	readonly objects: ReadonlyMap<string, Record<string, Answer>>;
	/** The same as support reads it: totals without what is of removed projects. */
	readonly unremoved: ReadonlyMap<string, Record<string, Answer>>;
	readonly lists: ReadonlyMap<string, Answer>;
}

const idsOf = (type: string, things: readonly Thing[]) =>
	things.filter(({ model }) => model === type).map(({ model, name }) => nodeId(model, uuidOf(model, name)));

export async function truthOf(send: Send, things: readonly Thing[]): Promise<Truth> {
	const readBy = async (viewer: string) => {
		const objects = new Map<string, Record<string, Answer>>();
		for (const type of nodeTypes) {
			const ids = idsOf(type.name, things);
			const { data } = await send(viewer, readAll(type), { ids });
			for (const [index, id] of ids.entries()) objects.set(id, data.nodes[index]);
		}
		return objects;
	};
	const [objects, unremoved] = [await readBy("staff"), await readBy("support")];
	const lists = new Map<string, Answer>();
	for (const field of rootLists) lists.set(field.name, (await send("staff", readList(field))).data.list);
	return { objects, unremoved, lists };
}

/** The object that a node of a page is; of a total by resource, the resource: who sees it sees all that the total is of. */
const idOf = (node: Answer): string => node.id ?? node.UsageTotal_resource.id;

/** A page of those objects alone: cursors stay, for they tell of one object each. */
function pageOf(page: Answer, type: string, keep: (id: string) => boolean): Answer {
	const named = (name: string) => Object.keys(page).find((key) => key.endsWith(`_${name}`)) ?? name;
	const edgeType = type.replace(/Connection$/, "Edge");
	const edges = page[named("edges")].filter((edge: Answer) => keep(idOf(edge[`${edgeType}_node`])));
	const cursorOf = (edge: Answer) => edge?.[`${edgeType}_cursor`] ?? null;
	return {
		...page,
		[named("edges")]: edges,
		[named("nodes")]: page[named("nodes")].filter((node: Answer) => keep(idOf(node))),
		[named("totalCount")]: edges.length,
		[named("pageInfo")]: {
			PageInfo_endCursor: cursorOf(edges.at(-1)),
			PageInfo_hasNextPage: false,
			PageInfo_hasPreviousPage: false,
			PageInfo_startCursor: cursorOf(edges[0]),
		},
	};
}

/** What the viewer must read in a field of an object that it sees. */
function expectedIn(rule: Rule, value: Answer, type: string, viewer: Viewer, thing: Thing, seen: ReadonlySet<string>): Answer {
	if (viewer.name === "staff") return value;
	const keep = (id: string) => seen.has(id);
	const of: Record<Rule, () => Answer> = {
		seen: () => value,
		listed: () => (Array.isArray(value) ? value.filter(({ id }: Answer) => keep(id)) : pageOf(value, type, keep)),
		people: () =>
			seesAll(viewer) || viewer.consumes.includes(thing.name)
				? value
				: { ...pageOf({ ...value, CategoryComponentUsageConnection_edges: [], CategoryComponentUsageConnection_nodes: [] }, type, keep) },
		own: () => (seesAll(viewer) || thing.name === viewer.name ? value : null),
		owners: () => (seesAll(viewer) || viewer.owns.includes(thing.name) ? value : null),
		reporting: () => viewer.reports.some((name) => name === thing.place.provider || name === thing.place.offering),
		ruling: () => viewer.owns.includes(thing.place.provider),
		limiting: () => viewer.limits.some((name) => name === thing.place.customer || name === thing.place.project),
		creating: () => viewer.limits.some((name) => name === thing.place.customer || name === thing.place.project),
		providers: () => (seesAll(viewer) || viewer.owns.includes(thing.place.provider) ? value : null),
	};
	return of[rule]();
}

/** Where what the viewer reads of all objects and in all lists is not what it must. */
export async function differencesFor(
	send: Send,
	viewer: Viewer,
	things: readonly Thing[],
	{ objects, unremoved, lists }: Truth,
	isLookedAt: (type: string) => boolean = () => true,
): Promise<Difference[]> {
	const seen = idsSeen(viewer, things);
	const differences: Difference[] = [];
	const compare = (where: string, expected: unknown, read: unknown) => {
		if (JSON.stringify(expected ?? null) !== JSON.stringify(read ?? null)) differences.push({ where: `${viewer.name} ${where}`, expected, read });
	};
	for (const type of nodeTypes.filter(({ name }) => isLookedAt(name))) {
		const own = things.filter(({ model }) => model === type.name);
		const ids = idsOf(type.name, things);
		differences.push(...(await entityDifferences(send, viewer, type.name, own, seen)));
		const { data, errors = [] } = await send(viewer.name, readAll(type), { ids });
		for (const { extensions, path } of errors)
			if (extensions.code !== "FORBIDDEN" || path.at(-1) !== "Customer_quota") compare(path.join("."), undefined, extensions.code);
		for (const [index, thing] of own.entries()) {
			const id = ids[index] ?? "";
			const truth = objects.get(id);
			const read = data?.nodes[index] ?? null;
			compare(`node ${type.name} ${thing.name}`, seen.has(id), read !== null);
			if (truth === undefined || read === null || !seen.has(id)) continue;
			for (const field of Object.values(type.getFields())) {
				const rule = rules.get(`${type.name}.${field.name}`);
				if (rule === undefined) continue;
				const key = `${type.name}_${field.name}`;
				const value = rule === "people" && viewer.name !== "staff" ? unremoved.get(id)?.[key] : truth[key];
				compare(`${type.name}.${field.name} of ${thing.name}`, expectedIn(rule, value, getNamedType(field.type).name, viewer, thing, seen), read[key]);
			}
		}
	}
	if (isLookedAt("Viewer")) compare("viewer", rightsOf(viewer.name), summed((await send(viewer.name, readViewer)).data?.viewer));
	for (const field of rootLists.filter(({ type }) => isLookedAt(getNamedType(type).name.replace("Connection", "")))) {
		const { data, errors = [] } = await send(viewer.name, readList(field));
		const type = getNamedType(field.type).name;
		if (field.name === "customerQuotas") compare(field.name, seesAll(viewer) ? lists.get(field.name) : "FORBIDDEN", data?.list ?? errors[0]?.extensions.code);
		else
			compare(
				field.name,
				pageOf(lists.get(field.name), type, (id) => seen.has(id)),
				data?.list,
			);
	}
	for (const field of byUuid.filter(({ type }) => isLookedAt(getNamedType(type).name))) differences.push(...(await lookUps(send, viewer, field, things, seen)));
	return differences;
}

const readViewer = `{ viewer ${everythingOf(typeNamed("Viewer"))} }`;

/** Who the viewer is told to be, and each of their roles, in words. */
function summed(told: Answer): unknown {
	const rolesOn = (kind: "Customer" | "Project" | "Offering") =>
		told[`Viewer_${kind.toLowerCase()}s`][`${kind}RoleConnection_nodes`].map(
			(node: Answer) => `${node[`${kind}Role_role`]} ${node[`${kind}Role_${kind.toLowerCase()}`].id}`,
		);
	return {
		uuid: told.Viewer_uuid,
		roles: (["Customer", "Project", "Offering"] as const).flatMap(rolesOn),
		mayCreateTokens: told.Viewer_mayCreateTokens,
	};
}

/** The same as the fixture has it. */
const rightsOf = (username: string) => ({
	uuid: uuidOf("User", username),
	roles: rolesOfPerson(username).map(({ on, name, role }) => `${role} ${nodeId(on, uuidOf(on, name))}`),
	mayCreateTokens: username === "staff",
});

/** The root fields that take a uuid. */
const byUuid = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ args }) => args.length === 1 && args[0]?.name === "uuid");

async function lookUps(
	send: Send,
	viewer: Viewer,
	{ name, type }: GraphQLField<unknown, unknown>,
	things: readonly Thing[],
	seen: ReadonlySet<string>,
): Promise<Difference[]> {
	const own = things.filter(({ model }) => model === getNamedType(type).name);
	const document = `{ ${own.map((thing, index) => `_${index}: ${name}(uuid: "${uuidOf(thing.model, thing.name)}") { id }`).join(" ")} }`;
	const { data, errors = [] } = await send(viewer.name, document);
	return own.flatMap((thing, index) => {
		const expected = seen.has(nodeId(thing.model, uuidOf(thing.model, thing.name))) ? "R" : "NOT_FOUND";
		const code = errors.find(({ path }: Answer) => path[0] === `_${index}`)?.extensions.code;
		const read = data?.[`_${index}`] ? "R" : code;
		return read === expected ? [] : [{ where: `${viewer.name} ${name} ${thing.name}`, expected, read }];
	});
}

/** The fields of the schema that documents ask for, as "Type.field". */
export function fieldsAsked(documents: readonly string[]): Set<string> {
	const asked = new Set<string>();
	for (const document of documents) {
		const types = new TypeInfo(schema);
		visit(
			parse(document),
			visitWithTypeInfo(types, {
				Field: ({ name }) => {
					const parent = types.getParentType();
					if (parent && !name.value.startsWith("__")) asked.add(`${parent.name}.${name.value}`);
				},
			}),
		);
	}
	return asked;
}

/** Every field of every object type. */
export const allFields: readonly string[] = Object.values(schema.getTypeMap()).flatMap((type) =>
	isObjectType(type) && !type.name.startsWith("__") ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
);

/** Whether something says how the field is read; what begins at the root is said by whoever looks at it. */
export const hasExpectation = (field: string): boolean => {
	const [type = "", name = ""] = field.split(".");
	return rules.has(field) || carried.includes(field) || pageFields.some(([suffix, fields]) => type.endsWith(suffix) && fields.includes(name));
};
