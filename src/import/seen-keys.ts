/**
 * Which keys were seen, in eight bytes each, and as many free: a list of millions can be compared with what is stored. Keys
 * are kept as 64 bits of a hash: of ten million, one that was not seen is taken for seen with a chance of a millionth.
 */
export class SeenKeys {
	/** Two words for each slot; a free one holds zeros. */
	#words = new Uint32Array(1 << 13);
	#size = 0;

	/** How many keys there are. */
	get size(): number {
		return this.#size;
	}

	/** Adds the key; false when it was there. */
	add(key: string): boolean {
		if (this.#size * 4 >= this.#words.length) this.#grow();
		const low = hashOf(key, 0x811c9dc5, 0x01000193) || 1;
		const high = hashOf(key, 0x9e3779b9, 0x85ebca6b);
		const place = placeOf(this.#words, low, high);
		if (this.#words[place] !== 0) return false;
		this.#words[place] = low;
		this.#words[place + 1] = high;
		this.#size++;
		return true;
	}

	has(key: string): boolean {
		const low = hashOf(key, 0x811c9dc5, 0x01000193) || 1;
		return this.#words[placeOf(this.#words, low, hashOf(key, 0x9e3779b9, 0x85ebca6b))] !== 0;
	}

	#grow(): void {
		const larger = new Uint32Array(this.#words.length * 2);
		for (let from = 0; from < this.#words.length; from += 2) {
			const low = this.#words[from] ?? 0;
			if (low === 0) continue;
			const high = this.#words[from + 1] ?? 0;
			const place = placeOf(larger, low, high);
			larger[place] = low;
			larger[place + 1] = high;
		}
		this.#words = larger;
	}
}

/** Where the words are, or the free place that they belong to. */
function placeOf(words: Uint32Array, low: number, high: number): number {
	const mask = words.length - 1;
	let place = (low * 2) & mask;
	while (words[place] !== 0 && (words[place] !== low || words[place + 1] !== high)) place = (place + 2) & mask;
	return place;
}

/** 32 bits of the key, mixed so that keys that differ little differ in all of them. */
function hashOf(key: string, seed: number, factor: number): number {
	let hash = seed;
	for (let index = 0; index < key.length; index++) {
		hash = Math.imul(hash ^ key.charCodeAt(index), factor);
		hash ^= hash >>> 13;
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
	hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
	return (hash ^ (hash >>> 16)) >>> 0;
}
