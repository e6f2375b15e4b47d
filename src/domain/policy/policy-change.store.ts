import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { PolicyRequest } from "./policy-request.ts";

/** The offering that a policy watches. */
export interface PolicyScope {
	readonly offeringUuid: string;
	readonly providerUuid: string;
	/** Where the offering was imported from; null where it was made here. */
	readonly sourceId: number | null;
}

/** The offering, if the viewer sees its policies: the provider's side, staff and support. */
export async function policyScope(queries: Queries, viewer: Viewer, offeringUuid: string): Promise<PolicyScope | undefined> {
	const [scope] = await queries.rows<PolicyScope>(sql`
		select o."uuid" as "offeringUuid", o."providerUuid", o."sourceId" from (select *, "uuid" as "scopeUuid" from "Offering") o
		where o."uuid" = ${offeringUuid}::uuid and ${visibility.OfferingUsagePolicy(viewer, sql`o`)}
	`);
	return scope;
}

/** A stored policy, whole. */
export type StoredPolicy = PolicyRequest & PolicyScope & { readonly uuid: string };

/** The policy, if the viewer sees it. */
export async function storedPolicy(queries: Queries, viewer: Viewer, uuid: string): Promise<StoredPolicy | undefined> {
	const [policy] = await queries.rows<StoredPolicy>(sql`
		select p."uuid", p."scopeUuid" as "offeringUuid", o."providerUuid", o."sourceId", p."actions"::text[] as "actions", p."externalUserEmails", p."applyToAll",
			p."period"::text as "period", coalesce((
				select json_agg(g."organizationGroupUuid") from "OfferingUsagePolicyGroup" g where g."policyUuid" = p."uuid"
			), '[]') as "organizationGroups", coalesce((
				select json_agg(json_build_object('type', c."type", 'limit', l."limit"::text))
				from "OfferingUsagePolicyComponentLimit" l join "OfferingComponent" c on c."uuid" = l."componentUuid" where l."policyUuid" = p."uuid"
			), '[]') as "componentLimits"
		from "OfferingUsagePolicy" p join "Offering" o on o."uuid" = p."scopeUuid"
		where p."uuid" = ${uuid}::uuid and ${visibility.OfferingUsagePolicy(viewer, sql`p`)}
	`);
	return policy;
}

/** The types of the offering's components. */
export async function typesOf(queries: Queries, offeringUuid: string): Promise<string[]> {
	const rows = await queries.rows<{ type: string }>(sql`select "type" from "OfferingComponent" where "offeringUuid" = ${offeringUuid}::uuid`);
	return rows.map(({ type }) => type);
}

/** Stores a new policy and returns its uuid. */
export async function addPolicy(tx: Queries, offeringUuid: string, policy: PolicyRequest, createdByUuid: string, now: Date): Promise<string> {
	const [added] = await tx.rows<{ uuid: string }>(sql`
		insert into "OfferingUsagePolicy" ("scopeUuid", "actions", "externalUserEmails", "applyToAll", "period", "createdByUuid", "created", "modified")
		values (
			${offeringUuid}::uuid, ${[...new Set(policy.actions)]}::text[]::"PolicyAction"[], ${[...policy.externalUserEmails]}::text[], ${policy.applyToAll},
			${policy.period}::"PolicyPeriod", ${createdByUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz
		)
		returning "uuid"
	`);
	if (added === undefined) throw new Error("A policy was not stored.");
	await addParts(tx, added.uuid, offeringUuid, policy);
	return added.uuid;
}

/** Stores the policy as it is to be. */
export async function changePolicy(tx: Queries, { uuid, offeringUuid, ...policy }: StoredPolicy, now: Date): Promise<void> {
	await tx.rows(sql`
		update "OfferingUsagePolicy" set "actions" = ${[...new Set(policy.actions)]}::text[]::"PolicyAction"[], "externalUserEmails" = ${[...policy.externalUserEmails]}::text[],
			"applyToAll" = ${policy.applyToAll}, "period" = ${policy.period}::"PolicyPeriod", "modified" = ${now}::timestamptz
		where "uuid" = ${uuid}::uuid
	`);
	await tx.rows(sql`delete from "OfferingUsagePolicyGroup" where "policyUuid" = ${uuid}::uuid`);
	await tx.rows(sql`delete from "OfferingUsagePolicyComponentLimit" where "policyUuid" = ${uuid}::uuid`);
	await addParts(tx, uuid, offeringUuid, policy);
}

/** Puts in the groups and limits of a policy that has none. */
async function addParts(tx: Queries, uuid: string, offeringUuid: string, { organizationGroups, componentLimits }: PolicyRequest): Promise<void> {
	await tx.rows(sql`
		insert into "OfferingUsagePolicyGroup" ("policyUuid", "organizationGroupUuid")
		select distinct ${uuid}::uuid, named from unnest(${[...organizationGroups]}::uuid[]) named
	`);
	await tx.rows(sql`
		insert into "OfferingUsagePolicyComponentLimit" ("policyUuid", "componentUuid", "offeringUuid", "limit")
		select ${uuid}::uuid, c."uuid", c."offeringUuid", asked."limit"
		from unnest(${componentLimits.map(({ type }) => type)}::text[], ${componentLimits.map(({ limit }) => limit)}::numeric[]) asked ("type", "limit")
		join "OfferingComponent" c on c."offeringUuid" = ${offeringUuid}::uuid and c."type" = asked."type"
	`);
}

/** Deletes the policy; its firings stay without it, and are found by its uuid and its audience as before. */
export async function deletePolicy(tx: Queries, uuid: string, now: Date): Promise<void> {
	await tx.rows(sql`
		insert into "DeletedPolicy" ("uuid", "offeringUuid", "applyToAll", "organizationGroupUuids", "deleted")
		select p."uuid", p."scopeUuid", p."applyToAll", array(
			select g."organizationGroupUuid" from "OfferingUsagePolicyGroup" g where g."policyUuid" = p."uuid" order by 1
		), ${now}::timestamptz
		from "OfferingUsagePolicy" p
		where p."uuid" = ${uuid}::uuid and exists (select from "PolicyFiring" f where f."policyUuid" = p."uuid")
		on conflict ("uuid") do update set
			"applyToAll" = excluded."applyToAll", "organizationGroupUuids" = excluded."organizationGroupUuids", "deleted" = excluded."deleted"
	`);
	await tx.rows(sql`update "PolicyFiring" set "deletedPolicyUuid" = "policyUuid", "policyUuid" = null where "policyUuid" = ${uuid}::uuid`);
	await tx.rows(sql`delete from "OfferingUsagePolicy" where "uuid" = ${uuid}::uuid`);
}
