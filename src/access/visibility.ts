import type { ModelName } from "../database/model.ts";
import { and, isOneOf, name, or, type Sql, sql } from "../database/sql.ts";
import { rolesOpening } from "./sight.ts";
import { customersOf, projectsOf, seesEverything, type Viewer } from "./viewer.ts";

/**
 * Which rows of a model a viewer sees (domain: "Who sees what"): the one place that says it. Every list, look-up, count,
 * sum and event takes its condition from here; `t` is the alias of the model's table in the statement.
 *
 * Who sees a row also sees the rows that it links to (a resource's project, a usage's component): these conditions
 * include that, and links are therefore followed without asking again.
 */
export type Visibility = (viewer: Viewer, t: Sql, parent?: KnownParent) => Sql;

/** A column that is known to be equal to an expression: a condition on that is looked at once, and not for each row. */
export interface KnownParent {
	readonly column: string;
	readonly expression: Sql;
}

/** Staff and support see all; for anyone else the condition decides. */
const everythingOr =
	(condition: Visibility): Visibility =>
	(viewer, t, parent) =>
		seesEverything(viewer) ? sql`true` : condition(viewer, t, parent);

const anySignedIn: Visibility = () => sql`true`;

/** Rows that carry their customer and project: the consumer's side. */
const consumed = (viewer: Viewer, t: Sql) => or([isOneOf(sql`${t}."customerUuid"`, customersOf(viewer)), isOneOf(sql`${t}."projectUuid"`, projectsOf(viewer))]);

/** Rows that carry customer, project and offering: either side. */
const eitherSide: Visibility = (viewer, t) => or([consumed(viewer, t), isOneOf(sql`${t}."offeringUuid"`, viewer.providedOfferings)]);

/** What belongs to a project that was removed is there for staff alone. */
export const unremoved: Visibility = (viewer, t) => (viewer.isStaff ? sql`true` : sql`not ${t}."projectIsRemoved"`);

/** Staff see all, support all that is not of a removed project; anyone else what of that is of their side. */
const used: Visibility = (viewer, t) => and([everythingOr(eitherSide)(viewer, t), unremoved(viewer, t)]);

/**
 * Conditions on rows that carry customer, project and offering, of which one holds of each that the viewer sees, and never two:
 * each has indexes, where what is of one side or of the other has none. They stand beside the visibility, never in its place.
 */
export const sidesOf = (viewer: Viewer, t: Sql): readonly Sql[] => {
	if (seesEverything(viewer) || viewer.providedOfferings.length === 0) return [sql`true`];
	const provided = isOneOf(sql`${t}."offeringUuid"`, viewer.providedOfferings);
	return [provided, and([consumed(viewer, t), sql`not ${provided}`])];
};

/** The row that `column` leads to is visible itself. */
const through =
	(table: string, column: string, visible: Visibility): Visibility =>
	(viewer, t, known) => {
		const parent = name(`${table} of ${column}`);
		const uuid = known?.column === column ? known.expression : sql`${t}.${name(column)}`;
		return sql`exists (select from ${name(table)} ${parent} where ${parent}."uuid" = ${uuid} and ${visible(viewer, parent)})`;
	};

/** Staff see all; for anyone else, support too, the condition decides. */
const staffOr =
	(condition: Visibility): Visibility =>
	(viewer, t, parent) =>
		viewer.isStaff ? sql`true` : condition(viewer, t, parent);

const componentUserUsage = staffOr(through("ComponentUsage", "componentUsageUuid", used));
const limit = staffOr(through("Resource", "resourceUuid", used));

/** The offering of that uuid is consumed where the viewer has a role. */
const consumes = (viewer: Viewer, offeringUuid: Sql) =>
	sql`exists (select from "Resource" consumed where consumed."offeringUuid" = ${offeringUuid} and ${consumed(viewer, sql`consumed`)} and ${unremoved(viewer, sql`consumed`)})`;

/** One of the groups is a group of a customer that the viewer belongs to. Which these are, is looked up once, and not for each row. */
const isMember = (viewer: Viewer, aims: Sql) => sql`exists (select from ${aims} where aimed."organizationGroupUuid" in (
	select belonging."organizationGroupUuid" from "CustomerOrganizationGroup" belonging where ${isOneOf(sql`belonging."customerUuid"`, customersOf(viewer))}
	union all
	select employing."organizationGroupUuid" from "Project" working join "CustomerOrganizationGroup" employing on employing."customerUuid" = working."customerUuid"
	where ${isOneOf(sql`working."uuid"`, projectsOf(viewer))}
))`;

/** The row is for everybody, or for the customers of groups that the viewer belongs to. A viewer without roles belongs to none. */
const isOffered =
	(table: string, column: string): Visibility =>
	(viewer, t) => {
		const aims = sql`(select * from ${name(table)} named where named.${name(column)} = ${t}."uuid") aimed`;
		const forAll = sql`(${t}."shared" and not exists (select from ${aims}))`;
		return or([forAll, ...(viewer.customerRoles.length + viewer.projectRoles.length === 0 ? [] : [isMember(viewer, aims)])]);
	};

/**
 * Active offerings are a public catalogue, as far as they are shared; any other is its provider's and its consumers', who hold
 * a resource or an account of it.
 */
const offering = everythingOr((viewer, t) =>
	or([
		and([sql`${t}."state" = 'ACTIVE'`, isOffered("OfferingOrganizationGroup", "offeringUuid")(viewer, t)]),
		isOneOf(sql`${t}."uuid"`, viewer.providedOfferings),
		consumes(viewer, sql`${t}."uuid"`),
		sql`exists (select from "OfferingUser" own where own."offeringUuid" = ${t}."uuid" and own."userUuid" = ${viewer.uuid}::uuid)`,
	]),
);

/** Plans are seen by those whom they are for among those who see the offering, by its provider, and by those whose resources run or ran under them. */
const plan = everythingOr((viewer, t) =>
	and([
		through("Offering", "offeringUuid", offering)(viewer, t),
		or([
			isOffered("PlanOrganizationGroup", "planUuid")(viewer, t),
			isOneOf(sql`${t}."offeringUuid"`, viewer.providedOfferings),
			sql`exists (select from "Resource" under where under."planUuid" = ${t}."uuid" and ${used(viewer, sql`under`)})`,
			sql`exists (
				select from "ResourcePlanPeriod" period join "Resource" ran on ran."uuid" = period."resourceUuid"
				where period."planUuid" = ${t}."uuid" and ${used(viewer, sql`ran`)}
			)`,
		]),
	]),
);

const project = staffOr((viewer, t) => and([sql`not ${t}."isRemoved"`, everythingOr(ownProject)(viewer, t)]));

const ownProject: Visibility = (viewer, t) =>
	or([isOneOf(sql`${t}."uuid"`, projectsOf(viewer)), isOneOf(sql`${t}."customerUuid"`, customersOf(viewer)), ...servedProjects(viewer, t)]);

/** Left out for viewers that provide nothing: beside a sub-query, even one that finds nothing, the other conditions would use no index. */
const servedProjects = (viewer: Viewer, t: Sql): Sql[] =>
	viewer.providedOfferings.length === 0
		? []
		: [
				sql`exists (select from "Resource" served where served."projectUuid" = ${t}."uuid" and ${isOneOf(sql`served."offeringUuid"`, viewer.providedOfferings)})`,
			];

/** A customer is seen by its own people, by the providers that serve it, and as the provider of an offering that is seen. */
const customer = everythingOr((viewer, t) =>
	or([
		isOneOf(sql`${t}."uuid"`, customersOf(viewer)),
		sql`exists (select from "Project" own where own."customerUuid" = ${t}."uuid" and ${isOneOf(sql`own."uuid"`, projectsOf(viewer))})`,
		sql`exists (
			select from "Resource" served
			where served."customerUuid" = ${t}."uuid" and ${isOneOf(sql`served."offeringUuid"`, viewer.providedOfferings)} and ${unremoved(viewer, sql`served`)}
		)`,
		sql`exists (select from "Offering" sold where sold."providerUuid" = ${t}."uuid" and ${offering(viewer, sql`sold`)})`,
	]),
);

/** Policies and all that shows them are the provider's own business. */
const policy = everythingOr((viewer, t) => isOneOf(sql`${t}."scopeUuid"`, viewer.providedOfferings));
/** Firings, and the notifications of them. */
const firing = everythingOr((viewer, t) => isOneOf(sql`${t}."offeringUuid"`, viewer.providedOfferings));

/** An account is seen by its provider, by its user, and by those who see a usage or a limit that names it. */
const offeringUser = everythingOr((viewer, t) =>
	or([
		isOneOf(sql`${t}."offeringUuid"`, viewer.providedOfferings),
		sql`${t}."userUuid" = ${viewer.uuid}::uuid`,
		sql`exists (select from "ComponentUserUsage" part where part."userUuid" = ${t}."uuid" and ${componentUserUsage(viewer, sql`part`)})`,
		sql`exists (select from "ComponentUserUsageLimit" bound where bound."userUuid" = ${t}."uuid" and ${limit(viewer, sql`bound`)})`,
		colleague(viewer, t),
	]),
);

/** Owners choose whose use of an offering to limit among the accounts of the people who hold a role in what they see. */
const colleague: Visibility = (viewer, t) => sql`(${consumes(viewer, sql`${t}."offeringUuid"`)} and exists (
	select from "ProjectRole" role join "Project" shared on shared."uuid" = role."projectUuid" and not shared."isRemoved"
	where role."userUuid" = ${t}."userUuid" and (role."expires" is null or role."expires" > ${viewer.asOf}::timestamptz)
		and (${isOneOf(sql`shared."customerUuid"`, customersOf(viewer))} or ${isOneOf(sql`shared."uuid"`, projectsOf(viewer))})
))`;

/** A person is seen by themselves, and by those who see an account, a usage record or a policy that names them. */
const user = everythingOr((viewer, t) =>
	or([
		sql`${t}."uuid" = ${viewer.uuid}::uuid`,
		sql`exists (select from "OfferingUser" account where account."userUuid" = ${t}."uuid" and ${offeringUser(viewer, sql`account`)})`,
		sql`exists (select from "ComponentUsage" reported where reported."modifiedByUuid" = ${t}."uuid" and ${used(viewer, sql`reported`)})`,
		sql`exists (select from "OfferingUsagePolicy" made where made."createdByUuid" = ${t}."uuid" and ${policy(viewer, sql`made`)})`,
	]),
);

/** Groups are what policies are aimed at: providers choose among all, others see those of their customers and the groups above. */
const organizationGroup = everythingOr((viewer, t) =>
	viewer.providedOfferings.length > 0
		? sql`true`
		: sql`${t}."uuid" in (
			with recursive seen as (
				select member."organizationGroupUuid" as "uuid" from "CustomerOrganizationGroup" member
				where ${isOneOf(sql`member."customerUuid"`, customersOf(viewer))}
				union
				select below."parentUuid" from "OrganizationGroup" below join seen on seen."uuid" = below."uuid" where below."parentUuid" is not null
			)
			select seen."uuid" from seen
		)`,
);

/** A person's own roles, while they count: not those that have expired, nor those of which this service does not know what they open. */
const ownRole =
	(on: "customer" | "project" | "offering"): Visibility =>
	(viewer, t) =>
		and([
			sql`${t}."userUuid" = ${viewer.uuid}::uuid`,
			sql`(${t}."expires" is null or ${t}."expires" > ${viewer.asOf}::timestamptz)`,
			sql`${t}."role"::text = any(${[...new Set([...rolesOpening("consumed", on), ...rolesOpening("provided", on)])]}::text[])`,
		]);

/** A role in a project that was removed counts for nothing either. */
const ownProjectRole: Visibility = (viewer, t) =>
	and([ownRole("project")(viewer, t), sql`exists (select from "Project" held where held."uuid" = ${t}."projectUuid" and not held."isRemoved")`]);

/** What each model's rows are seen by. A model that is not named here is never read for a viewer. */
export const visibility = {
	Category: anySignedIn,
	CategoryComponent: anySignedIn,
	ComponentUsage: used,
	ComponentUserUsage: componentUserUsage,
	ComponentUserUsageLimit: limit,
	Customer: customer,
	CustomerRole: ownRole("customer"),
	Notification: firing,
	Offering: offering,
	OfferingComponent: everythingOr(through("Offering", "offeringUuid", offering)),
	OfferingUsagePolicy: policy,
	OfferingRole: ownRole("offering"),
	OfferingUser: offeringUser,
	OrganizationGroup: organizationGroup,
	Plan: plan,
	PlanComponent: everythingOr(through("Plan", "planUuid", plan)),
	PolicyFiring: firing,
	Project: project,
	ProjectRole: ownProjectRole,
	Resource: used,
	ResourcePlanPeriod: staffOr(through("Resource", "resourceUuid", used)),
	User: user,
} satisfies Partial<Record<ModelName, Visibility>>;

/** A model whose rows viewers can ask for. */
export type VisibleModel = keyof typeof visibility;

export const isVisibleModel = (model: string): model is VisibleModel => Object.hasOwn(visibility, model);
