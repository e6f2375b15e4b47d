/**
 * Lets callers for the same key share what is loaded, which is never older than their call: a load begins
 * when all that has come in is looked at, and a call while it is under way waits for the next one, which gathers callers
 * for a millisecond at least. Nothing is cached.
 */
export function coalesce<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
	/** By key, the load that callers can still join. */
	const open = new Map<string, Promise<Value>>();
	/** By key, the last load, which the next one waits for. */
	const last = new Map<string, Promise<unknown>>();

	function begin(key: string): Promise<Value> {
		const before = last.get(key);
		const opened = (before === undefined ? nextTurn() : Promise.allSettled([before, gathering()])).then(() => {
			open.delete(key);
			return load(key);
		});
		open.set(key, opened);
		last.set(key, opened);
		const forget = () => {
			if (last.get(key) === opened) last.delete(key);
		};
		opened.then(forget, forget);
		return opened;
	}

	return (key) => open.get(key) ?? begin(key);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const gathering = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
