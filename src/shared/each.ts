/**
 * Does the work for each item, one after the other. One that fails holds no other up: afterwards the failure is thrown as it
 * is, or several as one error whose message has each of them once.
 */
export async function each<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
	const failures: unknown[] = [];
	for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
	const [first, ...others] = failures;
	if (others.length > 0) throw new AggregateError(failures, [...new Set(failures.map(messageOf))].join("\n"));
	if (failures.length > 0) throw first;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
