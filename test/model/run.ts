import { randomUUID } from "node:crypto";
import { sql } from "../../src/database/sql.ts";
import type { Answer, Data } from "../support/gateway.ts";
import { firingsOf, limitAnswer, partAnswer, policyAnswer, reportAnswer, resourceAnswer, type Turn } from "./answers.ts";
import type { Command, Pick } from "./commands.ts";
import { importAll, nameCarried, turn } from "./commands-without-api.ts";
import { type MutationName, mutations } from "./documents.ts";
import type { Harness } from "./harness.ts";
import type { CustomerRecord, UsageRecord } from "./imports.ts";
import { accountUuid, audienceOf, componentUuid, limitText, nobody, partInput, picked, reportInput, usageText, uuidOf } from "./inputs.ts";
import { createLimit, deleteLimit, setUserUsages, updateLimit } from "./limits.ts";
import * as lives from "./lives.ts";
import { later, startOf } from "./months.ts";
import { createPolicy, deletePolicy, updatePolicy } from "./policies.ts";
import type { Refused } from "./refusals.ts";
import { type Report, setUsages } from "./reports.ts";
import { type PolicyRequest, thisMonth, usageOf, type World } from "./world.ts";

type Kind = Command["kind"];
type Run<Of extends Kind> = (harness: Harness, world: World, command: Extract<Command, { kind: Of }>) => Promise<Turn[]>;

/** Sends the mutation; what the model makes of it is told in the form of the answer. */
async function mutate(
	harness: Harness,
	world: World,
	name: MutationName,
	input: Data | readonly Data[],
	expectedOf: (answer: Answer) => Refused | Data,
	variables: Data = {},
): Promise<Turn[]> {
	const { result } = await harness.ask(world.now, mutations[name], { input, ...variables });
	const expected = expectedOf(result);
	const __typename = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Payload`;
	const turn = { asked: { at: world.now, [name]: input, ...variables }, answered: plain(result), expected: plain({ __typename, ...expected }) };
	await nameCarried(harness, world); // what the first write of a month carried over
	return [turn];
}

/** Objects without prototype and dates become what JSON makes of them. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const runs: { readonly [Of in Kind]: Run<Of> } = {
	report: (harness, world, command) => report(harness, world, reportInput(world, command)),
	reports: (harness, world, { reports, partial, again }) => {
		const sent = reports.map((command) => reportInput(world, command));
		const mended = sent.slice(0, again ? 1 : 0).map((first) => ({ ...first, usages: first.usages.map((usage) => ({ ...usage, amount: "1" })) }));
		const inputs = [...sent, ...mended];
		const expectedOf = (answer: Answer) => {
			const uuids = (answer.results ?? []).map((result: Answer) => uuidsOf(result.componentUsages));
			const expected = setUsages(world, inputs, { partial, indexed: true }, uuids);
			if ("code" in expected) return expected;
			const results = expected.results.map((result) => ({ __typename: "SetUsagePayload", ...reportAnswer(world, result) }));
			return { results, firings: firingsOf(world, expected.firings) };
		};
		return mutate(harness, world, "setUsages", inputs.map((input) => ({ ...input })), expectedOf, { partial }); // biome-ignore format: one call
	},
	correct: async (harness, world, { usage: pick, amount, recurring }) => {
		const usage = picked(world.usages, pick);
		if (usage === undefined) return [];
		const usages = [{ type: usage.type, amount: usageText(world, usage.resource, usage.type, amount), recurring }];
		return report(harness, world, { resource: usage.resource.uuid, usages });
	},
	part: (harness, world, command) => {
		const input = partInput(world, command);
		return mutate(harness, world, "setUserUsage", { ...input }, (answer) => {
			const expected = setUserUsages(world, [input], false, uuidsOf([answer.componentUserUsage]));
			return "code" in expected ? expected : { componentUserUsage: expected.map(partAnswer)[0] };
		});
	},
	parts: (harness, world, { parts }) => {
		const inputs = parts.map((command) => partInput(world, command));
		return mutate(harness, world, "setUserUsages", inputs.map((input) => ({ ...input })), (answer) => {
			const expected = setUserUsages(world, inputs, true, uuidsOf(answer.componentUserUsages));
			return "code" in expected ? expected : { componentUserUsages: expected.map(partAnswer) };
		}); // biome-ignore format: one call
	},
	deleteUsage: (harness, world, { usage }) => {
		const uuid = uuidOf(world.usages, usage);
		return mutate(harness, world, "deleteComponentUsage", { uuid }, () => {
			const expected = lives.deleteUsage(world, uuid);
			return "code" in expected ? expected : { uuid, firings: firingsOf(world, expected.firings) };
		});
	},
	createLimit: (harness, world, { onUsage, resource: pick, component, user, limit }) => {
		const usage = onUsage ? picked(world.usages, pick) : undefined;
		const resource = usage?.resource.uuid ?? uuidOf(world.resources, pick);
		const input = { resource, component: componentUuid(world, usage?.type ?? component), user: accountUuid(world, user), limit };
		return mutate(harness, world, "createComponentUserUsageLimit", input, (answer) =>
			limitAnswer(createLimit(world, input, answer.componentUserUsageLimit?.uuid)),
		);
	},
	updateLimit: (harness, world, { limit, changes }) => {
		const uuid = uuidOf(world.limits, limit);
		const input = {
			...(changes.component === undefined ? {} : { component: componentUuid(world, changes.component) }),
			...(changes.user === undefined ? {} : { user: accountUuid(world, changes.user) }),
			...(changes.amount === undefined ? {} : { limit: changes.amount }),
			...(changes.resource === undefined ? {} : { resource: uuidOf(world.resources, changes.resource) }),
		};
		return mutate(harness, world, "updateComponentUserUsageLimit", { uuid, ...input }, () => limitAnswer(updateLimit(world, uuid, input)));
	},
	deleteLimit: (harness, world, { limit }) => {
		const uuid = uuidOf(world.limits, limit);
		return mutate(harness, world, "deleteComponentUserUsageLimit", { uuid }, () => deleteLimit(world, uuid) ?? { uuid });
	},
	createPolicy: (harness, world, { actions, emails, audience, period, limits }) => {
		const to = audienceOf(world, audience);
		const request: PolicyRequest = { actions, emails, period, ...to, componentLimits: limits.map((limit) => limitText(world, { period, ...to }, limit)) };
		const input = { scope: world.offering, actions, options: { externalUserEmails: emails }, ...to, period, componentLimits: request.componentLimits };
		return mutate(harness, world, "createOfferingUsagePolicy", input, (answer) =>
			policyAnswer(world, createPolicy(world, world.offering, request, answer.offeringUsagePolicy?.uuid)),
		);
	},
	updatePolicy: (harness, world, { policy: pick, changes }) => {
		const policy = picked(world.policies, pick);
		const to = changes.audience === undefined ? {} : audienceOf(world, changes.audience);
		const { actions, emails, period, limits } = changes;
		const change: Partial<PolicyRequest> = { ...to, ...(actions && { actions }), ...(emails && { emails }), ...(period && { period }) };
		const aim = { period: "ONE_MONTH" as const, applyToAll: true, organizationGroups: [], ...policy?.request, ...change };
		const wanted = limits === undefined ? change : { ...change, componentLimits: limits.map((limit) => limitText(world, aim, limit)) };
		const { emails: externalUserEmails, ...rest } = wanted;
		const input = { uuid: policy?.uuid ?? nobody, ...rest, ...(externalUserEmails && { options: { externalUserEmails } }) };
		return mutate(harness, world, "updateOfferingUsagePolicy", input, () => policyAnswer(world, updatePolicy(world, input.uuid, wanted)));
	},
	deletePolicy: (harness, world, { policy }) => {
		const uuid = uuidOf(world.policies, policy);
		return mutate(harness, world, "deleteOfferingUsagePolicy", { uuid }, () => {
			const expected = deletePolicy(world, uuid);
			return "code" in expected ? expected : { uuid, firings: firingsOf(world, expected.firings) };
		});
	},
	customer: (harness, world, { customer, changes: { groups, ...flags } }) => {
		const uuid = uuidOf(world.customers, customer);
		const change = { ...flags, ...(groups && { organizationGroups: audienceOf(world, groups).organizationGroups }) };
		return mutate(harness, world, "updateCustomer", { uuid, ...change }, () => {
			const expected = lives.updateCustomer(world, uuid, change);
			if ("code" in expected) return expected;
			const { blocked, archived, groups: joined } = expected.customer;
			const organizationGroups = world.groups.filter((group) => joined.has(group)).map((group) => ({ uuid: group }));
			return { customer: { uuid, blocked, archived, organizationGroups }, firings: firingsOf(world, expected.firings) };
		});
	},
	project: async ({ database }, world, { customer: pick, isRemoved }) => {
		const customer = picked(world.customers, pick);
		if (customer === undefined) return [];
		customer.projectIsRemoved = isRemoved;
		await database.rows(sql`update "Project" set "isRemoved" = ${isRemoved} where "uuid" = ${customer.project}::uuid`);
		return [];
	},
	createResource: (harness, world, { customer }) => {
		const project = picked(world.customers, customer)?.project ?? nobody;
		const input = { name: "Resource", offering: world.offering, project, plan: world.plan };
		return mutate(harness, world, "createResource", input, ({ resource }) => resourceAnswer(lives.createResource(world, project, resource?.uuid)));
	},
	setState: (harness, world, { resource, state }) => {
		const input = { resource: uuidOf(world.resources, resource), state };
		return mutate(harness, world, "setResourceState", input, (answer) =>
			resourceAnswer(lives.setResourceState(world, input.resource, state, newPeriod(world, answer))),
		);
	},
	setPlan: (harness, world, { resource, plan }) => {
		const input = { resource: uuidOf(world.resources, resource), plan: { first: world.plan, second: world.otherPlan, nowhere: nobody }[plan] };
		return mutate(harness, world, "setResourcePlan", input, (answer) =>
			resourceAnswer(lives.setResourcePlan(world, input.resource, input.plan, newPeriod(world, answer))),
		);
	},
	wait: async (harness, world, { until, turns }) => {
		const month = thisMonth(world);
		const day = 86_400_000;
		const leap = typeof until === "object" && "months" in until ? until.months : 0;
		if (until === "endOfMonth") world.now = new Date(startOf(later(month, 1)).getTime() - 1_000);
		else if ("minutes" in until) world.now = new Date(world.now.getTime() + until.minutes * 60_000);
		else world.now = new Date(startOf(later(month, leap)).getTime() + (until.at === "middle" ? 14 * day : 0));
		return turns ? turn(harness, world) : [];
	},
	turn: (harness, world) => turn(harness, world),
	import: (harness, world, { usages, customers }) => {
		const customerRecords = customers.map(({ customer, blocked, archived, groups }): CustomerRecord => {
			const uuid = uuidOf(world.customers, customer);
			const name = ["A", "B", "C"][world.customers.findIndex((known) => known.uuid === uuid)] ?? "";
			return { uuid, name, abbreviation: "", blocked, archived, organization_groups: audienceOf(world, groups).organizationGroups.map((group) => ({ uuid: group })) }; // biome-ignore format: a record
		});
		const usageRecords = usages.map(({ resource: pick, type, month: by, amount, recurring, isNew }): UsageRecord => {
			const resource = picked(world.resources, pick);
			const month = later(thisMonth(world), by);
			const present = resource === undefined || isNew ? undefined : usageOf(world, resource, type, month);
			const text = resource === undefined ? "1" : usageText(world, resource, type, amount, month);
			const moment = { date: world.now.toISOString(), billing_period: month };
			return { uuid: present?.uuid ?? randomUUID(), resource_uuid: resource?.uuid ?? nobody, type, usage: text, ...moment, recurring, description: "imported" };
		});
		// Two of one month are summed, which test/import/summed-usages.test.ts looks at.
		const keyOf = ({ resource_uuid, type, billing_period }: UsageRecord) => `${resource_uuid} ${type} ${billing_period}`;
		const single = usageRecords.filter((record, index) => usageRecords.findIndex((other) => keyOf(other) === keyOf(record)) === index);
		return importAll(harness, world, customerRecords, single);
	},
};

/** What a command points at; one that points at something of which there is nothing yet says nothing. */
const pointsAt: { readonly [Of in Kind]?: (world: World, command: Extract<Command, { kind: Of }>) => readonly [Pick, readonly unknown[]] } = {
	part: ({ usages }, { usage }) => [usage, usages],
	deleteUsage: ({ usages }, { usage }) => [usage, usages],
	updateLimit: ({ limits }, { limit }) => [limit, limits],
	deleteLimit: ({ limits }, { limit }) => [limit, limits],
	updatePolicy: ({ policies }, { policy }) => [policy, policies],
	deletePolicy: ({ policies }, { policy }) => [policy, policies],
};

/** Plays one command on both. */
export async function run(harness: Harness, world: World, command: Command): Promise<Turn[]> {
	const [pick, items] = pointsAt[command.kind]?.(world, command as never) ?? [-1, []];
	return pick >= 0 && items.length === 0 ? [] : runs[command.kind](harness, world, command as never);
}

/** The uuid of the plan period in the answer that was not there before; none when there is no such one. */
function newPeriod(world: World, { resource }: Answer): string {
	const known = new Set(world.resources.flatMap(({ periods }) => periods.map(({ uuid }) => uuid)));
	return resource?.planPeriods.nodes.find(({ uuid }: Answer) => !known.has(uuid))?.uuid ?? "";
}

const uuidsOf = (objects: readonly ({ uuid: string } | undefined)[] = []): string[] => objects.map((object) => object?.uuid ?? "");

function report(harness: Harness, world: World, input: Report): Promise<Turn[]> {
	return mutate(harness, world, "setUsage", { ...input }, (answer) => {
		const expected = setUsages(world, [input], { partial: false, indexed: false }, [uuidsOf(answer.componentUsages)]);
		const [result] = "code" in expected ? [expected] : expected.results;
		if (result === undefined) throw new Error("A report was neither stored nor refused.");
		return reportAnswer(world, result);
	});
}
