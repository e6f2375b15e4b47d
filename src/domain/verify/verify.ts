/**
 * What is stored of something that follows from the records:
 *
 * - POLICY_TOTAL: what was used of a component, summed up for policies
 * - CURRENT_USAGE: what a resource used of a component in its latest billing month
 * - HAS_FIRED: whether a policy is fired
 * - LAST_FIRING: the same, by the last turn that was recorded of it
 * - FIRED_DATETIME: when a policy fired last
 * - USERNAME: as what the username of a part is found
 * - NAME: as what a customer, project, offering, resource or account is found
 * - PROJECT_IS_REMOVED: whether a resource's or a usage record's project is removed
 * - LOG_NUMBER: numbers of the log lead to its entries, without a gap
 * - LOG_ENTRY: entries of the log have numbers
 * - MONTH_TURN: which billing months have begun for an offering
 */
export type Figure =
	| "POLICY_TOTAL"
	| "CURRENT_USAGE"
	| "HAS_FIRED"
	| "LAST_FIRING"
	| "FIRED_DATETIME"
	| "USERNAME"
	| "NAME"
	| "PROJECT_IS_REMOVED"
	| "LOG_NUMBER"
	| "LOG_ENTRY"
	| "MONTH_TURN";

/** A figure that is not what the records say. */
export interface Difference {
	readonly figure: Figure;
	/** Of which component, resource, usage record, policy, part, offering, customer, project or account; a number or an id of the log. */
	readonly uuid: string;
	/** Which of its figures, such as a billing month or a component's type; "" when it has one. */
	readonly part: string;
	/** Null when nothing is stored. */
	readonly stored: string | null;
	/** Null when nothing should be stored. */
	readonly computed: string | null;
}

/** Those that were found both times: what was different for a moment only is left out. */
export function foundTwice(first: readonly Difference[], second: readonly Difference[]): Difference[] {
	const key = ({ figure, uuid, part, stored, computed }: Difference) => JSON.stringify([figure, uuid, part, stored, computed]);
	const keys = new Set(first.map(key));
	return second.filter((difference) => keys.has(key(difference)));
}
