import type { SyncedList } from "../domain/mirror/sync.store.ts";

const columns = ["read", "changed", "removed", "held", "refused"] as const;

/** What a pass did with each list, as a table of text. */
export function passTable(lists: readonly SyncedList[]): string {
	const width = Math.max(...lists.map(({ name }) => name.length), 4);
	const cells = (name: string, values: readonly (string | number)[]) => `${name.padEnd(width)}${values.map((value) => String(value).padStart(11)).join("")}`;
	const sum = (column: (typeof columns)[number]) => lists.reduce((total, list) => total + list[column], 0);
	return [
		cells("", columns),
		...lists.map((list) =>
			cells(
				list.name,
				columns.map((column) => list[column]),
			),
		),
		cells("all", columns.map(sum)),
	].join("\n");
}
