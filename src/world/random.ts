import { createHash } from "node:crypto";

/** A uuid that is always the same for the same name: 32 hex digits, as Waldur writes it. */
export function namedUuid(...name: readonly (string | number)[]): string {
	const bytes = createHash("sha1")
		.update(`usage-gateway world/${name.join("/")}`)
		.digest()
		.subarray(0, 16);
	bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x50, 6); // version 5: made from a name by SHA-1
	bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
	return bytes.toString("hex");
}

/** The dashed form of 32 hex digits. */
export const dashed = (uuid: string): string => uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** A number from 0 to below 1 that is always the same for the same seed and uuid (32 hex digits). */
export function chance(seed: number, uuid: string): number {
	// The steps of mulberry32, over the seed and half of the uuid.
	let state = (seed ^ Number.parseInt(uuid.slice(0, 8), 16) ^ Number.parseInt(uuid.slice(24), 16)) + 0x6d2b79f5;
	state = Math.imul(state ^ (state >>> 15), state | 1);
	state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
	return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}
