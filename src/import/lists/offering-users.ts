import { z } from "zod";
import { flag, nullableText, uuid } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { amount, optionalDecimal } from "../numbers.ts";
import { oneRow, recordParser } from "../parse.ts";
import { absent, asGiven, taken } from "../sql-text.ts";

/** Accounts of users at offerings. */
export const offeringUsers: ListImport = {
	name: "marketplace-offering-users",
	parse: recordParser({
		list: "marketplace-offering-users",
		links: ["offering", "user"],
		shape: z.object({ uuid, offering_uuid: uuid, user_uuid: uuid, username: nullableText(100), is_restricted: flag(false) }),
		rows: ({ uuid, offering_uuid, user_uuid, username, is_restricted }) =>
			oneRow({ uuid, offeringUuid: offering_uuid, userUuid: user_uuid, username, isRestricted: is_restricted }),
	}),
	tables: [
		{
			table: "OfferingUser",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", offeringUuid: "uuid", userUuid: "uuid", username: "text", isRestricted: "boolean" },
			columns: asGiven("uuid", "offeringUuid", "userUuid", "username", "isRestricted"),
			joins: `left join "Offering" offering on offering."uuid" = i."offeringUuid"
			left join "User" person on person."uuid" = i."userUuid"
			left join "OfferingUser" stored on stored."uuid" = i."uuid"
			left join "OfferingUser" other on other."offeringUuid" = i."offeringUuid" and other."userUuid" = i."userUuid" and other."uuid" <> i."uuid"`,
			problems: [
				absent("offering", "offering_uuid", "an offering", "offeringUuid"),
				absent("person", "user_uuid", "a user", "userUuid"),
				{ when: `stored."offeringUuid" <> i."offeringUuid"`, field: "offering_uuid", reason: `'cannot change: the account is at ' || stored."offeringUuid"` },
				{
					...taken("other", "uuid", "is not the stored account of this user at this offering"),
					when: `other."uuid" is not null and stored."uuid" is not null`,
				},
			],
			sameAs: {
				uuids: `case when other."uuid" is not null then array[other."uuid"] end`,
				whenBoth: "refused",
				reason: "is not the stored account of this user at this offering",
			},
			distinct: [["uuid"], ["offeringUuid", "userUuid"]],
			modified: true,
		},
	],
};

/** Limits of one account on one component of one resource. */
export const componentUserUsageLimits: ListImport = {
	name: "component-user-usage-limits",
	parse: recordParser({
		list: "component-user-usage-limits",
		links: ["resource", "component", "user"],
		shape: z.object({ uuid, resource_uuid: uuid, component_uuid: uuid, user_uuid: uuid, limit: optionalDecimal(amount) }),
		rows: ({ uuid, resource_uuid, component_uuid, user_uuid, limit }) =>
			oneRow({ uuid, resourceUuid: resource_uuid, componentUuid: component_uuid, userUuid: user_uuid, limit: limit ?? "0" }),
	}),
	tables: [
		{
			table: "ComponentUserUsageLimit",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", resourceUuid: "uuid", componentUuid: "uuid", userUuid: "uuid", limit: "numeric" },
			columns: { ...asGiven("uuid", "resourceUuid", "componentUuid", "userUuid", "limit"), offeringUuid: `resource."offeringUuid"` },
			joins: `left join "Resource" resource on resource."uuid" = i."resourceUuid"
			left join "OfferingComponent" component on component."uuid" = i."componentUuid"
			left join "OfferingUser" account on account."uuid" = i."userUuid"
			left join "ComponentUserUsageLimit" other on other."resourceUuid" = i."resourceUuid" and other."componentUuid" = i."componentUuid"
				and other."userUuid" = i."userUuid" and other."uuid" <> i."uuid"
			left join "ComponentUserUsageLimit" stored on stored."uuid" = i."uuid"`,
			problems: [
				absent("resource", "resource", "a resource", "resourceUuid"),
				absent("component", "component", "a component", "componentUuid"),
				absent("account", "user", "an offering user", "userUuid"),
				{
					when: `component."offeringUuid" <> resource."offeringUuid"`,
					field: "component",
					reason: `'is a component of another offering: ' || i."componentUuid"`,
				},
				{ when: `account."offeringUuid" <> resource."offeringUuid"`, field: "user", reason: `'is a user of another offering: ' || i."userUuid"` },
				{
					...taken("other", "uuid", "is not the stored limit of this resource, component and user"),
					when: `other."uuid" is not null and stored."uuid" is not null`,
				},
			],
			sameAs: {
				uuids: `case when other."uuid" is not null then array[other."uuid"] end`,
				whenBoth: "refused",
				reason: "is not the stored limit of this resource, component and user",
			},
			distinct: [["uuid"], ["resourceUuid", "componentUuid", "userUuid"]],
			modified: true,
		},
	],
};
