import type { Endpoint } from "./endpoints.ts";
import type { ReadFilters } from "./source.ts";
import type { Parameter } from "./walk.ts";

/**
 * The parameters of each reading of a list that together bring what changed: one reading without any where Waldur has no filter.
 * A usage is found by the day of its figure, and by its billing month, for figures of a running month are replaced at any time.
 */
export function filterSets({ filters }: Endpoint, { since, periods = [] }: ReadFilters): readonly (readonly Parameter[])[] {
	if (filters === undefined || since === undefined) return [[]];
	if (filters === "modified") return [[["modified", since.toISOString()]]];
	return [[["date_after", dayBefore(since)]], ...periods.map((period): readonly Parameter[] => [["billing_period", period]])];
}

/** Waldur's days are of a time zone of its own, where the day of the moment may have begun later than in UTC. */
const dayBefore = (moment: Date): string => new Date(moment.getTime() - 86_400_000).toISOString().slice(0, 10);
