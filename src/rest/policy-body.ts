import type { PolicyPeriod } from "../domain/policy/policy.ts";
import type { PolicyAction, PolicyRequest } from "../domain/policy/policy-request.ts";
import { policyPeriodNumbers } from "../shared/waldur-words.ts";
import { aDecimal, aFlag, aLink, aText, type Kind, links, type Reader, readObject } from "./body.ts";

const actions: Readonly<Record<string, PolicyAction>> = {
	notify_organization_owners: "NOTIFY_ORGANIZATION_OWNERS",
	notify_external_user: "NOTIFY_EXTERNAL_USER",
	block_creation_of_new_resources: "BLOCK_CREATION_OF_NEW_RESOURCES",
};

/** Actions as Waldur names them. */
export const policyActionNames = (words: readonly string[]): string[] => words.map((action) => action.toLowerCase());

/** Names of actions with commas between them. */
const someActions: Kind<readonly PolicyAction[]> = {
	read: (value) => {
		const names = typeof value === "string" ? value.split(",").map((name) => name.trim()) : [undefined];
		const found = names.flatMap((name) => (name !== undefined && Object.hasOwn(actions, name) ? (actions[name] ?? []) : []));
		return found.length === names.length ? [...new Set(found)] : undefined;
	},
	message: `Enter names of actions, separated by commas: ${Object.keys(actions).join(", ")}.`,
	none: [],
};

/** One of Waldur's numbers. */
const aPeriod: Kind<PolicyPeriod> = {
	read: (value) =>
		(Object.keys(policyPeriodNumbers) as PolicyPeriod[]).find(
			(period) => policyPeriodNumbers[period] === value || String(policyPeriodNumbers[period]) === value,
		),
	message: `Select a valid choice: ${Object.entries(policyPeriodNumbers)
		.map(([period, number]) => `${number} is ${period}`)
		.join(", ")}.`,
	none: "ONE_MONTH",
};

/** Addresses of notify_external_user: a text with commas between them, or a list. */
const someOptions: Kind<readonly string[]> = {
	read: (value) => {
		if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
		const emails: unknown = "notify_external_user" in value ? value.notify_external_user : [];
		if (typeof emails === "string") return emails.split(",").flatMap((email) => email.trim() || []);
		return Array.isArray(emails) && emails.every((email) => typeof email === "string") ? emails : undefined;
	},
	message: "Enter an object whose notify_external_user has e-mail addresses, separated by commas.",
	none: [],
};

const aLimit = (item: Reader) => ({ type: item.required("type", aText), limit: item.required("limit", aDecimal) });

/** A new policy, and the offering that it is for. */
export const requestOf = (body: unknown): PolicyRequest & { readonly scope: string } =>
	readObject(body, (reader) => ({
		scope: reader.required("scope", aLink),
		actions: reader.required("actions", someActions),
		externalUserEmails: reader.optional("options", someOptions) ?? [],
		organizationGroups: reader.optional("organization_groups", links) ?? [],
		applyToAll: reader.optional("apply_to_all", aFlag) ?? false,
		componentLimits: reader.requiredObjects("component_limits_set", aLimit),
		period: reader.optional("period", aPeriod) ?? "ONE_MONTH",
	}));

/** What a body changes of a policy: what is absent stays as it is. A whole one must have what is required of a new policy. */
export const changeOf = (body: unknown, isWhole: boolean) =>
	readObject(body, (reader) => ({
		scope: isWhole ? reader.required("scope", aLink) : reader.optional("scope", aLink),
		actions: isWhole ? reader.required("actions", someActions) : reader.optional("actions", someActions),
		externalUserEmails: reader.optional("options", someOptions),
		organizationGroups: reader.optional("organization_groups", links),
		applyToAll: reader.optional("apply_to_all", aFlag),
		componentLimits: isWhole ? reader.requiredObjects("component_limits_set", aLimit) : reader.objects("component_limits_set", aLimit),
		period: reader.optional("period", aPeriod),
	}));
