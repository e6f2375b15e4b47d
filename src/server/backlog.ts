/** What waits for a client that does not keep up. The texts are shared with other clients: each costs little here. */
export interface Backlog {
	readonly isEmpty: boolean;
	push(text: string): void;
	shift(): string | undefined;
	clear(): void;
}

/** As much text, and as long, as waits for a client at most. */
const most = { characters: 1024 * 1024, milliseconds: 30_000 };

/** Makes an empty backlog. When one thing more than it may hold is added, or one waits too long, it is cleared and `onFull` is told. */
export function createBacklog(onFull: () => void, { characters, milliseconds } = most): Backlog {
	let texts: { readonly text: string; readonly since: number }[] = [];
	let size = 0;
	let timer: NodeJS.Timeout | undefined;

	function clear(): void {
		texts = [];
		size = 0;
		clearTimeout(timer);
		timer = undefined;
	}

	function full(): void {
		clear();
		onFull();
	}

	/** Looks again when the oldest will have waited too long. */
	function watch(): void {
		const [oldest] = texts;
		if (oldest === undefined) return;
		const left = oldest.since + milliseconds - performance.now();
		if (left <= 0) full();
		else timer = setTimeout(watch, left);
	}

	return {
		get isEmpty() {
			return texts.length === 0;
		},
		push: (text) => {
			if (size + text.length > characters) return full();
			texts.push({ text, since: performance.now() });
			size += text.length;
			if (timer === undefined) watch();
		},
		shift: () => {
			const first = texts.shift();
			size -= first?.text.length ?? 0;
			if (texts.length === 0) clear();
			return first?.text;
		},
		clear,
	};
}
