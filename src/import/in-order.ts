/**
 * Does the work of each item, of some at once, and yields the results in the order of the items. An item is taken when its work
 * can begin. Throws what the first work has thrown, after those that are under way have ended.
 */
export async function* inOrder<Item, Result>(
	items: Iterable<Item> | AsyncIterable<Item>,
	atOnce: number,
	work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
	const underWay: Promise<Result>[] = [];
	try {
		for await (const item of items) {
			const result = work(item);
			result.catch(() => {}); // awaiting it throws
			underWay.push(result);
			if (underWay.length < atOnce) continue;
			const first = underWay.shift();
			if (first !== undefined) yield await first;
		}
		for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
	} finally {
		await Promise.allSettled(underWay);
	}
}

/** Lets as many works begin as may be under way at once; the others wait for their turn. */
export function atMost(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
	let underWay = 0;
	const waiting: (() => void)[] = [];
	return async (work) => {
		if (underWay >= most) await new Promise<void>((begin) => waiting.push(begin));
		else underWay++;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next === undefined) underWay--;
			else next();
		}
	};
}
