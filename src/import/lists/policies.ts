import { z } from "zod";
import { hasHiddenCharacter } from "../../domain/notification/address.ts";
import { byWord, policyPeriodNumbers } from "../../shared/waldur-words.ts";
import { flag, nullableText, optionalItems, readEmails, settings, text, Unknown, uuid, word } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { optionalMoment } from "../moments.ts";
import { decimal } from "../numbers.ts";
import { itemUuid, oneRow, recordParser } from "../parse.ts";
import { shown } from "../shape.ts";
import { policyTables } from "./policy-tables.ts";

const actions = ["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER", "BLOCK_CREATION_OF_NEW_RESOURCES"];

const shape = z
	.object({
		uuid,
		scope_uuid: uuid,
		actions: text().transform((given, context) => {
			const named = given
				.split(",")
				.map((action) => action.trim().toUpperCase())
				.filter((action) => action !== "");
			const known = new Set(named.filter((action) => actions.includes(action)));
			const unknown = [...new Set(named)].filter((action) => !actions.includes(action)).map((action) => action.toLowerCase());
			if (known.size === 0) context.addIssue(unknown.length === 0 ? "has no action" : `has unknown actions alone: ${unknown.join(", ")}`);
			return { known: [...known], unknown };
		}),
		created: optionalMoment,
		created_by_username: nullableText(10_000),
		has_fired: flag(false),
		fired_datetime: optionalMoment,
		options: settings,
		organization_groups: optionalItems.transform((items, context) => {
			const uuids = (items ?? []).map(itemUuid);
			const bad = uuids.indexOf(undefined);
			if (bad >= 0) context.addIssue({ code: "custom", path: [bad], message: "is not a UUID or a link that ends in one" });
			return [...new Set(uuids.flatMap((found) => found ?? []))];
		}),
		apply_to_all: flag(false),
		component_limits_set: z.array(z.object({ type: text(50), limit: decimal({ digits: 20, places: 0 }) }, "is not an object"), "is missing"),
		period: word(byWord(policyPeriodNumbers)),
	})
	.superRefine((policy, context) => {
		const issue = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
		const groups = policy.organization_groups.length;
		if (policy.apply_to_all && groups > 0) issue("apply_to_all", "cannot be true when organization groups are given");
		if (!policy.apply_to_all && groups === 0) issue("organization_groups", "is empty, and apply_to_all is not true");
		const types = policy.component_limits_set.map(({ type }) => type);
		if (types.length === 0) issue("component_limits_set", "is empty");
		if (new Set(types).size < types.length) issue("component_limits_set", "limits a component twice");
		const emails = readEmails(policy.options);
		if (emails === undefined) issue("options", "has no addresses in notify_external_user");
		else if (emails.length === 0 && policy.actions.known.includes("NOTIFY_EXTERNAL_USER")) issue("options", "has no address for notify_external_user");
		else if (emails.some(hasHiddenCharacter)) issue("options", "has an address with a control or invisible character in notify_external_user");
	});

/** Usage policies with their groups and limits, which are replaced as sets. Only a new policy brings whether it has fired: later this service decides. */
export const policies: ListImport = {
	name: "marketplace-offering-usage-policies",
	laterField: "uuid",
	parse: recordParser({
		list: "marketplace-offering-usage-policies",
		links: ["scope"],
		shape,
		rows: (policy, _refuse, take) => {
			for (const action of policy.actions.unknown) take("actions", new Unknown(shown(action)), null);
			return [
				...oneRow({
					uuid: policy.uuid,
					scopeUuid: policy.scope_uuid,
					actions: policy.actions.known,
					externalUserEmails: readEmails(policy.options) ?? [],
					applyToAll: policy.apply_to_all,
					period: policy.period,
					hasFired: policy.has_fired,
					firedDatetime: policy.fired_datetime,
					createdBy: policy.created_by_username,
					created: policy.created,
					groups: policy.organization_groups,
					types: policy.component_limits_set.map(({ type }) => type),
					limits: Object.fromEntries(policy.component_limits_set.map(({ type, limit }) => [type, limit])),
				}),
				{
					rows: policy.organization_groups.map((organizationGroupUuid) => ({ path: "", values: { policyUuid: policy.uuid, organizationGroupUuid } })),
					complete: [policy.uuid],
				},
				{
					rows: policy.component_limits_set.map(({ type, limit }) => ({ path: "", values: { policyUuid: policy.uuid, type, limit } })),
					complete: [policy.uuid],
				},
			];
		},
	}),
	tables: policyTables,
};
