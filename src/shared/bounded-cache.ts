/** Keeps what was used last, as many bytes of it as it may hold: keys and values together, as they are reckoned when they are set. */
export class BoundedCache<Value> {
	readonly #maxBytes: number;
	readonly #onForget: (key: string, value: Value) => void;
	/** In the order in which they were used. */
	readonly #entries = new Map<string, { readonly value: Value; bytes: number }>();
	#bytes = 0;

	/** `onForget` is called with what is not kept any more, for whatever reason. */
	constructor(maxBytes: number, onForget: (key: string, value: Value) => void = () => {}) {
		this.#maxBytes = maxBytes;
		this.#onForget = onForget;
	}

	get bytes(): number {
		return this.#bytes;
	}

	get size(): number {
		return this.#entries.size;
	}

	get(key: string): Value | undefined {
		const entry = this.#entries.get(key);
		if (entry === undefined) return undefined;
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		return entry.value;
	}

	/** Keeps the value, and forgets what was used longest ago until there is room; a value that takes more than all is not kept. */
	set(key: string, value: Value, bytes: number): void {
		this.delete(key);
		if (bytes > this.#maxBytes) return;
		this.#entries.set(key, { value, bytes });
		this.#bytes += bytes;
		for (const oldest of this.#entries.keys()) {
			if (this.#bytes <= this.#maxBytes) break;
			this.delete(oldest);
		}
	}

	delete(key: string): void {
		const entry = this.#entries.get(key);
		if (entry === undefined) return;
		this.#bytes -= entry.bytes;
		this.#entries.delete(key);
		this.#onForget(key, entry.value);
	}
}
