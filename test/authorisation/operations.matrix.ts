import { getNamedType } from "graphql";
import { typeNamed } from "../support/fixture.fields.ts";
import { nodeId, type Place, uuidOf } from "../support/fixture.rows.ts";
import { type Difference, everythingOf, type Send } from "./matrix.ts";
import { seesAll, type Viewer } from "./rules.ts";

/** Where something is done. */
interface Target extends Place {
	/** What it is for most of the viewers: their own, their sibling's, or another one's. */
	readonly is: "own" | "sibling" | "other";
	readonly resource: string;
	readonly type: string;
}

const alpine = { offering: "compute", provider: "alpine", type: "cpu" };

const targets: readonly Target[] = [
	{ is: "own", resource: "n1 compute", customer: "north", project: "n1", ...alpine },
	{ is: "sibling", resource: "n2 compute", customer: "north", project: "n2", ...alpine },
	{ is: "other", resource: "s1 storage", customer: "south", project: "s1", offering: "storage", provider: "baltic", type: "gb" },
];

type Sees = (viewer: Viewer, target: Target) => boolean;

const sees: Record<"usage" | "policy" | "project" | "customer" | "totals", Sees> = {
	usage: ({ row }, target) => row.uses(target),
	policy: ({ row }, target) => row.provides(target),
	project: (viewer, { project }) => seesAll(viewer) || viewer.consumes.includes(project),
	customer: ({ row }, { customer }) => row.customers.split(" ").includes(customer),
	totals: (viewer, { project }) => seesAll(viewer) || viewer.consumes.includes(project),
};

const among = (names: readonly string[], ...places: readonly string[]) => places.some((place) => names.includes(place));

const may: Record<"report" | "limit" | "policies" | "staff" | "read", Sees> = {
	report: ({ reports }, { provider, offering }) => among(reports, provider, offering),
	limit: ({ limits }, { customer, project }) => among(limits, customer, project),
	policies: ({ owns }, { provider }) => owns.includes(provider),
	staff: () => false,
	read: () => true,
};

interface Done {
	readonly root: "Mutation" | "Query";
	readonly field: string;
	readonly sees: Sees;
	readonly may: Sees;
	readonly input: (target: Target) => unknown;
	/** What it is answered to who may do it; "done" unless the fixture has a reason of its own against it. */
	readonly permitted?: string;
}

const usages = ({ type }: Target) => [{ type, amount: "77" }];
const usageOf = ({ resource, type }: Target) => uuidOf("ComponentUsage", `${resource} ${type} 2026-11-01`);
const limitOf = ({ resource, type }: Target) => uuidOf("ComponentUserUsageLimit", `${resource} ${type}`);
const policyOf = ({ offering }: Target) => uuidOf("OfferingUsagePolicy", `${offering} one`);
const part = (target: Target) => ({ componentUsage: usageOf(target), username: "someone", usage: "1" });
const aimed = ({ offering, type }: Target) => ({ scope: uuidOf("Offering", offering), applyToAll: true, componentLimits: [{ type, limit: "5" }] });

/** Who may do what: on things that they do not see, it is as if they were not there; on others, FORBIDDEN. */
const done: readonly Done[] = [
	...[
		["setUsage", (target: Target) => ({ resource: uuidOf("Resource", target.resource), usages: usages(target) })] as const,
		["setUsages", (target: Target) => [{ planPeriod: uuidOf("ResourcePlanPeriod", target.resource), usages: usages(target) }]] as const,
		["setUserUsage", part] as const,
		["setUserUsages", (target: Target) => [part(target)]] as const,
		["setResourcePlan", ({ resource, offering }: Target) => ({ resource: uuidOf("Resource", resource), plan: uuidOf("Plan", offering) })] as const,
		["setResourceState", ({ resource }: Target) => ({ resource: uuidOf("Resource", resource), state: "ERRED" })] as const,
	].map(([field, input]): Done => ({ root: "Mutation", field, input, sees: sees.usage, may: may.report })),
	{ root: "Mutation", field: "deleteComponentUsage", input: (target) => ({ uuid: usageOf(target) }), sees: sees.usage, may: may.staff },
	{
		root: "Mutation",
		field: "createComponentUserUsageLimit",
		input: ({ resource, offering, type, customer }) => ({
			resource: uuidOf("Resource", resource),
			component: uuidOf("OfferingComponent", `${offering} ${type}`),
			user: uuidOf("OfferingUser", `${customer === "north" ? "ann" : "sven"} ${offering}`),
			limit: "1",
		}),
		permitted: "ALREADY_EXISTS",
		sees: sees.usage,
		may: may.limit,
	},
	{ root: "Mutation", field: "updateComponentUserUsageLimit", input: (target) => ({ uuid: limitOf(target), limit: "1" }), sees: sees.usage, may: may.limit },
	{ root: "Mutation", field: "deleteComponentUserUsageLimit", input: (target) => ({ uuid: limitOf(target) }), sees: sees.usage, may: may.limit },
	{
		root: "Mutation",
		field: "createOfferingUsagePolicy",
		input: (target) => ({ ...aimed(target), actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] }),
		sees: sees.policy,
		may: may.policies,
	},
	{
		root: "Mutation",
		field: "updateOfferingUsagePolicy",
		input: (target) => ({ uuid: policyOf(target), period: "TOTAL" }),
		sees: sees.policy,
		may: may.policies,
	},
	{ root: "Mutation", field: "deleteOfferingUsagePolicy", input: (target) => ({ uuid: policyOf(target) }), sees: sees.policy, may: may.policies },
	{ root: "Query", field: "previewOfferingUsagePolicy", input: aimed, sees: sees.policy, may: may.policies },
	{
		root: "Mutation",
		field: "createResource",
		input: ({ project, offering }) => ({ name: "new", offering: uuidOf("Offering", offering), project: uuidOf("Project", project) }),
		sees: sees.project,
		may: may.limit,
	},
	{
		root: "Mutation",
		field: "createResource",
		input: ({ project }) => ({ name: "new", offering: uuidOf("Offering", "draft"), project: uuidOf("Project", project) }),
		permitted: "OFFERING_NOT_ACTIVE",
		sees: (viewer, target) => viewer.row.offerings.split(" ").includes("draft") && sees.project(viewer, target),
		may: may.limit,
	},
	{
		root: "Mutation",
		field: "updateCustomer",
		input: ({ customer }) => ({ uuid: uuidOf("Customer", customer), blocked: true }),
		sees: sees.customer,
		may: may.staff,
	},
	{ root: "Query", field: "categoryComponentUsages", input: ({ project }) => nodeId("Project", uuidOf("Project", project)), sees: sees.totals, may: may.read },
	{
		root: "Query",
		field: "categoryComponentUsage",
		input: ({ project, offering }) => {
			const unit = uuidOf("CategoryComponent", offering === "storage" ? "disks" : "machines");
			return Buffer.from(`CategoryComponentUsage:Project:${uuidOf("Project", project)}:${unit}:2026-11-01`).toString("base64");
		},
		sees: sees.totals,
		may: may.read,
	},
];

/** The root fields that are looked at here, as "Type.field". */
export const doneFields: readonly string[] = done.map(({ root, field }) => `${root}.${field}`);

function documentOf({ root, field }: Done): string {
	const definition = typeNamed(root).getFields()[field];
	const [arg] = definition?.args.filter(({ name }) => ["input", "scope", "id"].includes(name)) ?? [];
	if (definition === undefined || arg === undefined) throw new Error(`${root}.${field} takes no input.`);
	return `${root.toLowerCase()} ($input: ${arg.type}) { answer: ${field}(${arg.name}: $input) ${everythingOf(getNamedType(definition.type))} }`;
}

/** Where what the viewer may do is not what the rules say. Nothing that is done stays: `send` undoes it. */
export async function refusalsFor(send: Send, viewer: Viewer, isLookedAt: (field: string) => boolean = () => true): Promise<Difference[]> {
	const differences: Difference[] = [];
	for (const one of done.filter(({ field }) => isLookedAt(field))) {
		for (const target of targets) {
			const isSeen = one.sees(viewer, target);
			const isStaff = viewer.name === "staff";
			const expected = !isSeen ? "NOT_FOUND" : isStaff || one.may(viewer, target) ? (one.permitted ?? "done") : "FORBIDDEN";
			const { data, errors } = await send(viewer.name, documentOf(one), { input: one.input(target) });
			const answer = data?.answer;
			const refusal = Object.entries(answer ?? {}).find(([key]) => /Error_code$/.test(key))?.[1];
			const read = errors?.[0]?.extensions.code ?? refusal ?? (answer == null ? "nothing" : "done");
			if (read !== expected) differences.push({ where: `${viewer.name} ${one.field} on ${target.is}, ${target.resource}`, expected, read });
		}
	}
	return differences;
}
