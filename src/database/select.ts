import { BoundedCache } from "../shared/bounded-cache.ts";
import { linkOf, type ModelName, modelNamed } from "./model.ts";
import { raw, type Sql } from "./sql.ts";

/** What is wanted of a row: some of its columns, and some of the rows that its links lead to. */
export interface Shape {
	readonly columns: ReadonlySet<string>;
	readonly links: ReadonlyMap<string, Shape>;
}

/** A shape turned into SQL: what is in the select list and after `from`, and how a tuple becomes an object again. */
export interface Selection {
	readonly columns: Sql;
	/** The model's table under the alias "t", with the linked rows joined in as "t.<link>". */
	readonly from: Sql;
	/** How many places of the tuple the selection fills. */
	readonly width: number;
	/** The object in the tuple, from the given place on. Linked rows are under the link's name, null where there is none. */
	readonly decode: (tuple: readonly unknown[], offset: number) => Record<string, unknown>;
}

/** Both shapes in one. */
export function mergedShape(one: Shape, other: Shape): Shape {
	const links = new Map(one.links);
	for (const [name, shape] of other.links) {
		const present = links.get(name);
		links.set(name, present === undefined ? shape : mergedShape(present, shape));
	}
	return { columns: new Set([...one.columns, ...other.columns]), links };
}

/** The shape that wants one column: of the row itself, or of a linked row as "link.column". */
export function shapeAtPath(column: string): Shape {
	const path = column.split(".");
	return shapeAt(path.slice(0, -1), path.slice(-1));
}

function shapeAt([link, ...rest]: readonly string[], columns: readonly string[]): Shape {
	return link === undefined
		? { columns: new Set(columns), links: new Map() }
		: { columns: new Set(["uuid"]), links: new Map([[link, shapeAt(rest, columns)]]) };
}

const keys = new WeakMap<Shape, string>();

/** A text that two shapes share exactly when they want the same. */
export function shapeKey(shape: Shape): string {
	const key = keys.get(shape) ?? writtenKey(shape);
	keys.set(shape, key);
	return key;
}

function writtenKey(shape: Shape): string {
	const links = [...shape.links].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, linked]) => `${name}(${shapeKey(linked)})`);
	return [...shape.columns].sort().concat(links).join(",");
}

/** Clients choose which fields meet: what they asked last is kept, within a few megabytes. */
const selections = new BoundedCache<Selection>(8 * 1024 * 1024);

/** What a selection takes beside its texts, for each of its columns: as its decoder names them; in bytes. */
const bytesPerColumn = 100;

/** The selection of the shape; rows of the `joined` links can be referred to, whether or not the shape wants them. */
export function selectionOf(model: ModelName, shape: Shape, joined: readonly string[] = []): Selection {
	const key = `${model}:${shapeKey(shape)}:${joined}`;
	const known = selections.get(key);
	if (known !== undefined) return known;
	const columns: string[] = [];
	const joins: string[] = [];
	const decode = compile(model, shape, "t", columns, joins);
	for (const link of joined) if (!shape.links.has(link)) joins.push(join(model, link, "t"));
	const [selected, from] = [columns.join(", "), [`"${model}" "t"`, ...joins].join(" ")];
	const selection = { columns: raw(selected), from: raw(from), width: columns.length, decode };
	selections.set(key, selection, 2 * (key.length + selected.length + from.length) + columns.length * bytesPerColumn);
	return selection;
}

/** Appends the shape's columns and joins, and returns the decoder of the places that its columns took. */
function compile(model: ModelName, shape: Shape, alias: string, columns: string[], joins: string[]): Selection["decode"] {
	// The uuid is always read: links, lists and the question whether a linked row exists depend on it.
	const wanted = [...modelNamed(model).columns.values()].filter(({ name }) => shape.columns.has(name) || name === "uuid");
	const names = wanted.map(({ name }) => name);
	const firstAt = columns.length;
	columns.push(...wanted.map((column) => column.selected(alias)));

	const links = [...shape.links].map(([name, linked]) => {
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
