import { derivedUntil } from "../../database/current-usages-job.ts";
import type { Queries } from "../../database/database.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { policyWindows } from "../policy/policy.ts";
import { entriesWithoutNumber, logBounds, numbersWithoutEntry } from "./log.store.ts";
import {
	countUnturned,
	missingMonths,
	noteVerification,
	uuidsAfter,
	wrongCurrentUsages,
	wrongHasFired,
	wrongLastFirings,
	wrongNames,
	wrongProjectIsRemoved,
	wrongTotals,
} from "./verify.store.ts";
import { type Difference, foundTwice } from "./verify.ts";

export interface VerifyOptions {
	readonly now: Date;
	readonly timeZone: string;
	/** Called with each difference. */
	readonly onDifference: (difference: Difference) => void;
}

/** What was compared, and how much of it differs. */
export interface Verification {
	readonly differences: number;
	readonly compared: Readonly<Record<"components" | "resources" | "policies" | "parts" | "offerings", number>>;
	/** Policies that were not compared with the records: the month has not begun for their offerings, and what they were found in is past. */
	readonly unturnedPolicies: number;
	/** False while a back-fill derives current usages: those of resources that it has not come to were not compared. */
	readonly areUsagesDerived: boolean;
}

type Compare = (uuids: readonly string[]) => Promise<Difference[]>;

/** How many objects of each kind one statement compares: few where each has many records. */
const atOnce = {
	OfferingComponent: 10,
	Resource: 500,
	OfferingUsagePolicy: 20,
	ComponentUserUsage: 5_000,
	Customer: 500,
	Offering: 500,
	OfferingUser: 500,
	Project: 500,
} as const;

/** How many numbers, or ids, of the log one statement compares. */
const logAtOnce = 10_000;

/**
 * Computes every figure that follows from records anew, a few objects at a time, and notes when it did. Each statement sees
 * what is stored and what it is computed from in one snapshot, and writers change both in one transaction: what others
 * write meanwhile is no difference. What is found is looked at once more, for an import evaluates policies at its end.
 */
export async function verifyFigures(queries: Queries, { now, timeZone, onDifference }: VerifyOptions): Promise<Verification> {
	const month = billingPeriodAt(now, timeZone);
	let differences = 0;
	let unturnedPolicies = 0;

	async function compareTwice(compare: () => Promise<Difference[]>): Promise<void> {
		const found = await compare();
		for (const difference of found.length === 0 ? [] : foundTwice(found, await compare())) {
			differences++;
			onDifference(difference);
		}
	}
	async function compareAll(table: keyof typeof atOnce, compare: Compare): Promise<number> {
		let compared = 0;
		let after = "00000000-0000-0000-0000-000000000000";
		for (;;) {
			const uuids = await uuidsAfter(queries, table, after, atOnce[table]);
			await compareTwice(() => compare(uuids));
			compared += uuids.length;
			after = uuids.at(-1) ?? after;
			if (uuids.length < atOnce[table]) return compared;
		}
	}

	async function compareLog(): Promise<void> {
		const { pruned, last, first, high } = await logBounds(queries);
		for (let after = BigInt(pruned); after < BigInt(last); after += BigInt(logAtOnce)) await compareTwice(() => numbersWithoutEntry(queries, after, logAtOnce));
		for (let after = BigInt(first) - 1n; after < BigInt(high); after += BigInt(logAtOnce))
			await compareTwice(() => entriesWithoutNumber(queries, after, logAtOnce));
	}

	const derived = await derivedUntil(queries);
	const components = await compareAll("OfferingComponent", (uuids) => wrongTotals(queries, uuids));
	const resources = await compareAll("Resource", async (uuids) => [
		// Behind it, a back-fill is still to derive them.
		...(await wrongCurrentUsages(queries, derived === undefined ? uuids : uuids.filter((uuid) => uuid <= derived))),
		...(await wrongProjectIsRemoved(queries, uuids)),
		...(await wrongNames(queries, "Resource", uuids)),
	]);
	const policies = await compareAll("OfferingUsagePolicy", async (uuids) => [
		...(await wrongHasFired(queries, uuids, month, policyWindows(month))),
		...(await wrongLastFirings(queries, uuids)),
	]);
	await compareAll("OfferingUsagePolicy", async (uuids) => {
		unturnedPolicies += await countUnturned(queries, uuids, month);
		return [];
	});
	const parts = await compareAll("ComponentUserUsage", (uuids) => wrongNames(queries, "ComponentUserUsage", uuids));
	for (const table of ["Customer", "OfferingUser", "Project"] as const) await compareAll(table, (uuids) => wrongNames(queries, table, uuids));
	const offerings = await compareAll("Offering", async (uuids) => [
		...(await missingMonths(queries, uuids)),
		...(await wrongNames(queries, "Offering", uuids)),
	]);
	await compareLog();
	await noteVerification(queries, now, differences);
	const compared = { components, resources, policies, parts, offerings };
	return { differences, compared, unturnedPolicies, areUsagesDerived: derived === undefined };
}
