import { z } from "zod";
import { byLowerWord, resourceStates } from "../../shared/waldur-words.ts";
import { optionalText, optionalUuid, text, uuid, wordOrUnknown } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { optionalMoment } from "../moments.ts";
import { amounts } from "../numbers.ts";
import { oneRow, recordParser } from "../parse.ts";
import { absent, asGiven, created } from "../sql-text.ts";

// Waldur writes -1 for «without a limit» in places, and figures that it computed in binary floating point.
const quantities = amounts({ digits: 20, places: 2, negative: true, round: true });

/** What the stored records say of current usages: for each type the amount of its latest billing month. */
const recordedUsages = `coalesce((
	select jsonb_object_agg(latest."type", trim_scale(latest."usage")::text) from (
		select distinct on (u."type") u."type", u."usage" from "ComponentUsage" u where u."resourceUuid" = stored."uuid" order by u."type", u."billingPeriod" desc
	) latest
), '{}')`;

/**
 * Resources; the customer is the project's. Amounts in limits and currentUsages are stored as strings: exact. A source's own
 * current usage counts for a type without any record.
 */
export const resources: ListImport = {
	name: "marketplace-resources",
	parse: recordParser({
		list: "marketplace-resources",
		links: ["offering", "project", "plan"],
		shape: z.object({
			uuid,
			name: text(),
			state: wordOrUnknown(byLowerWord(resourceStates)),
			offering_uuid: uuid,
			project_uuid: uuid,
			plan_uuid: optionalUuid,
			backend_id: optionalText(255),
			limits: quantities,
			current_usages: quantities,
			created: optionalMoment,
			modified: optionalMoment,
		}),
		rows: ({ state, offering_uuid, project_uuid, plan_uuid, backend_id, current_usages, ...resource }, _refuse, take) =>
			oneRow({
				...resource,
				state: take("state", state, "ERRED"), // takes no reports
				offeringUuid: offering_uuid,
				projectUuid: project_uuid,
				planUuid: plan_uuid,
				backendId: backend_id,
				currentUsages: current_usages,
			}),
	}),
	tables: [
		{
			table: "Resource",
			sourced: true,
			key: ["uuid"],
			incoming: {
				uuid: "uuid",
				name: "text",
				state: `"ResourceState"`,
				offeringUuid: "uuid",
				projectUuid: "uuid",
				planUuid: "uuid",
				backendId: "text",
				limits: "jsonb",
				currentUsages: "jsonb",
				created: "timestamptz",
				modified: "timestamptz",
			},
			columns: {
				...asGiven("uuid", "name", "state", "offeringUuid", "projectUuid", "planUuid", "backendId", "limits"),
				currentUsages: `i."currentUsages" || ${recordedUsages}`,
				customerUuid: `project."customerUuid"`,
				created,
				modified: `coalesce(i."modified", i."created", now())`,
			},
			onCreation: ["created", "modified"],
			joins: `left join "Offering" offering on offering."uuid" = i."offeringUuid"
			left join "Project" project on project."uuid" = i."projectUuid"
			left join "Plan" plan on plan."uuid" = i."planUuid"
			left join "Resource" stored on stored."uuid" = i."uuid"`,
			problems: [
				absent("offering", "offering_uuid", "an offering", "offeringUuid"),
				absent("project", "project_uuid", "a project", "projectUuid"),
				{ ...absent("plan", "plan_uuid", "a plan", "planUuid"), when: `i."planUuid" is not null and plan."uuid" is null` },
				// Its usages are of components of its offering.
				{ when: `stored."offeringUuid" <> i."offeringUuid"`, field: "offering_uuid", reason: `'cannot change: the resource is of ' || stored."offeringUuid"` },
			],
			distinct: [["uuid"]],
			modified: true,
			lockedFirst: true,
		},
	],
};

export const planPeriods: ListImport = {
	name: "resource-plan-periods",
	parse: recordParser({
		list: "resource-plan-periods",
		links: ["resource", "plan"],
		shape: z.object({ uuid, resource_uuid: uuid, plan_uuid: uuid, start: optionalMoment, end: optionalMoment }),
		rows: ({ uuid, resource_uuid, plan_uuid, start, end }) => oneRow({ uuid, resourceUuid: resource_uuid, planUuid: plan_uuid, start, end }),
	}),
	tables: [
		{
			table: "ResourcePlanPeriod",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", resourceUuid: "uuid", planUuid: "uuid", start: "timestamptz", end: "timestamptz" },
			columns: asGiven("uuid", "resourceUuid", "planUuid", "start", "end"),
			joins: `left join "Resource" resource on resource."uuid" = i."resourceUuid"
			left join "Plan" plan on plan."uuid" = i."planUuid"
			left join "ResourcePlanPeriod" stored on stored."uuid" = i."uuid"`,
			problems: [
				absent("resource", "resource_uuid", "a resource", "resourceUuid"),
				absent("plan", "plan_uuid", "a plan", "planUuid"),
				{ when: `i."end" < i."start"`, field: "end", reason: `'is before the start'` },
				{
					when: `stored."resourceUuid" <> i."resourceUuid"`,
					field: "resource_uuid",
					reason: `'cannot change: the plan period is of ' || stored."resourceUuid"`,
				},
			],
			distinct: [["uuid"]],
			modified: true,
		},
	],
};
