/** Different subscriptions that a token may have under way: each of them executes every event for itself. */
export const differentPerToken = 20;

/** The different subscriptions that are under way, by the token that follows them. */
export interface Distinct {
	/** Adds one with the key, and returns how to end it, once; undefined when it is another than the token's most different ones. */
	add(token: string, key: string): (() => void) | undefined;
}

/** Remembers no token without a subscription. */
export function createDistinct(max = differentPerToken): Distinct {
	const counts = new Map<string, Map<string, number>>();
	return {
		add: (token, key) => {
			const own = counts.get(token) ?? new Map<string, number>();
			const before = own.get(key) ?? 0;
			if (before === 0 && own.size >= max) return undefined;
			counts.set(token, own.set(key, before + 1));
			let isOver = false;
			return () => {
				if (isOver) return;
				isOver = true;
				const left = (own.get(key) ?? 1) - 1;
				if (left > 0) own.set(key, left);
				else own.delete(key);
				if (own.size === 0) counts.delete(token);
			};
		},
	};
}
