import type { UnknownValue } from "./list.ts";
import type { ListName } from "./source.ts";

/** A value that this version does not know, and how often a list has it in that field. */
export interface Warning extends UnknownValue {
	readonly list: ListName;
	readonly count: number;
}

/** So many different values are counted apart: a source of nonsense fills no memory. */
const countedApart = 1_000;

/** Counts the values that are not known, one entry for each list, field and value. */
export class Warnings {
	readonly #counted = new Map<string, Warning>();

	add(list: ListName, unknown: UnknownValue): void {
		const key = JSON.stringify([list, unknown.field, unknown.value]);
		const isNew = !this.#counted.has(key);
		const entry = isNew && this.#counted.size >= countedApart ? { ...unknown, value: "others" } : unknown;
		const place = entry === unknown ? key : JSON.stringify([list, entry.field, entry.value]);
		this.#counted.set(place, { list, ...entry, count: (this.#counted.get(place)?.count ?? 0) + 1 });
	}

	all(): readonly Warning[] {
		return [...this.#counted.values()];
	}
}

/** The warning as a line of text. */
export const warningLine = ({ list, field, value, taken, count }: Warning): string =>
	`${list}: ${field} ${value} is unknown, ${taken === null ? "left out" : `taken as ${taken}`} (${count} ${count === 1 ? "time" : "times"}).`;
