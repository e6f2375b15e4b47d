import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from "graphql";
import { fragmentsOf } from "../../shared/fragments.ts";

/** Pairs of fields with nothing below them and no arguments are compared about as much faster. */
const leafPart = 0.1;

/** How far the selections of a document multiply where they meet: at each place of the result, all that its fragments put there. */
export interface Merged {
	/** Pairs of fields of one name at one place: validation compares the two of each pair. Of plain fields, each counts a tenth. */
	readonly pairs: number;
	/** Whether all places were looked at, for less than was allowed. */
	readonly isComplete: boolean;
}

/** More levels than a document may have: of the schema it may ask 4 lists deep, and types within types. */
const deepest = 60;

/**
 * Looks at each place of the result of each operation and fragment, whether or not it is used, as validation does; places
 * where the same selections meet are one. Types do not matter: what is asked of different ones is compared too. There may be
 * more places than words, so it ends when it has looked at `max` selections. `visit` is called for each.
 */
export function mergedFields(document: DocumentNode, max: number, visit = () => {}): Merged {
	const fragments = fragmentsOf(document);
	const numbers = new Map<SelectionSetNode, number>();
	const known = new Set<string>();
	let [pairs, left] = [0, max];

	/** The fields at a place, and the selection sets that they are in, which name it. */
	function fieldsAt(selectionSets: readonly SelectionSetNode[]): { readonly fields: FieldNode[]; readonly place: string } {
		const fields: FieldNode[] = [];
		const entered = new Set<SelectionSetNode>();
		const holding: number[] = [];
		const enter = (selectionSet: SelectionSetNode | undefined): void => {
			if (selectionSet === undefined || entered.has(selectionSet)) return;
			entered.add(selectionSet);
			const before = fields.length;
			for (const selection of selectionSet.selections) {
				visit();
				if (--left < 0) return;
				if (selection.kind === Kind.FIELD) fields.push(selection);
				else enter(selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)?.selectionSet : selection.selectionSet);
			}
			if (fields.length > before) holding.push(numberOf(selectionSet));
		};
		selectionSets.forEach(enter);
		return { fields, place: holding.sort((one, other) => one - other).join() };
	}

	function numberOf(selectionSet: SelectionSetNode): number {
		const number = numbers.get(selectionSet) ?? numbers.size;
		numbers.set(selectionSet, number);
		return number;
	}

	function look(selectionSets: readonly SelectionSetNode[], depth: number): void {
		if (depth > deepest) left = -1;
		if (left < 0) return;
		const { fields, place } = fieldsAt(selectionSets);
		if (known.has(place)) return;
		known.add(place);
		const byName = new Map<string, { count: number; isPlain: boolean; below: SelectionSetNode[] }>();
		for (const { alias, name, selectionSet, arguments: args } of fields) {
			const answered = (alias ?? name).value;
			const group = byName.get(answered) ?? { count: 0, isPlain: true, below: [] };
			byName.set(answered, group);
			group.count++;
			group.isPlain &&= selectionSet === undefined && !args?.length;
			if (selectionSet !== undefined) group.below.push(selectionSet);
		}
		for (const { count, isPlain, below } of byName.values()) {
			pairs += ((count * (count - 1)) / 2) * (isPlain ? leafPart : 1);
			if (below.length > 0) look(below, depth + 1);
		}
	}

	for (const definition of document.definitions) if ("selectionSet" in definition) look([definition.selectionSet], 1);
	return { pairs: Math.ceil(pairs), isComplete: left >= 0 };
}
