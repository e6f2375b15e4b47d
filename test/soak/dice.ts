/** What is drawn at random, always the same for the same seed and the same order of drawing. */
export interface Dice {
	/** A whole number from 0 to below the bound. */
	below(bound: number): number;
	/** A whole number of the range, both ends included. */
	between(least: number, most: number): number;
	/** True with this probability, 0 to 1. */
	chance(probability: number): boolean;
	/** One of the values; undefined of none. */
	oneOf<Value>(values: readonly Value[]): Value | undefined;
	/** 32 hex digits, as Waldur writes a uuid. */
	uuid(): string;
	/** Others of their own: who draws from them does not depend on when others draw. */
	split(): Dice;
}

/** The steps of mulberry32. */
export function diceOf(seed: number): Dice {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	const below = (bound: number) => Math.floor(next() * bound);
	return {
		below,
		between: (least, most) => least + below(most - least + 1),
		chance: (probability) => next() < probability,
		oneOf: (values) => values[below(values.length)],
		uuid: () => {
			const digits = Array.from({ length: 32 }, () => below(16).toString(16)).join("");
			return `${digits.slice(0, 12)}4${digits.slice(13, 16)}8${digits.slice(17)}`;
		},
		split: () => diceOf(below(4_294_967_296)),
	};
}
