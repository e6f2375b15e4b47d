/**
 * Lets callers for the same key share what is loaded, without ever being answered what is older than their call: whoever
 * calls while a load is under way waits for the next one, together with all others who do. Nothing is kept.
 */
export function joined<Value>(load: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
	const underWay = new Map<string, { readonly current: Promise<Value>; next: Promise<Value> | undefined }>();

	function begin(key: string): Promise<Value> {
		const current = load(key).finally(() => {
			if (underWay.get(key)?.next === undefined) underWay.delete(key);
		});
		underWay.set(key, { current, next: undefined });
		return current;
	}

	return (key) => {
		const present = underWay.get(key);
		if (present === undefined) return begin(key);
		present.next ??= present.current.then(
			() => begin(key),
			() => begin(key),
		);
		return present.next;
	};
}
