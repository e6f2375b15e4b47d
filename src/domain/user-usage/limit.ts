import { Decimal, fitsStoredDigits } from "../../shared/decimal.ts";
import type { Problem, Problems } from "../../shared/refusal.ts";

/** A limit as it is asked for. `limit` is a plain decimal of any size: the rules bound it. */
export interface LimitRequest {
	readonly component: string;
	readonly user: string;
	readonly limit: string;
}

/** Stage 1: the amount alone. */
export function limitShapeProblems({ limit }: { limit: string }): Problems {
	const value = new Decimal(limit);
	const invalid = (message: string): Problems => [{ code: "INVALID_INPUT", message, path: ["input", "limit"] }];
	if (value.isNegative() && !value.isZero()) return invalid("Limit must be a positive number.");
	return fitsStoredDigits(value) ? [] : invalid("A limit must have at most 20 digits, 2 of them decimal places.");
}

/** What a limit is set on, as far as the rules look at it. */
export interface LimitSubject {
	readonly offeringUuid: string;
	readonly pluginOptions: unknown;
}

/** Offerings support per-user limits unless their plugin options say no. */
export const supportsPerUserLimits = (pluginOptions: unknown): boolean =>
	!(typeof pluginOptions === "object" && pluginOptions !== null && "supportsPerUserLimits" in pluginOptions && pluginOptions.supportsPerUserLimits === false);

/** Stage 3: component and account belong to the resource's offering, which supports such limits. */
export function limitRuleProblems(subject: LimitSubject, component: { offeringUuid: string }, account: { offeringUuid: string }): Problems {
	const problems: Problem[] = [];
	if (!supportsPerUserLimits(subject.pluginOptions)) {
		problems.push({ code: "LIMITS_UNSUPPORTED", message: "The offering does not support limits per user.", path: ["input", "resource"] });
	}
	if (component.offeringUuid !== subject.offeringUuid) problems.push({ code: "INVALID_INPUT", message: "Component is wrong.", path: ["input", "component"] });
	if (account.offeringUuid !== subject.offeringUuid) {
		problems.push({ code: "INVALID_INPUT", message: "The user is not an account at the resource's offering.", path: ["input", "user"] });
	}
	return problems;
}

/** Stage 4: one limit for one account on one component of one resource. */
export const duplicateProblem: Problem = {
	code: "ALREADY_EXISTS",
	message: "There is a limit for this user on this component of the resource already.",
	path: ["input", "user"],
};
