import fc from "fast-check";
import type { PolicyAction } from "../../src/generated/prisma/enums.ts";

/** Points at one of the things that are there when the command is run: the number, modulo how many there are. */
export type Pick = number;
const pick = fc.nat(59);

/** Mostly one that is there; -1 is one that is not. */
const pickOrNone = fc.oneof({ weight: 30, arbitrary: pick }, { weight: 1, arbitrary: fc.constant(-1) });

/** An amount, told by what it is near to: `step` hundredths beyond the most that the limit, the cap or the account leaves. */
export type Amount = { readonly near: "policy" | "cap" | "account"; readonly pick: Pick; readonly step: number } | { readonly text: string };

const plainAmount = fc.constantFrom("0", "0.01", "1", "3", "5", "6", "9.99", "10", "10.01", "11", "15", "20", "100").map((text) => ({ text }));
const oddAmount = fc.constantFrom("-0.01", "0.001", "1000000000000000000", "999999999999999999.99").map((text) => ({ text }));
const amountNear = (...places: ("policy" | "cap" | "account")[]): fc.Arbitrary<Amount> =>
	fc.oneof(
		{ weight: 60, arbitrary: fc.record({ near: fc.constantFrom(...places), pick, step: fc.constantFrom(0, 1, 1, 100, 100, -1, -100) }) },
		{ weight: 40, arbitrary: plainAmount },
		{ weight: 3, arbitrary: oddAmount },
	);

/** The components: "cpu" may be capped, "ram" may be one of a LIMIT, "fee" is FIXED, "abc" is none. */
const type = fc.oneof({ weight: 40, arbitrary: fc.constantFrom("cpu", "cpu", "ram") }, { weight: 1, arbitrary: fc.constantFrom("fee", "abc") });

const report = fc.record({
	kind: fc.constant("report" as const),
	resource: pickOrNone,
	/** What the report names: the resource, one of its plan periods, both, the period of any resource, or nothing. */
	by: fc.oneof(
		{ weight: 20, arbitrary: fc.constant("resource" as const) },
		{ weight: 3, arbitrary: fc.constantFrom("period" as const, "both" as const) },
		{ weight: 1, arbitrary: fc.constantFrom("anyPeriod" as const, "nothing" as const) },
	),
	period: pick,
	usages: fc.oneof(
		{ weight: 30, arbitrary: fc.uniqueArray(usageOf(), { minLength: 1, maxLength: 2, selector: ({ type: named }) => named }) },
		{ weight: 1, arbitrary: fc.array(usageOf(), { maxLength: 4 }) },
	),
});

function usageOf() {
	return fc.record({ type, amount: amountNear("policy", "policy", "cap"), recurring: fc.boolean(), described: fc.boolean() });
}

const reports = fc.record({
	kind: fc.constant("reports" as const),
	reports: fc.array(report, { minLength: 1, maxLength: 3 }),
	partial: fc.boolean(),
	/** Whether the first of them comes once more in the end, with amounts that fit: as a client does whose first one was refused. */
	again: fc.constantFrom(true, false, false),
});

const correct = fc.record({ kind: fc.constant("correct" as const), usage: pick, amount: amountNear("policy", "cap"), recurring: fc.boolean() });

const component = fc.oneof({ weight: 15, arbitrary: fc.constantFrom("cpu", "cpu", "ram") }, { weight: 1, arbitrary: fc.constantFrom("elsewhere", "nowhere") });
const user = fc.oneof({ weight: 15, arbitrary: fc.constantFrom(0, 0, 1, 2) }, { weight: 1, arbitrary: fc.constantFrom("elsewhere" as const, -1) });
const part = fc.record({
	kind: fc.constant("part" as const),
	usage: pickOrNone,
	/** Of a record and an account that there is a limit for, if there is one. */
	limited: fc.constantFrom(true, true, false),
	/** Of a username that has a part already, if there is one. */
	again: fc.boolean(),
	username: fc.oneof({ weight: 20, arbitrary: fc.constantFrom("ann", "bob", "eve") }, { weight: 1, arbitrary: fc.constant("") }),
	amount: amountNear("account"),
	/** An account of the offering, one elsewhere, one that is not there, or none. */
	user: fc.option(user, { freq: 2 }),
});

const limitAmount = fc.oneof(
	{ weight: 15, arbitrary: fc.constantFrom("0", "1", "5", "10", "10.01", "100") },
	{ weight: 1, arbitrary: fc.constantFrom("-1", "0.001") },
);

const createLimit = fc.record({ kind: fc.constant("createLimit" as const), onUsage: fc.boolean(), resource: pickOrNone, component, user, limit: limitAmount });
const parts = fc.record({ kind: fc.constant("parts" as const), parts: fc.array(part, { minLength: 1, maxLength: 3 }) });
const updateLimit = fc.record({
	kind: fc.constant("updateLimit" as const),
	limit: pickOrNone,
	changes: fc.record({ component, user, amount: limitAmount, resource: pick }, { requiredKeys: [] }),
});
const deleteLimit = fc.record({ kind: fc.constant("deleteLimit" as const), limit: pickOrNone });

/** A policy's limit: a small number, or `step` beyond what is used now, rounded down. */
export type PolicyLimit = { readonly text: string } | { readonly step: number };
const policyLimit = fc.record({
	type: fc.oneof({ weight: 30, arbitrary: fc.constantFrom("cpu", "cpu", "ram") }, { weight: 1, arbitrary: fc.constant("abc") }),
	limit: fc.oneof(
		{ weight: 15, arbitrary: fc.constantFrom("10", "10", "5", "0", "20").map((text) => ({ text })) },
		{ weight: 15, arbitrary: fc.constantFrom(-1, 0, 1).map((step) => ({ step })) },
		{ weight: 1, arbitrary: fc.constantFrom("-1", "1.5").map((text) => ({ text })) },
	),
});
const policyLimits = fc.oneof(
	{ weight: 30, arbitrary: fc.uniqueArray(policyLimit, { minLength: 1, maxLength: 2, selector: ({ type: named }) => named }) },
	{ weight: 1, arbitrary: fc.array(policyLimit, { maxLength: 2 }) },
);
/** All that there are: a new one does not compile before it is drawn here, too. */
const action = fc.constantFrom(
	...Object.keys({ BLOCK_CREATION_OF_NEW_RESOURCES: 0, NOTIFY_ORGANIZATION_OWNERS: 0, NOTIFY_EXTERNAL_USER: 0 } satisfies Record<PolicyAction, 0>),
);
const actions = fc.oneof(
	{ weight: 30, arbitrary: fc.uniqueArray(action, { minLength: 1, maxLength: 2 }) },
	{ weight: 1, arbitrary: fc.constant([] as string[]) },
);
const emails = fc.oneof({ weight: 20, arbitrary: fc.constant(["ops@example.org"]) }, { weight: 1, arbitrary: fc.constant([] as string[]) });
/** Which of the two groups, both of them, all customers, neither, or what excludes itself. */
const audience = fc.oneof(
	{ weight: 50, arbitrary: fc.constantFrom("all" as const, "all" as const, "first" as const, "second" as const, "both" as const, "both" as const) },
	{ weight: 1, arbitrary: fc.constantFrom("nobody" as const, "allAndBoth" as const, "nowhere" as const) },
);
const period = fc.constantFrom("ONE_MONTH" as const, "ONE_MONTH" as const, "THREE_MONTHS" as const, "TWELVE_MONTHS" as const, "TOTAL" as const);

const createPolicy = fc.record({ kind: fc.constant("createPolicy" as const), actions, emails, audience, period, limits: policyLimits });
const updatePolicy = fc.record({
	kind: fc.constant("updatePolicy" as const),
	policy: pickOrNone,
	changes: fc.record({ actions, emails, audience, period, limits: policyLimits }, { requiredKeys: [] }),
});
const deletePolicy = fc.record({ kind: fc.constant("deletePolicy" as const), policy: pickOrNone });

const groups = fc.constantFrom("none" as const, "first" as const, "second" as const, "both" as const);
const customer = fc.record({
	kind: fc.constant("customer" as const),
	customer: pickOrNone,
	changes: fc.record({ blocked: fc.boolean(), archived: fc.boolean(), groups }, { requiredKeys: [] }),
});

/** Removes a customer's project, as an import does, or restores it. */
const project = fc.record({ kind: fc.constant("project" as const), customer: pick, isRemoved: fc.constantFrom(true, false, false) });

const createResource = fc.record({ kind: fc.constant("createResource" as const), customer: pickOrNone });
const setState = fc.record({
	kind: fc.constant("setState" as const),
	resource: pickOrNone,
	state: fc.constantFrom("OK", "OK", "OK", "UPDATING", "TERMINATING", "ERRED", "TERMINATED", "TERMINATED"),
});

const setPlan = fc.record({
	kind: fc.constant("setPlan" as const),
	resource: pickOrNone,
	/** One of the offering's two plans, or one that is not there. */
	plan: fc.oneof({ weight: 20, arbitrary: fc.constantFrom("first" as const, "second" as const) }, { weight: 1, arbitrary: fc.constant("nowhere" as const) }),
});

const deleteUsage = fc.record({ kind: fc.constant("deleteUsage" as const), usage: pickOrNone });

/** Time goes on by minutes, to the last second of the month, or into a later one. */
const wait = fc.record({
	kind: fc.constant("wait" as const),
	until: fc.oneof(
		fc.record({ minutes: fc.constantFrom(1, 60, 1440, 7200) }),
		fc.constant("endOfMonth" as const),
		fc.record({ months: fc.constantFrom(1, 1, 1, 1, 2, 3), at: fc.constantFrom("start" as const, "middle" as const) }),
	),
	/** Whether the service turns the month at once. */
	turns: fc.constantFrom(true, true, false),
});
const turn = fc.record({ kind: fc.constant("turn" as const) });

const importUsages = fc.record({
	kind: fc.constant("import" as const),
	usages: fc.array(
		fc.record({
			resource: pickOrNone,
			type,
			/** Months from this one. */
			month: fc.constantFrom(0, 0, -1, -1, -2, -3, -11, -12, 1),
			amount: amountNear("policy"),
			recurring: fc.boolean(),
			/** A record of its own, though there may be one of the month already. */
			isNew: fc.boolean(),
		}),
		{ minLength: 1, maxLength: 3 },
	),
	customers: fc.array(fc.record({ customer: pick, blocked: fc.boolean(), archived: fc.boolean(), groups }), { maxLength: 1 }),
});

const weighted = [
	[8, report],
	[6, correct],
	[4, part],
	[3, parts],
	[3, reports],
	[3, createLimit],
	[2, updateLimit],
	[1, deleteLimit],
	[2, createPolicy],
	[3, updatePolicy],
	[1, deletePolicy],
	[4, customer],
	[1, project],
	[1, createResource],
	[3, setState],
	[2, setPlan],
	[2, deleteUsage],
	[5, wait],
	[1, turn],
	[3, importUsages],
] as const;

const command = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary: arbitrary as fc.Arbitrary<Command> })));

export type Command = typeof weighted extends readonly (readonly [number, fc.Arbitrary<infer Any>])[] ? Any : never;

const upTo = <Any>(most: number, arbitrary: fc.Arbitrary<Any>) => fc.array(arbitrary, { maxLength: most, size: "max" });

/** What would seldom come about by itself: a limit and parts that meet it; a resource that changes its state before the month turns. */
const episode = fc.oneof(fc.constant([]), fc.tuple(createLimit, part, part), fc.tuple(setState, wait));

/** Policies and reports, so that there is something to turn, sometimes an episode, and then anything. */
export const commands: fc.Arbitrary<readonly Command[]> = fc
	.tuple(upTo(2, createPolicy), upTo(2, report), episode, upTo(12, command))
	.map((sections) => sections.flat());

/** True one time in eight. */
const seldom = fc.nat(7).map((number) => number === 0);

const periods = fc.constantFrom("open" as const, "open" as const, "closed and open" as const, "ends soon" as const, "none" as const);

/** Where a sequence begins. */
export const fixtures = fc.record({
	/** Day and hour from the beginning of 2023. */
	start: fc.record({ day: fc.nat(800), hour: fc.nat(23) }),
	caps: fc.record({ cpu: cap(), ram: cap() }),
	ramIsLimit: fc.boolean(),
	supportsLimits: fc.constantFrom(true, true, true, true, true, false),
	/** Whether two of the offering's accounts have one username. */
	namesakes: seldom,
	customers: fc.array(fc.record({ groups, blocked: seldom, archived: seldom }), {
		minLength: 3,
		maxLength: 3,
	}),
	resources: fc.array(
		fc.record({ customer: pick, state: fc.oneof({ weight: 20, arbitrary: fc.constantFrom("OK", "OK", "OK", "UPDATING", "TERMINATING") }, { weight: 1, arbitrary: fc.constantFrom("ERRED", "TERMINATED") }), hasPlan: fc.oneof({ weight: 20, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }), periods }), // biome-ignore format: a row
		{ minLength: 2, maxLength: 4 },
	),
});

function cap() {
	const limitPeriod = fc.constantFrom("MONTH" as const, "QUARTERLY" as const, "ANNUAL" as const, "TOTAL" as const);
	return fc.option(fc.record({ period: limitPeriod, amount: fc.constantFrom(0, 12, 25) }), { freq: 2 });
}

export type ReportCommand = Extract<Command, { kind: "report" }>;
export type PartCommand = Extract<Command, { kind: "part" }>;

export type Fixture = typeof fixtures extends fc.Arbitrary<infer Any> ? Any : never;
