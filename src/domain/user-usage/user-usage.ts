import { Decimal, normalized } from "../../shared/decimal.ts";
import type { Problem, Problems } from "../../shared/refusal.ts";
import { amountProblem } from "../usage/usage.ts";

/** One username's part of a usage record. */
export interface UserUsageReport {
	readonly componentUsage: string;
	readonly username: string;
	readonly usage: string;
	readonly user?: string | null | undefined;
	readonly idempotencyKey?: string | null | undefined;
}

const usernameLength = { min: 1, max: 100 };

/** Stage 1 of a part: its shape alone. */
export function userUsageShapeProblems({ username, usage }: UserUsageReport): Problems {
	const problems: Problem[] = [];
	const length = [...username].length;
	if (length < usernameLength.min || length > usernameLength.max) {
		problems.push({ code: "INVALID_INPUT", message: "A username must have 1 to 100 characters.", path: ["input", "username"] });
	}
	const problem = amountProblem(usage);
	if (problem !== undefined) problems.push({ code: "INVALID_INPUT", message: problem, path: ["input", "usage"] });
	return problems;
}

/** Stage 1 of a part among others: a call reports each username of a record once. */
export function repeatedPartProblems({ username }: UserUsageReport, isRepeated: boolean): Problems {
	if (!isRepeated) return [];
	return [{ code: "INVALID_INPUT", message: `The username ${username} is reported twice for this record.`, path: ["input", "username"] }];
}

/** The account that a part is stored for belongs to the resource's offering. */
export function accountProblems(account: { offeringUuid: string }, offeringUuid: string): Problems {
	if (account.offeringUuid === offeringUuid) return [];
	return [{ code: "INVALID_INPUT", message: "The user is not an account at the resource's offering.", path: ["input", "user"] }];
}

/** A part that names no account counts for the one of its username: where there are several, it has to name one. */
export function namesakeProblems(username: string, namesakes: number): Problems {
	if (namesakes <= 1) return [];
	const message = `${namesakes} accounts of the offering have the username ${username}: give the uuid of one of them as user.`;
	return [{ code: "INVALID_INPUT", message, path: ["input", "user"] }];
}

/** The last stage of a part: with the account's other parts of the record (the replaced one left out), it stays within the account's limit. */
export function userLimitProblems({ limit, current, additional }: { limit: string | undefined; current: string; additional: string }): Problems {
	if (limit === undefined || new Decimal(current).plus(additional).lte(limit)) return [];
	const message = `Usage limit exceeded. Maximum allowed: ${normalized(limit)}, current usage: ${normalized(current)}, additional: ${normalized(additional)}.`;
	return [{ code: "USER_LIMIT_EXCEEDED", message, path: ["input", "usage"] }];
}
