import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import type { Answer } from "../support/gateway.ts";
import { printed, sum } from "./amounts.ts";
import { policyFields, type Turn } from "./answers.ts";
import { attempts, figures, firingsOfCustomer } from "./documents.ts";
import type { Harness } from "./harness.ts";
import { zone } from "./months.ts";
import { evaluate, firingsAimedAt, isBlocked } from "./policies.ts";
import { turnMonth } from "./turns.ts";
import { byUuid, componentOf, type Firing, type Limit, thisMonth, type World } from "./world.ts";

/** Everything that is stored of the sequence, one table after the other, and in the model: what is left in the end. */
export async function compareStored({ database }: Harness, world: World): Promise<Turn> {
	const [row] = await database.rows<{ stored: unknown }>(sql`
		select json_build_object(
			'usages', (select coalesce(json_agg(json_build_object(
				'uuid', u."uuid", 'resource', u."resourceUuid", 'customer', u."customerUuid", 'type', u."type", 'usage', trim_scale(u."usage")::text,
				'month', u."billingPeriod", 'date', to_char(u."date" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'recurring', u."recurring",
				'description', u."description", 'planPeriod', u."planPeriodUuid", 'modifiedBy', m."username",
				'parts', (select coalesce(json_agg(json_build_object('uuid', p."uuid", 'username', p."username", 'usage', trim_scale(p."usage")::text, 'user', p."userUuid") order by p."username"), '[]')
					from "ComponentUserUsage" p where p."componentUsageUuid" = u."uuid")
			) order by u."uuid"), '[]') from "ComponentUsage" u left join "User" m on m."uuid" = u."modifiedByUuid"),
			'resources', (select json_agg(json_build_object('uuid', r."uuid", 'state', r."state", 'plan', r."planUuid", 'currentUsages', r."currentUsages", 'periods', (
				select coalesce(json_agg(json_build_object('uuid', p."uuid", 'plan', p."planUuid", 'end', to_char(p."end" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by p."uuid"), '[]')
				from "ResourcePlanPeriod" p where p."resourceUuid" = r."uuid"
			)) order by r."uuid") from "Resource" r),
			'limits', (select coalesce(json_agg(json_build_object('uuid', l."uuid", 'resource', l."resourceUuid", 'component', l."componentUuid", 'user', l."userUuid",
				'limit', trim_scale(l."limit")::text) order by l."uuid"), '[]') from "ComponentUserUsageLimit" l),
			'firings', (select coalesce(json_agg(json_build_object('policy', f."policyUuid", 'kind', f."kind", 'cause', f."causeUuid",
				'created', to_char(f."created" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'windowStart', f."windowStart", 'windowEnd', f."windowEnd",
				'breaches', (select coalesce(json_agg(json_build_object('type', c."type", 'used', trim_scale(b."used")::text, 'limit', b."limit"::text) order by c."type"), '[]')
					from "PolicyFiringBreach" b join "OfferingComponent" c on c."uuid" = b."componentUuid" where b."firingUuid" = f."uuid")
			) order by e."xid", e."id"), '[]') from "PolicyFiring" f left join "LogEntry" e on e."policyFiringUuid" = f."uuid"),
			'entries', (select count(*) from "LogEntry" where "policyFiringUuid" is not null),
			'months', (select coalesce(json_agg(t."billingPeriod" order by t."billingPeriod"), '[]') from "MonthTurn" t where t."offeringUuid" = ${world.offering}::uuid),
			'customers', (select json_agg(json_build_object('uuid', c."uuid", 'blocked', c."blocked", 'archived', c."archived", 'groups', (
				select coalesce(json_agg(g."organizationGroupUuid" order by g."organizationGroupUuid"), '[]') from "CustomerOrganizationGroup" g where g."customerUuid" = c."uuid"
			)) order by c."uuid") from "Customer" c where c."name" <> 'Provider')
		) as "stored"
	`);
	return { asked: "all that is stored", answered: row?.stored, expected: JSON.parse(JSON.stringify(modelled(world))) };
}

const modelled = (world: World) => ({
	usages: byUuid(world.usages).map(({ resource, amount, parts, uuid, type, month, date, recurring, description, planPeriod, modifiedBy }) => ({
		...{ uuid, resource: resource.uuid, customer: resource.customer.uuid, type, usage: printed(amount), month, date },
		...{ recurring, description, planPeriod, modifiedBy },
		parts: [...parts.values()]
			.sort((one, other) => (one.username < other.username ? -1 : 1))
			.map((part) => ({ uuid: part.uuid, username: part.username, usage: printed(part.amount), user: part.user })),
	})),
	resources: byUuid(world.resources).map(({ uuid, state, plan, currentUsages, periods }) => ({
		uuid,
		state,
		plan,
		currentUsages: Object.fromEntries([...currentUsages].map(([type, amount]) => [type, printed(amount)])),
		periods: byUuid(periods).map((period) => ({ uuid: period.uuid, plan: period.plan, end: period.end })),
	})),
	limits: byUuid(world.limits).map(({ uuid, resource, component, user, amount }) => ({
		uuid,
		resource: resource.uuid,
		component,
		user,
		limit: printed(amount),
	})),
	firings: world.firings,
	entries: world.firings.length,
	months: [...world.turned].sort(),
	customers: byUuid(world.customers).map(({ uuid, blocked, archived, groups }) => ({ uuid, blocked, archived, groups: [...groups].sort() })),
});

/** Whether what belongs to a project says so, where it does not. */
export async function compareRemoved({ database }: Harness): Promise<Turn> {
	const answered = await database.rows(sql`
		select held."uuid" from "Project" p join (
			select "uuid", "projectUuid", "projectIsRemoved" from "Resource" union all select "uuid", "projectUuid", "projectIsRemoved" from "ComponentUsage"
		) held on held."projectUuid" = p."uuid" and held."projectIsRemoved" <> p."isRemoved"
	`);
	return { asked: "what belongs to a project and does not say whether it is removed", answered, expected: [] };
}

/** The figures that are kept of the records: none differs from what is computed of them anew. */
export async function compareDerived({ database }: Harness, world: World): Promise<Turn> {
	return { asked: "the figures that are not what the records say", answered: await differencesIn(database, world.now, zone), expected: [] };
}

/** What is computed when it is read: the totals of policies, and what was reported for limited accounts this month. */
export async function compareFigures(harness: Harness, world: World): Promise<Turn> {
	const { offeringUsagePolicies, componentUserUsageLimits }: Answer = await harness.ask(world.now, figures, { offering: world.offering });
	const answered = { policies: byUuid(offeringUsagePolicies.nodes), limits: byUuid(componentUserUsageLimits.nodes) };
	const expected = {
		policies: byUuid(world.policies).map((policy) => policyFields(world, policy)),
		limits: byUuid(world.limits).map((limit) => ({ uuid: limit.uuid, used: usedBy(world, limit) })),
	};
	return { asked: "all that is computed", answered: JSON.parse(JSON.stringify(answered)), expected: JSON.parse(JSON.stringify(expected)) };
}

function usedBy(world: World, { resource, component, user }: Limit): string {
	const month = thisMonth(world);
	const usage = world.usages.find((other) => other.resource === resource && other.month === month && componentOf(world, other.type)?.uuid === component);
	return printed(sum([...(usage?.parts.values() ?? [])].filter((part) => part.user === user).map(({ amount }) => amount)));
}

/** Which firings are found by each customer. */
export async function compareFirings(harness: Harness, world: World): Promise<Turn> {
	const answered = [];
	for (const { uuid: customer } of world.customers) answered.push(await harness.ask(world.now, firingsOfCustomer, { offering: world.offering, customer }));
	const page = (firings: readonly Firing[]) => ({
		nodes: firings.map(({ kind, created, policy }) => ({ kind, created, policy: policy === null ? null : { uuid: policy } })),
	});
	const expected = world.customers.map((customer) => {
		const isCause = ({ cause }: Firing) => world.usages.some(({ uuid, resource }) => uuid === cause && resource.customer === customer);
		return { aimed: page(firingsAimedAt(world, customer)), caused: page(world.firings.filter(isCause).reverse()) };
	});
	return { asked: "each customer's firings", answered: JSON.parse(JSON.stringify(answered)), expected: JSON.parse(JSON.stringify(expected)) };
}

/** Whose resources are refused, for what they are or because of a policy. The last thing that is done: the others are created. */
export async function compareBlocks(harness: Harness, world: World): Promise<Turn> {
	const [first, second, third] = world.customers.map(({ project }) => ({ name: "Resource", offering: world.offering, project }));
	const answered: Answer = await harness.ask(world.now, attempts, { first, second, third });
	turnMonth(world, evaluate);
	return {
		asked: "a resource for each customer",
		answered: [answered.first, answered.second, answered.third].map(({ code }) => code ?? "created"),
		expected: world.customers.map((customer) => {
			if (customer.projectIsRemoved) return "NOT_FOUND";
			if (customer.blocked || customer.archived) return "CUSTOMER_BLOCKED";
			return isBlocked(world, customer) ? "BLOCKED_BY_POLICY" : "created";
		}),
	};
}
