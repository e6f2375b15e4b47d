import { randomUUID } from "node:crypto";
import { type DocumentNode, execute, parse, validate } from "graphql";
import { addToken } from "../../src/access/token.store.ts";
import type { TokenWatch } from "../../src/access/token-watch.ts";
import { viewerOf } from "../../src/access/viewer.ts";
import type { Database } from "../../src/database/database.ts";
import { list, name, raw, type Sql, sql } from "../../src/database/sql.ts";
import type { LogReader } from "../../src/event-log/log-reader.ts";
import { beginning, createPositionCodec } from "../../src/event-log/position.ts";
import { createContext } from "../../src/graphql/context.ts";
import { schema } from "../../src/schema.ts";
import { freshDatabase } from "../support/database.ts";
import type { Answer, Data } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { referenceOf } from "../support/reference-clock.ts";
import type { Fixture } from "./commands.ts";
import { zone } from "./months.ts";
import type { Component, World } from "./world.ts";

/** Where sequences are run, one after the other: a database of its own, and those who are there in every sequence. */
export interface Harness {
	readonly database: Database;
	/** Runs a document as a member of staff at the moment, through the schema that the service serves. */
	ask(now: Date, document: string, variables: Data): Promise<Answer>;
	/** Removes what the last sequence left, and puts up the fixture. */
	set(fixture: Fixture): Promise<World>;
	close(): Promise<void>;
}

const reporter = "staff";

export async function openHarness(): Promise<Harness> {
	const database = await freshDatabase("empty");
	const people = await makePeople(database);
	const ask = await askerOn(database);
	return {
		database,
		ask,
		set: async (fixture) => {
			await clear(database);
			return put(database, people, fixture);
		},
		close: () => database.close(),
	};
}

async function askerOn(database: Database): Promise<Harness["ask"]> {
	const viewer = await viewerOf(database, `demo_${reporter}`, new Date(0));
	if (viewer === undefined) throw new Error("The member of staff is not signed in.");
	const documents = new Map<string, DocumentNode>();
	const documentOf = (text: string) => {
		const known = documents.get(text);
		if (known !== undefined) return known;
		const document = parse(text);
		const errors = validate(schema, document);
		if (errors.length > 0) throw new AggregateError(errors, `The document is not valid: ${text}`);
		documents.set(text, document);
		return document;
	};
	return async (now, text, variableValues) => {
		const reference = referenceOf(() => now);
		const services = { database, clock: () => now, reference, timeZone: zone, log: noLog, tokens: noTokens, authenticate: async () => undefined };
		const contextValue = createContext(services, { token: `demo_${reporter}`, viewer: { ...viewer, asOf: now } });
		const { data, errors } = await execute({ schema, document: documentOf(text), variableValues, contextValue });
		if (errors !== undefined) throw new AggregateError(errors, errors.map(({ message, originalError }) => originalError?.stack ?? message).join("\n"));
		return data;
	};
}

const unused = () => Promise.reject(new Error("Nobody follows the log here."));

const noTokens: TokenWatch = { watch: () => () => {}, stop: async () => {} };

/** Mutations and queries follow no log. */
const noLog: LogReader = {
	follow: () => {
		throw new Error("Nobody follows the log here.");
	},
	head: beginning,
	lag: () => 0,
	end: unused,
	positions: createPositionCodec(Buffer.alloc(16)),
	stop: async () => {},
};

/** The customers with their projects, the groups, the persons behind the accounts; and another offering, which no policy watches. */
interface People {
	readonly provider: string;
	readonly category: string;
	readonly groups: readonly string[];
	readonly customers: readonly { readonly uuid: string; readonly project: string }[];
	readonly persons: readonly string[];
	readonly elsewhere: { readonly offering: string; readonly component: string; readonly account: string };
}

async function makePeople(database: Database): Promise<People> {
	await insert(database, "User", { username: reporter, isStaff: true });
	await addToken(database, { token: `demo_${reporter}`, username: reporter, name: "test", expires: null, now: new Date(0) });
	const provider = await insert(database, "Customer", { name: "Provider" });
	const category = await insert(database, "Category", { title: "Computing" });
	const groups = [await insert(database, "OrganizationGroup", { name: "First" }), await insert(database, "OrganizationGroup", { name: "Second" })];
	const customers: { uuid: string; project: string }[] = [];
	for (const customerName of ["A", "B", "C"]) {
		const uuid = await insert(database, "Customer", { name: customerName });
		customers.push({ uuid, project: await insert(database, "Project", { name: customerName, customerUuid: uuid }) });
	}
	const persons: string[] = [];
	for (const username of ["ann", "bob", "nameless"]) persons.push(await insert(database, "User", { username }));
	const offering = await insert(database, "Offering", { name: "Elsewhere", state: "ACTIVE", providerUuid: provider, categoryUuid: category });
	const component = await insert(database, "OfferingComponent", { offeringUuid: offering, type: "cpu", name: "cpu", billingType: "USAGE" });
	const account = await insert(database, "OfferingUser", { offeringUuid: offering, userUuid: persons[0] ?? "", username: "ann" });
	// Its months have all begun: the turn of a month is about the sequence's offering alone.
	await database.rows(sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") values (${offering}::uuid, '9999-12-01')`);
	return { provider, category, groups, customers, persons, elsewhere: { offering, component, account } };
}

/** Everything that belongs to a sequence, in an order in which it can be deleted. */
const cleared = [
	"LogEntry",
	"PolicyFiring",
	"OfferingUsagePolicy",
	"ComponentUserUsageLimit",
	"ComponentUsage",
	"ResourcePlanPeriod",
	"Resource",
	"CustomerOrganizationGroup",
];

const clear = (database: Database) =>
	database.transaction(async (tx) => {
		for (const table of cleared) await tx.rows(sql`delete from ${name(table)}`);
		await tx.rows(sql`delete from "Offering" where "name" = 'Cluster'`);
		await tx.rows(sql`update "Project" set "isRemoved" = false where "isRemoved"`);
	});

/** A statement part that puts the rows into the table; they all have the same columns. */
function insertion(table: string, rows: readonly Data[]): Sql {
	const columns = Object.keys(rows[0] ?? { uuid: null }).map(name);
	return sql`insert into ${name(table)} (${list(columns)}) select ${list(columns)} from json_populate_recordset(${raw(`null::"${table}"`)}, ${JSON.stringify(rows)}::json)`;
}

const audience = { none: [], first: [0], second: [1], both: [0, 1] } as const;

async function put(database: Database, people: People, fixture: Fixture): Promise<World> {
	const world = worldOf(people, fixture);
	const { offering, plan, otherPlan } = world;
	const stamps = { created: world.now, modified: world.now };
	const pluginOptions = world.supportsLimits ? {} : { supportsPerUserLimits: false };
	const tables: Record<string, Data[]> = {
		Offering: [{ uuid: offering, name: "Cluster", state: "ACTIVE", providerUuid: people.provider, categoryUuid: people.category, pluginOptions, ...stamps }],
		OfferingComponent: world.components.map((component) => ({
			...component,
			offeringUuid: offering,
			name: component.type,
			description: "",
			measuredUnit: "",
			...stamps,
		})),
		Plan: [plan, otherPlan].map((uuid) => ({ uuid, offeringUuid: offering, name: "Standard", unit: "", unitPrice: 0, archived: false, ...stamps })),
		OfferingUser: world.accounts.map((account, index) => ({
			...account,
			offeringUuid: offering,
			userUuid: people.persons[index],
			isRestricted: false,
			...stamps,
		})),
		CustomerOrganizationGroup: world.customers.flatMap(({ uuid, groups }) =>
			[...groups].map((group) => ({ customerUuid: uuid, organizationGroupUuid: group, created: world.now })),
		),
		Resource: world.resources.map(({ uuid, customer, plan: planUuid, state }) => {
			const place = { offeringUuid: offering, projectUuid: customer.project, customerUuid: customer.uuid, planUuid };
			return { uuid, name: "Resource", state, ...place, limits: {}, currentUsages: {}, ...stamps };
		}),
		ResourcePlanPeriod: world.resources.flatMap(({ uuid, periods }) =>
			periods.map(({ plan: planUuid, ...period }) => ({ ...period, resourceUuid: uuid, planUuid, ...stamps })),
		),
	};
	const insertions = Object.entries(tables)
		.filter(([, rows]) => rows.length > 0)
		.map(([table, rows]) => sql`${name(`new ${table}`)} as (${insertion(table, rows)})`);
	const flags = JSON.stringify(world.customers.map(({ uuid, blocked, archived }) => ({ uuid, blocked, archived })));
	await database.rows(sql`
		with ${list(insertions)} update "Customer" c set "blocked" = flags."blocked", "archived" = flags."archived"
		from json_populate_recordset(null::"Customer", ${flags}::json) flags where flags."uuid" = c."uuid"
	`);
	return world;
}

function worldOf(people: People, { start, caps, ramIsLimit, supportsLimits, namesakes, customers, resources }: Fixture): World {
	const hour = 3_600_000;
	const now = new Date(Date.parse("2023-01-01T00:00:00Z") + (start.day * 24 + start.hour) * hour);
	const plan = randomUUID();
	const component = (type: string, billingType: Component["billingType"], cap?: Fixture["caps"]["cpu"]): Component => ({
		uuid: randomUUID(),
		type,
		billingType,
		limitPeriod: cap?.period ?? null,
		limitAmount: cap?.amount ?? null,
	});
	const known = people.customers.map((customer, index) => {
		const { groups = "none", blocked = false, archived = false } = customers[index] ?? {};
		return { ...customer, projectIsRemoved: false, blocked, archived, groups: new Set(audience[groups].map((group) => people.groups[group] ?? "")) };
	});
	const monthsAgo = (months: number) => new Date(now.getTime() - months * 31 * 24 * hour);
	const periodsOf = {
		none: () => [],
		open: () => [{ uuid: randomUUID(), plan, created: now, start: null, end: null }],
		"closed and open": () => [
			{ uuid: randomUUID(), plan, created: now, start: null, end: monthsAgo(1) },
			{ uuid: randomUUID(), plan, created: now, start: monthsAgo(1), end: null },
		],
		"ends soon": () => [{ uuid: randomUUID(), plan, created: now, start: monthsAgo(3), end: new Date(now.getTime() + 24 * hour) }],
	} as const;
	return {
		now,
		reporter,
		offering: randomUUID(),
		plan,
		otherPlan: randomUUID(),
		supportsLimits,
		components: [component("cpu", "USAGE", caps.cpu), component("fee", "FIXED"), component("ram", ramIsLimit ? "LIMIT" : "USAGE", caps.ram)],
		groups: people.groups,
		customers: known,
		accounts: ["ann", "bob", namesakes ? "bob" : null].map((username) => ({ uuid: randomUUID(), username })),
		elsewhere: people.elsewhere,
		resources: resources.map(({ customer, state, hasPlan, periods }) => ({
			uuid: randomUUID(),
			customer: known[customer % known.length] as World["customers"][number],
			plan: hasPlan ? plan : null,
			state,
			periods: [...periodsOf[periods]()],
			currentUsages: new Map(),
		})),
		usages: [],
		limits: [],
		policies: [],
		firings: [],
		policyOf: new Map(),
		turned: new Set(),
	};
}
