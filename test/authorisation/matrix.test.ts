import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshDatabase } from "../support/database.ts";
import { typeNamed } from "../support/fixture.fields.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { eventDifferences } from "./events.ts";
import { allFields, differencesFor, fieldsAsked, hasExpectation, type Send, type Truth, truthOf } from "./matrix.ts";
import { doneFields, refusalsFor } from "./operations.matrix.ts";
import { type RollbackDatabase, withRollback } from "./rollback.ts";
import { carried, rules, viewers } from "./rules.ts";
import { buildWorld, type World } from "./world.ts";

let gateway: Gateway;
let world: World;
let truth: Truth;
let rollback: RollbackDatabase;
const asked = new Set<string>();

const send: Send = (viewer, document, variables) => {
	asked.add(document);
	return gateway.send(`demo_${viewer}`, document, variables);
};
const sendInVain: Send = (...args) => rollback.rollBackAfter(() => send(...args));

beforeAll(async () => {
	rollback = withRollback(await freshDatabase("empty"));
	world = await buildWorld(rollback.database);
	gateway = await startGateway({ database: rollback.database });
	truth = await truthOf(send, world.things);
});
afterAll(() => gateway.stop());

describe.each(viewers)("$name", (viewer) => {
	test("reads of every object and in every list what the rules of the fields say", async () => {
		expect(await differencesFor(send, viewer, world.things, truth)).toEqual([]);
	});

	test("does what it may on its own, its siblings' and others' things, and is refused the rest", async () => {
		expect(await refusalsFor(sendInVain, viewer)).toEqual([]);
	});
});

test("everybody reads the same schema for a router", async () => {
	const answers = new Set<string>();
	for (const { name } of viewers) answers.add((await send(name, "{ _service { sdl } }")).data._service.sdl);
	expect(answers.size).toBe(1);
});

test("everybody is told of the firings that they see, and of no other", async () => {
	expect(await eventDifferences(gateway.url, viewers, world.things)).toEqual([]);
});

/** Root fields that stand in no table here: lists and look-ups are all looked at, and these are what they are to anybody signed in. */
const isLookedAt = (field: string): boolean => {
	const [type = "", name = ""] = field.split(".");
	if (doneFields.includes(field)) return true;
	if (type === "Subscription") return ["policyFirings", "usageReported"].includes(name);
	if (type !== "Query") return false;
	const definition = typeNamed("Query").getFields()[name];
	const isList = definition?.type.toString().replace("!", "").endsWith("Connection") === true;
	const isLookUp = definition?.args.length === 1 && definition.args[0]?.name === "uuid";
	return isList || isLookUp || ["node", "nodes", "_entities", "_service", "viewer", "offeringUsagePolicyActions", "waldurSync"].includes(name);
};

test("every field of the schema has an expectation, and every expectation a field", () => {
	expect(allFields.filter((field) => !hasExpectation(field) && !isLookedAt(field))).toEqual([]);
	expect([...rules.keys(), ...carried, ...doneFields].filter((field) => !allFields.includes(field))).toEqual([]);
});

test("every field of a stored object is read", () => {
	const read = fieldsAsked([...asked]);
	expect([...rules.keys(), ...carried, ...doneFields].filter((field) => !read.has(field) && !readElsewhere.includes(field))).toEqual([]);
});

/** Events are read from their streams; the synchronization where there is one (test/mirror/status.test.ts). */
const readElsewhere = ["PositionExpiredError", "PolicyFiringEvent", "UsageReportedEvent", "WaldurSync", "WaldurSyncList"].flatMap((type) =>
	Object.keys(typeNamed(type).getFields()).map((field) => `${type}.${field}`),
);
