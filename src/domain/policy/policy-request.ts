import { Decimal } from "../../shared/decimal.ts";
import type { Problem, Problems } from "../../shared/refusal.ts";
import { isAddress } from "../notification/address.ts";
import type { PolicyPeriod } from "./policy.ts";

export type PolicyAction = "NOTIFY_ORGANIZATION_OWNERS" | "NOTIFY_EXTERNAL_USER" | "BLOCK_CREATION_OF_NEW_RESOURCES";

/** What a policy watches of its offering: whose usage, over which window, and up to which limits. */
export interface WatchRequest {
	readonly applyToAll: boolean;
	readonly organizationGroups: readonly string[];
	readonly period: PolicyPeriod;
	readonly componentLimits: readonly RequestedLimit[];
}

/** A policy as it is to be, apart from its offering: what create stores and what an update leads to. */
export interface PolicyRequest extends WatchRequest {
	readonly actions: readonly PolicyAction[];
	readonly externalUserEmails: readonly string[];
}

/** A limit by type of component; a plain decimal that the rules bound. */
export interface RequestedLimit {
	readonly type: string;
	readonly limit: string;
}

/** The bound of numeric(20,0). */
const limitDigits = 20;

/** Stage 1: the request alone. */
export const policyShapeProblems = (request: PolicyRequest): Problems => [
	...actionProblems(request),
	...audienceProblems(request),
	...emailProblems(request),
	...limitProblems(request),
];

/** Stage 1 of what a policy watches, apart from its actions. */
export const watchShapeProblems = (request: WatchRequest): Problems => [...audienceProblems(request), ...limitProblems(request)];

const invalid = (message: string, ...path: string[]): Problem => ({ code: "INVALID_INPUT", message, path: ["input", ...path] });

const actionProblems = ({ actions }: PolicyRequest): Problems => (actions.length === 0 ? [invalid("At least one action should be given.", "actions")] : []);

function audienceProblems({ applyToAll, organizationGroups }: WatchRequest): Problems {
	if (applyToAll && organizationGroups.length > 0) {
		return [invalid("Cannot set apply_to_all=True when organization_groups are specified. Use one of the two.", "applyToAll")];
	}
	if (!applyToAll && organizationGroups.length === 0) {
		return [invalid("Must either set apply_to_all=True or specify organization_groups.", "organizationGroups")];
	}
	return [];
}

function emailProblems({ actions, externalUserEmails }: PolicyRequest): Problems {
	const problem = (message: string) => invalid(message, "options", "externalUserEmails");
	const needed = actions.includes("NOTIFY_EXTERNAL_USER");
	if (needed && externalUserEmails.length === 0) return [problem("NOTIFY_EXTERNAL_USER needs at least one e-mail address.")];
	return externalUserEmails.filter((email) => !isAddress(email)).map((email) => problem(`${JSON.stringify(email)} is not an e-mail address.`));
}

function limitProblems({ componentLimits }: WatchRequest): Problems {
	if (componentLimits.length === 0) return [invalid("At least one component limit should be given.", "componentLimits")];
	const problems: Problem[] = [];
	const seen = new Set<string>();
	for (const [index, { type, limit }] of componentLimits.entries()) {
		const problem = limitProblem(limit);
		if (problem !== undefined) problems.push(invalid(problem, "componentLimits", String(index), "limit"));
		if (seen.has(type)) problems.push(invalid(`The type ${type} is limited twice.`, "componentLimits", String(index), "type"));
		seen.add(type);
	}
	return problems;
}

function limitProblem(limit: string): string | undefined {
	const value = new Decimal(limit);
	if (!value.isInteger() || (value.isNegative() && !value.isZero())) return "A limit must be a whole number, 0 or more.";
	return value.gte(new Decimal(10).pow(limitDigits)) ? `A limit must have at most ${limitDigits} digits.` : undefined;
}

/** Stage 3: every type is a component of the offering. */
export function limitedTypeProblems(limits: readonly RequestedLimit[], types: readonly string[]): Problems {
	const unknown = limits
		.map(({ type }) => type)
		.filter((type) => !types.includes(type))
		.sort();
	if (unknown.length === 0) return [];
	return [{ code: "INVALID_COMPONENTS", message: `These components are invalid: ${unknown.join(", ")}.`, path: ["input", "componentLimits"] }];
}
