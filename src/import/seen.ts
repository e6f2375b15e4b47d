/**
 * The uuids that a list has had: 64 bits of each, in an open hash table of 16 to 32 bytes a uuid. Of ten million, one that was
 * not there is taken for one of them with a chance of one in 10¹².
 */
export class SeenUuids {
	#high = new Uint32Array(1 << 12);
	#low = new Uint32Array(1 << 12);
	#size = 0;

	add(uuid: string): void {
		if (this.#size * 2 >= this.#high.length) this.#grow();
		const [high, low] = bitsOf(uuid);
		if (this.#put(high, low)) this.#size++;
	}

	has(uuid: string): boolean {
		const [high, low] = bitsOf(uuid);
		const at = this.#place(high, low);
		return this.#high[at] === high && this.#low[at] === low;
	}

	#put(high: number, low: number): boolean {
		const at = this.#place(high, low);
		if (this.#high[at] === high && this.#low[at] === low) return false;
		this.#high[at] = high;
		this.#low[at] = low;
		return true;
	}

	/** Where these bits are, or are to be: places of nothing are 0. */
	#place(high: number, low: number): number {
		const mask = this.#high.length - 1;
		let at = low & mask;
		while ((this.#high[at] !== 0 || this.#low[at] !== 0) && (this.#high[at] !== high || this.#low[at] !== low)) at = (at + 1) & mask;
		return at;
	}

	#grow(): void {
		const [high, low] = [this.#high, this.#low];
		this.#high = new Uint32Array(high.length * 2);
		this.#low = new Uint32Array(low.length * 2);
		for (const [at, bits] of high.entries()) if (bits !== 0 || low[at] !== 0) this.#put(bits, low[at] ?? 0);
	}
}

/** 64 bits of a uuid, each of all its digits; never all of them 0. */
function bitsOf(uuid: string): [high: number, low: number] {
	const digits = uuid.replaceAll("-", "");
	let high = 0x9e3779b1;
	let low = 0x85ebca77;
	for (let at = 0; at < digits.length; at += 8) {
		const word = Number.parseInt(digits.slice(at, at + 8), 16);
		high = Math.imul(high ^ word, 0xcc9e2d51);
		high ^= high >>> 15;
		low = Math.imul(low ^ word, 0x1b873593);
		low ^= low >>> 13;
	}
	high = Math.imul(high, 0xc2b2ae35) >>> 0;
	low = Math.imul(low ^ (low >>> 16), 0x27d4eb2f) >>> 0;
	return high === 0 && low === 0 ? [0, 1] : [high, low];
}
