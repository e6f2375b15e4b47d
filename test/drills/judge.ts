import type { Follower, Told, Transport } from "./followers.ts";

/** All firings that a log has at the end of its history, in its order. */
export type History = readonly Told[];

/** What followers of one transport were told, and what is wrong with that: nothing, whatever happened to the database. */
export interface Verdict {
	readonly transport: Transport;
	readonly followers: number;
	readonly told: number;
	readonly expired: number;
	readonly unavailable: number;
	/** Events between two that were told one after the other, or behind the last one; and events that say that they come after another one. */
	readonly gaps: readonly string[];
	/** Events that came before the one that was told before them, or again. */
	readonly old: readonly string[];
	/** Ends without a word. */
	readonly bare: number;
	readonly wrong: readonly string[];
}

/** Compares what followers were told with the histories that the database has had: the last of them is the one that goes on. */
export function judge(followers: readonly Follower[], histories: readonly History[]): Verdict[] {
	const final = histories.at(-1) ?? [];
	const known = histories.map((history) => {
		const places = new Map(history.map(({ position }, index) => [position, index]));
		if (history[0]?.position !== "0") places.set("0", history === final || history.length > 2 ? -1 : Number.NaN);
		return { history, places };
	});

	/** What a follower was told wrongly: gaps, and what is old. */
	function faultsOf({ stretches }: Follower): { gaps: string[]; old: string[] } {
		const gaps: string[] = [];
		const old: string[] = [];
		const seen = new Set<string>();
		for (const { after, told, isExpired } of stretches) {
			let before = after;
			for (const { previous, position, firing } of told) {
				const where = `${position} (${firing}) after ${before}`;
				const isKnown = known.some(({ history, places }) => history[places.get(position) ?? -1]?.firing === firing);
				const isNext = before === undefined || known.some(({ places }) => places.get(position) === (places.get(before ?? "") ?? Number.NaN) + 1);
				const isEarlier = known.some(({ places }) => (places.get(position) ?? Number.NaN) <= (places.get(before ?? "") ?? Number.NaN));
				if (!isKnown) gaps.push(`unknown ${where}`);
				else if (seen.has(position) || isEarlier) old.push(where);
				else if (!isNext) gaps.push(where);
				if (before !== undefined && previous !== before) gaps.push(`${where}, which says that it comes after ${previous}`);
				seen.add(position);
				before = position;
			}
			const last = final.at(-1)?.position ?? "0";
			if (!isExpired && before !== undefined && before !== last) gaps.push(`nothing after ${before}, and the last one is ${last}`);
		}
		return { gaps, old };
	}

	return [...new Set(followers.map(({ transport }) => transport))].map((transport) => {
		const own = followers.filter((follower) => follower.transport === transport);
		const faults = own.map(faultsOf);
		const sum = (of: (follower: Follower) => number) => own.reduce((total, follower) => total + of(follower), 0);
		return {
			transport,
			followers: own.length,
			told: sum(({ stretches }) => stretches.reduce((total, { told }) => total + told.length, 0)),
			expired: sum(({ ends }) => ends.expired),
			unavailable: sum(({ ends }) => ends.unavailable),
			gaps: faults.flatMap(({ gaps }) => gaps),
			old: faults.flatMap(({ old }) => old),
			bare: sum(({ ends }) => ends.bare),
			wrong: own.flatMap(({ wrong }) => wrong),
		};
	});
}

/** Whether all of them have been told of the last event of the history. */
export const haveCaughtUp = (followers: readonly Follower[], history: History): boolean =>
	followers.every(({ stretches }) => {
		const stretch = stretches.at(-1);
		return (stretch?.told.at(-1)?.position ?? stretch?.after) === (history.at(-1)?.position ?? "0");
	});
