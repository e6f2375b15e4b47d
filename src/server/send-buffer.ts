/** As much text, and as long, as waits for a client at most. */
const max = { characters: 1024 * 1024, milliseconds: 30_000 };

/** What waits for a client that does not keep up. The texts are shared with other clients: each costs little here. */
export class SendBuffer {
	readonly #onFull: () => void;
	#texts: { readonly text: string; readonly since: number }[] = [];
	#size = 0;
	#timer: NodeJS.Timeout | undefined;

	/** When one text more than may wait is added, or one waits too long, the buffer is cleared and `onFull` is called. */
	constructor(onFull: () => void) {
		this.#onFull = onFull;
	}

	get isEmpty(): boolean {
		return this.#texts.length === 0;
	}

	push(text: string): void {
		if (this.#size + text.length > max.characters) {
			this.#full();
			return;
		}
		this.#texts.push({ text, since: performance.now() });
		this.#size += text.length;
		if (this.#timer === undefined) this.#watch();
	}

	shift(): string | undefined {
		const first = this.#texts.shift();
		this.#size -= first?.text.length ?? 0;
		if (this.isEmpty) this.clear();
		return first?.text;
	}

	clear(): void {
		this.#texts = [];
		this.#size = 0;
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#full(): void {
		this.clear();
		this.#onFull();
	}

	/** Looks again when the oldest will have waited too long. */
	#watch(): void {
		const [oldest] = this.#texts;
		if (oldest === undefined) return;
		const left = oldest.since + max.milliseconds - performance.now();
		if (left <= 0) this.#full();
		else this.#timer = setTimeout(() => this.#watch(), left);
	}
}
