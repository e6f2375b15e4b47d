/** Words of a slot: two of the record's identity, one of its content, and the reading that it was last met in; 0 for a free slot. */
const slotWords = 4;

/** What is known of a record: nothing, another content, the same content, or that this reading has met it already. */
export type Meeting = "new" | "changed" | "known" | "repeated";

/**
 * The records that the readings of a list have met, by hashes: a list that is read again yields what differs only, and a record
 * that comes twice is noticed. It takes 16 bytes for each slot, and has up to three slots for a record: some 32 MB for a million
 * records. By chance, two of ten million records share an identity once in 300,000 times.
 */
export class Fingerprints {
	#slots = new Uint32Array(256 * slotWords);
	#records = 0;
	#reading = 0;

	/** Begins another reading. */
	begin(): void {
		this.#reading++;
	}

	/** Remembers the record. */
	meet(identity: string, content: string): Meeting {
		if ((this.#records + 1) * slotWords * 1.5 > this.#slots.length) this.#grow();
		const [first, second] = hash(identity);
		const [digest] = hash(content);
		const at = this.#slotOf(first, second);
		const met = this.#slots[at + 3] ?? 0;
		const meeting = met === 0 ? "new" : met === this.#reading ? "repeated" : this.#slots[at + 2] === digest ? "known" : "changed";
		if (met === 0) this.#records++;
		this.#slots.set([first, second, digest, this.#reading], at);
		return meeting;
	}

	/** Where the identity is, or could be. */
	#slotOf(first: number, second: number): number {
		const slots = this.#slots;
		const mask = slots.length / slotWords - 1;
		for (let slot = first & mask; ; slot = (slot + 1) & mask) {
			const at = slot * slotWords;
			if (slots[at + 3] === 0 || (slots[at] === first && slots[at + 1] === second)) return at;
		}
	}

	#grow(): void {
		const before = this.#slots;
		this.#slots = new Uint32Array(before.length * 2);
		for (let at = 0; at < before.length; at += slotWords) {
			const slot = before.subarray(at, at + slotWords);
			if (slot[3] !== 0) this.#slots.set(slot, this.#slotOf(slot[0] ?? 0, slot[1] ?? 0));
		}
	}
}

/** Two words of 32 bits each that depend on the whole text (cyrb53, without the cut to 53 bits). */
function hash(text: string): readonly [number, number] {
	let first = 0xdeadbeef;
	let second = 0x41c6ce57;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		first = Math.imul(first ^ code, 2_654_435_761);
		second = Math.imul(second ^ code, 1_597_334_677);
	}
	const mixed = Math.imul(first ^ (first >>> 16), 2_246_822_507) ^ Math.imul(second ^ (second >>> 13), 3_266_489_909);
	const other = Math.imul(second ^ (second >>> 16), 2_246_822_507) ^ Math.imul(mixed ^ (mixed >>> 13), 3_266_489_909);
	return [mixed >>> 0, other >>> 0];
}
