/**
 * A generator that can be stopped while it waits: `return` aborts the signal that it was given, so that what it waits
 * for ends at once. A plain async generator would only stop at its next value.
 */
export function stoppable<Value>(generate: (signal: AbortSignal) => AsyncGenerator<Value, void, void>): AsyncGenerator<Value, void, void> {
	const stop = new AbortController();
	const generator = generate(stop.signal);
	const stopped = async (): Promise<IteratorResult<Value, void>> => {
		stop.abort();
		return generator.return();
	};
	return {
		next: () => generator.next(),
		return: stopped,
		throw: stopped,
		[Symbol.asyncIterator]() {
			return this;
		},
	};
}
