import { z } from "zod";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { flag, optionalText, optionalUuid, text, uuid } from "../fields.ts";
import type { ListImport, Summed } from "../list.ts";
import { moment, optionalMoment, optionalMonth } from "../moments.ts";
import { amount, decimal, optionalDecimal } from "../numbers.ts";
import { oneRow, recordParser } from "../parse.ts";
import { absent, asGiven, created, taken } from "../sql-text.ts";
import { settleSums } from "../sums.ts";

const usage = z.object({
	uuid,
	resource_uuid: uuid,
	offering_uuid: optionalUuid,
	type: text(50),
	usage: decimal(amount),
	date: moment,
	billing_period: optionalMonth,
	recurring: flag(false),
	description: optionalText(),
	created: optionalMoment,
});

/** Waldur keeps a record for each plan period of a month: here they are one, and their figures its sum. */
const severalUsages: Summed = {
	parts: "SourceUsage",
	whole: "componentUsageUuid",
	partOf: `coalesce(part."componentUsageUuid", (select known."componentUsageUuid" from "SourceUsage" known where known."componentUsageUuid" = other."uuid" limit 1))`,
	when: "true",
	latest: ["date", "recurring", "description"],
	by: "date",
};

/** Parts by one username of the records that are one here. */
const severalParts: Summed = {
	parts: "SourceUserUsage",
	whole: "componentUserUsageUuid",
	partOf: `coalesce(part."componentUserUsageUuid", (
		select known."componentUserUsageUuid" from "SourceUserUsage" known where known."componentUserUsageUuid" = other."uuid" limit 1
	))`,
	when: `case when other."uuid" is not null then exists (select from "SourceUsage" known where known."componentUsageUuid" = total."uuid") end`,
	latest: [],
	by: "created",
};

/**
 * Monthly usage of resources. A record without a billing month is of the month of its date in the time zone (IANA name).
 * A record of the same resource, component and month that the source has no more, or that was written here, becomes the one that
 * comes in; one that it has too is summed with it.
 */
export function componentUsages(timeZone: string): ListImport {
	return {
		name: "marketplace-component-usages",
		independent: true,
		parse: recordParser({
			list: "marketplace-component-usages",
			links: ["resource", "offering"],
			shape: usage,
			rows: ({ resource_uuid, offering_uuid, billing_period, ...given }) =>
				oneRow({
					...given,
					resourceUuid: resource_uuid,
					offeringUuid: offering_uuid,
					billingPeriod: billing_period ?? billingPeriodAt(new Date(given.date), timeZone),
				}),
		}),
		tables: [
			{
				table: "ComponentUsage",
				sourced: true,
				key: ["uuid"],
				incoming: {
					uuid: "uuid",
					resourceUuid: "uuid",
					offeringUuid: "uuid",
					type: "text",
					usage: "numeric",
					date: "timestamptz",
					billingPeriod: "date",
					recurring: "boolean",
					description: "text",
					created: "timestamptz",
				},
				columns: {
					...asGiven("uuid", "resourceUuid", "type", "usage", "date", "billingPeriod", "recurring", "description"),
					componentUuid: `component."uuid"`,
					offeringUuid: `resource."offeringUuid"`,
					projectUuid: `resource."projectUuid"`,
					customerUuid: `resource."customerUuid"`,
					created,
				},
				onCreation: ["created"],
				joins: `left join "Resource" resource on resource."uuid" = i."resourceUuid"
				left join "OfferingComponent" component on component."offeringUuid" = resource."offeringUuid" and component."type" = i."type"
				left join "ComponentUsage" stored on stored."uuid" = i."uuid"
				left join "ComponentUsage" other on other."resourceUuid" = i."resourceUuid" and other."componentUuid" = component."uuid"
					and other."billingPeriod" = i."billingPeriod" and other."uuid" <> i."uuid"
				left join "SourceUsage" part on part."uuid" = i."uuid"
				left join "ComponentUsage" whole on whole."uuid" = part."componentUsageUuid"`,
				problems: [
					absent("resource", "resource_uuid", "a resource", "resourceUuid"),
					{
						when: `i."offeringUuid" <> resource."offeringUuid"`,
						field: "offering_uuid",
						reason: `'is not the offering of the resource: ' || i."offeringUuid"`,
					},
					absent("component", "type", "a component of the offering", "type"),
					{ when: `stored."resourceUuid" <> i."resourceUuid"`, field: "resource_uuid", reason: `'cannot change: the usage is of ' || stored."resourceUuid"` },
					{
						when: `(whole."componentUuid", whole."billingPeriod") <> (component."uuid", i."billingPeriod") or whole."resourceUuid" <> i."resourceUuid"`,
						field: "uuid",
						reason: `'cannot change: the usage is a part of ' || whole."uuid"`,
					},
					{
						...taken("other", "uuid", "is not the stored record of this resource, component and billing month"),
						when: `other."uuid" is not null and stored."uuid" is not null and part."uuid" is null`,
					},
				],
				sameAs: {
					uuids: `case when other."uuid" is not null then array[other."uuid"] end`,
					whenBoth: "summed",
					reason: "is not the stored record of this resource, component and billing month",
				},
				summed: severalUsages,
				forgets: { modifiedByUuid: "usage" },
				distinct: [["uuid"], ["resourceUuid", "type", "billingPeriod"]],
				modified: true,
			},
		],
		afterwards: (attempt, seen, around) =>
			settleSums(attempt, { table: "ComponentUsage", summed: severalUsages, forgets: { modifiedByUuid: "usage" } }, seen, around),
	};
}

/** Parts of usages by username. Without an account in the record, the offering's account of that name is taken. */
export const componentUserUsages: ListImport = {
	name: "marketplace-component-user-usages",
	independent: true,
	parse: recordParser({
		list: "marketplace-component-user-usages",
		links: ["component_usage", "user"],
		shape: z.object({
			uuid,
			component_usage_uuid: uuid,
			username: text(100),
			usage: optionalDecimal(amount),
			user_uuid: optionalUuid,
			created: optionalMoment,
			modified: optionalMoment,
		}),
		rows: ({ component_usage_uuid, user_uuid, usage, ...given }) =>
			oneRow({ ...given, usage: usage ?? "0", componentUsageUuid: component_usage_uuid, userUuid: user_uuid }),
	}),
	tables: [
		{
			table: "ComponentUserUsage",
			sourced: true,
			key: ["uuid"],
			incoming: {
				uuid: "uuid",
				componentUsageUuid: "uuid",
				username: "text",
				usage: "numeric",
				userUuid: "uuid",
				created: "timestamptz",
				modified: "timestamptz",
			},
			columns: {
				...asGiven("uuid", "componentUsageUuid", "username", "usage"),
				userUuid: `account."uuid"`,
				created,
				modified: `coalesce(i."modified", i."created", now())`,
			},
			onCreation: ["created", "modified"],
			joins: `left join "ComponentUsage" total on total."uuid" = i."componentUsageUuid"
			left join lateral (
				select a."uuid", a."offeringUuid" from "OfferingUser" a
				where case when i."userUuid" is null then a."offeringUuid" = total."offeringUuid" and a."username" = i."username" else a."uuid" = i."userUuid" end
				order by a."uuid" limit 1
			) account on true
			left join "ComponentUserUsage" other on other."componentUsageUuid" = i."componentUsageUuid" and other."username" = i."username"
				and other."uuid" <> i."uuid"
			left join "ComponentUserUsage" stored on stored."uuid" = i."uuid"
			left join "SourceUserUsage" part on part."uuid" = i."uuid"
			left join "ComponentUserUsage" whole on whole."uuid" = part."componentUserUsageUuid"`,
			problems: [
				absent("total", "component_usage", "a component usage", "componentUsageUuid"),
				{ ...absent("account", "user", "an offering user", "userUuid"), when: `i."userUuid" is not null and account."uuid" is null` },
				{ when: `account."offeringUuid" <> total."offeringUuid"`, field: "user", reason: `'is a user of another offering: ' || i."userUuid"` },
				{
					when: `whole."username" <> i."username" or whole."componentUsageUuid" <> i."componentUsageUuid"`,
					field: "uuid",
					reason: `'cannot change: it is stored with ' || whole."uuid"`,
				},
				{
					...taken("other", "uuid", "is not the stored record of this usage and username"),
					when: `other."uuid" is not null and stored."uuid" is not null and part."uuid" is null`,
				},
			],
			sameAs: {
				uuids: `case when other."uuid" is not null then array[other."uuid"] end`,
				whenBoth: "summed",
				reason: "is not the stored record of this usage and username",
			},
			summed: severalParts,
			namesSummed: { column: "componentUsageUuid", summed: severalUsages },
			distinct: [["uuid"], ["componentUsageUuid", "username"]],
			modified: true,
		},
	],
	afterwards: (attempt, seen, around) => settleSums(attempt, { table: "ComponentUserUsage", summed: severalParts }, seen, around),
};
