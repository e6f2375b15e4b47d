import type { TableImport } from "../list.ts";
import { absent, asGiven, created } from "../sql-text.ts";

/** A policy with a part that points at nothing is refused as a whole: with less of it, it would be another policy. */
const policy: TableImport = {
	table: "OfferingUsagePolicy",
	sourced: true,
	key: ["uuid"],
	incoming: {
		uuid: "uuid",
		scopeUuid: "uuid",
		actions: `"PolicyAction"[]`,
		externalUserEmails: "text[]",
		applyToAll: "boolean",
		period: `"PolicyPeriod"`,
		hasFired: "boolean",
		firedDatetime: "timestamptz",
		createdBy: "text",
		created: "timestamptz",
		groups: "uuid[]",
		types: "text[]",
		limits: "jsonb",
	},
	columns: {
		...asGiven("uuid", "scopeUuid", "actions", "externalUserEmails", "applyToAll", "period", "hasFired", "firedDatetime"),
		createdByUuid: `author."uuid"`,
		created,
	},
	onCreation: ["hasFired", "firedDatetime", "created"],
	joins: `left join "Offering" offering on offering."uuid" = i."scopeUuid"
	left join "User" author on author."username" = i."createdBy"
	left join "OfferingUsagePolicy" stored on stored."uuid" = i."uuid"
	left join lateral (
		select string_agg(g::text, ', ') as missing from unnest(i."groups") g where not exists (select from "OrganizationGroup" o where o."uuid" = g)
	) groups on true
	left join lateral (
		select string_agg(t, ', ') as missing from unnest(i."types") t
		where not exists (select from "OfferingComponent" c where c."offeringUuid" = i."scopeUuid" and c."type" = t)
	) types on true
	left join lateral (
		select array_agg(same."uuid" order by same."uuid") as "uuids" from "OfferingUsagePolicy" same
		where stored."uuid" is null and same."scopeUuid" = i."scopeUuid" and same."period" = i."period" and same."applyToAll" = i."applyToAll"
			and same."actions" @> i."actions" and same."actions" <@ i."actions"
			and same."externalUserEmails" @> i."externalUserEmails" and same."externalUserEmails" <@ i."externalUserEmails"
			and i."groups" @> (select coalesce(array_agg(g."organizationGroupUuid"), '{}') from "OfferingUsagePolicyGroup" g where g."policyUuid" = same."uuid")
			and i."groups" <@ (select coalesce(array_agg(g."organizationGroupUuid"), '{}') from "OfferingUsagePolicyGroup" g where g."policyUuid" = same."uuid")
			and (select jsonb_object_agg(l."type", l."limit") from jsonb_each_text(i."limits") given ("type", "limit") cross join lateral (
				select given."type", given."limit"::numeric as "limit"
			) l) = (
				select jsonb_object_agg(c."type", l."limit") from "OfferingUsagePolicyComponentLimit" l join "OfferingComponent" c on c."uuid" = l."componentUuid"
				where l."policyUuid" = same."uuid"
			)
	) same on true`,
	problems: [
		absent("offering", "scope_uuid", "an offering", "scopeUuid"),
		{ when: `stored."scopeUuid" <> i."scopeUuid"`, field: "scope_uuid", reason: `'cannot change: the policy watches ' || stored."scopeUuid"` },
		{ when: "groups.missing is not null", field: "organization_groups", reason: `'points at organization groups that do not exist: ' || groups.missing` },
		{ when: "types.missing is not null", field: "component_limits_set", reason: `'limits components that the offering does not have: ' || types.missing` },
	],
	sameAs: { uuids: `same."uuids"`, whenBoth: "apart", reason: "is the same policy as another one", decidedLast: true },
	distinct: [["uuid"]],
	modified: true,
};

const groups: TableImport = {
	table: "OfferingUsagePolicyGroup",
	key: ["policyUuid", "organizationGroupUuid"],
	incoming: { policyUuid: "uuid", organizationGroupUuid: "uuid" },
	columns: asGiven("policyUuid", "organizationGroupUuid"),
	distinct: [["policyUuid", "organizationGroupUuid"]],
	modified: false,
	owner: "policyUuid",
};

const limits: TableImport = {
	table: "OfferingUsagePolicyComponentLimit",
	key: ["policyUuid", "componentUuid"],
	incoming: { policyUuid: "uuid", type: "text", limit: "numeric" },
	columns: { ...asGiven("policyUuid", "limit"), componentUuid: `component."uuid"`, offeringUuid: `policy."scopeUuid"` },
	joins: `join "OfferingUsagePolicy" policy on policy."uuid" = i."policyUuid"
	join "OfferingComponent" component on component."offeringUuid" = policy."scopeUuid" and component."type" = i."type"`,
	distinct: [["policyUuid", "type"]],
	modified: false,
	owner: "policyUuid",
};

/** Tables of a policy, in the order in which they are written. */
export const policyTables: readonly TableImport[] = [policy, groups, limits];
