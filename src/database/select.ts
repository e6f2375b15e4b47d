import { BoundedCache } from "../shared/bounded-cache.ts";
import { linkOf, type ModelName, modelNamed } from "./model.ts";
import { raw, type Sql } from "./sql.ts";

/** What is wanted of a row: some of its columns, and some of the rows that its links lead to. */
export interface RowSelection {
	readonly columns: ReadonlySet<string>;
	readonly links: ReadonlyMap<string, RowSelection>;
}

/** A selection turned into SQL: what is in the select list and after `from`, and how a tuple becomes an object again. */
export interface CompiledSelect {
	readonly columns: Sql;
	/** The model's table under the alias "t", with the linked rows joined in as "t.<link>". */
	readonly from: Sql;
	/** How many places of the tuple the selection fills. */
	readonly width: number;
	/** The object in the tuple, from the given place on. Linked rows are under the link's name, null where there is none. */
	readonly decode: (tuple: readonly unknown[], offset: number) => Record<string, unknown>;
}

/** Both selections, merged. */
export function mergedSelection(one: RowSelection, other: RowSelection): RowSelection {
	const links = new Map(one.links);
	for (const [name, selection] of other.links) {
		const present = links.get(name);
		links.set(name, present === undefined ? selection : mergedSelection(present, selection));
	}
	return { columns: new Set([...one.columns, ...other.columns]), links };
}

const keys = new WeakMap<RowSelection, string>();

/** A text that two selections share exactly when they want the same. */
export function selectionKey(selection: RowSelection): string {
	const key = keys.get(selection) ?? writtenKey(selection);
	keys.set(selection, key);
	return key;
}

function writtenKey(selection: RowSelection): string {
	const links = [...selection.links].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, linked]) => `${name}(${selectionKey(linked)})`);
	return [...selection.columns].sort().concat(links).join(",");
}

/** Clients choose which fields meet: what they asked last is kept, within a few megabytes. */
const compiledSelects = new BoundedCache<CompiledSelect>(8 * 1024 * 1024);

/** What a compiled select takes beside its texts, for each of its columns: as its decoder names them; in bytes. */
const bytesPerColumn = 100;

/** The statement of the selection, compiled once; rows of the `joined` links can be referred to, whether or not the selection wants them. */
export function compileSelect(model: ModelName, selection: RowSelection, joined: readonly string[] = []): CompiledSelect {
	const key = `${model}:${selectionKey(selection)}:${joined}`;
	const known = compiledSelects.get(key);
	if (known !== undefined) return known;
	const columns: string[] = [];
	const joins: string[] = [];
	const decode = compile(model, selection, "t", columns, joins);
	for (const link of joined) if (!selection.links.has(link)) joins.push(join(model, link, "t"));
	const [selected, from] = [columns.join(", "), [`"${model}" "t"`, ...joins].join(" ")];
	const compiled = { columns: raw(selected), from: raw(from), width: columns.length, decode };
	compiledSelects.set(key, compiled, 2 * (key.length + selected.length + from.length) + columns.length * bytesPerColumn);
	return compiled;
}

/** Appends the selection's columns and joins, and returns the decoder of the places that its columns took. */
function compile(model: ModelName, selection: RowSelection, alias: string, columns: string[], joins: string[]): CompiledSelect["decode"] {
	// The uuid is always read: links, lists and the question whether a linked row exists depend on it.
	const wanted = [...modelNamed(model).columns.values()].filter(({ name }) => selection.columns.has(name) || name === "uuid");
	const names = wanted.map(({ name }) => name);
	const firstAt = columns.length;
	columns.push(...wanted.map((column) => column.selected(alias)));

	const links = [...selection.links].map(([name, linked]) => {
		const joined = `${alias}.${name}`;
		joins.push(join(model, name, alias));
		const decode = compile(linkOf(model, name).model, linked, joined, columns, joins);
		return { name, decode, uuidAt: columns.indexOf(`"${joined}"."uuid"`) };
	});

	return (tuple, offset) => {
		const row: Record<string, unknown> = {};
		for (let index = 0; index < names.length; index++) row[names[index] as string] = tuple[offset + firstAt + index];
		for (const { name, decode, uuidAt } of links) row[name] = tuple[offset + uuidAt] === null ? null : decode(tuple, offset);
		return row;
	};
}

function join(model: ModelName, link: string, alias: string): string {
	const { model: target, column } = linkOf(model, link);
	return `left join "${target}" "${alias}.${link}" on "${alias}.${link}"."uuid" = "${alias}"."${column}"`;
}
