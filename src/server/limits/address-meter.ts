import type { Charge } from "./admission.service.ts";
import { type Level, levelAt, type Rate, secondsUntil } from "./bucket.ts";

/** As many addresses have a bucket of their own here. Of more, the one that asked longest ago is forgotten: it has a full one again. */
const maxAddresses = 10_000;

/** All addresses together may ask as much as this many. */
const addressesInAll = 10;

/** Characters of an address that are kept: the longest one has 45, and a zone behind it. */
const maxAddressLength = 64;

/** Meters in this process what clients ask that do not sign in, by address. `isDone` is what has happened already: the address owes it in any case. `now` counts milliseconds. */
export function createAddressMeter(rate: Rate, now: () => number): { charge(address: string, cost: number, isDone?: boolean): Charge } {
	const levels = new Map<string, Level>();
	const rateInAll: Rate = { size: rate.size * addressesInAll, perSecond: rate.perSecond * addressesInAll };
	let inAll: Level = { level: rateInAll.size, at: now() };

	return {
		charge: (address, cost, isDone = false) => {
			const network = networkOf(address);
			const at = now();
			const own = levelAt(levels.get(network) ?? { level: rate.size, at }, at, rate);
			const all = levelAt(inAll, at, rateInAll);
			const isAllowed = cost <= own && cost <= all;
			levels.delete(network);
			levels.set(network, { level: isAllowed || isDone ? Math.max(0, own - cost) : own, at });
			for (const [longestAgo] of levels.size > maxAddresses ? levels : []) {
				levels.delete(longestAgo);
				break;
			}
			if (!isAllowed)
				return { isAllowed, remaining: Math.floor(own), rate, after: Math.max(secondsUntil(cost, own, rate), secondsUntil(cost, all, rateInAll)) };
			inAll = { level: all - cost, at };
			return { isAllowed, remaining: Math.floor(own - cost), rate };
		},
	};
}

/** What one client has of addresses: of IPv6 a whole /64, whichever of its addresses it sends from. */
export function networkOf(address: string): string {
	const plain = address.slice(0, maxAddressLength).replace(/^::ffff:(?=\d+\.)/i, "");
	if (!plain.includes(":")) return plain;
	const [head = "", tail] = plain.split("::");
	const groups = head === "" ? [] : head.split(":");
	const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
	const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail === undefined || tail === "" ? [] : tail.split(":"))];
	return all.slice(0, 4).join(":");
}
