/** A tab as GraphiQL stores it: of what it shows, the query alone is always there. */
interface StoredTab {
	query?: string | null;
	readonly variables?: string | null;
	readonly headers?: string | null;
}

/**
 * Makes what a browser stored the last time fit the page that it opens now: tabs that nobody changed get the months of today,
 * and the tab that was left is opened again. GraphiQL looks that one up by what its editors held last, which it stores when
 * something is typed: who typed nothing would come back to an empty tab more each time. It runs in the browser, as the text of
 * this function: it uses nothing from outside of it.
 */
export function renewTabs(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, served: readonly string[]): void {
	const nameOf = (query: string) => /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1];
	const before: string[] = JSON.parse(storage.getItem("usage-gateway:tabs") ?? "[]");
	storage.setItem("usage-gateway:tabs", JSON.stringify(served));
	const state: { tabs: StoredTab[]; activeTabIndex: number } | null = JSON.parse(storage.getItem("graphiql:tabState") ?? "null");
	if (state === null) return;
	for (const tab of state.tabs) {
		const { query } = tab;
		if (typeof query === "string" && before.includes(query)) tab.query = served.find((other) => nameOf(other) === nameOf(query)) ?? query;
	}
	storage.setItem("graphiql:tabState", JSON.stringify(state));
	const left = state.tabs[state.activeTabIndex];
	for (const editor of ["query", "variables", "headers"] as const) {
		const text = left?.[editor];
		if (typeof text === "string") storage.setItem(`graphiql:${editor}`, text);
		else storage.removeItem(`graphiql:${editor}`);
	}
}
