import DataLoader from "dataloader";

/** By key, what callers can still join: the first caller opens it, and it closes when its load begins. */
function createJoin<Joined>(): (key: string, open: (close: () => void) => Joined) => Joined {
	const opened = new Map<string, Joined>();
	return (key, open) => {
		const joined = opened.get(key) ?? open(() => opened.delete(key));
		opened.set(key, joined);
		return joined;
	};
}

/**
 * Lets callers for the same key share what is loaded, which is never older than their call: a load begins
 * when all that has come in is looked at, and a call while it is under way waits for the next one, which gathers callers
 * for a millisecond at least. Nothing is cached.
 */
export function coalesce<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
	const join = createJoin<Promise<Value>>();
	/** By key, the last load, which the next one waits for. */
	const last = new Map<string, Promise<unknown>>();

	return (key) =>
		join(key, (close) => {
			const before = last.get(key);
			const opened = (before === undefined ? nextTurn() : Promise.allSettled([before, gathering()])).then(() => {
				close();
				return load(key);
			});
			last.set(key, opened);
			const forget = () => {
				if (last.get(key) === opened) last.delete(key);
			};
			opened.then(forget, forget);
			return opened;
		});
}

/** Loads the item together with others; `load` is called once for all that have the key. */
export type CoalescedItems<Value> = (key: string, item: string, load: (items: readonly string[]) => Promise<readonly (Value | Error)[]>) => Promise<Value>;

/**
 * Lets callers for the same key share a load of different items, each once, that begins when the turn in which they called is
 * over: no value is older than a call for it. Loads do not wait for each other. Nothing is cached. The `load` of the first
 * caller is used, and returns a value for each item, in their order.
 */
export function coalesceItems<Value>(): CoalescedItems<Value> {
	const join = createJoin<DataLoader<string, Value>>();
	const opened = (load: Parameters<CoalescedItems<Value>>[2]) => (close: () => void) =>
		new DataLoader<string, Value>((items) => {
			close();
			return load(items);
		});
	return (key, item, load) => join(key, opened(load)).load(item);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const gathering = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
