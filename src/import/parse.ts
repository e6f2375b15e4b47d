import type { z } from "zod";
import { Unknown, uuidOf } from "./fields.ts";
import { JsonNumber } from "./json-array.ts";
import type { ParsedRecord, Refusal, TablePart, UnknownValue } from "./list.ts";
import type { ListName } from "./source.ts";

type Refuse = (field: string, reason: string) => void;

/** The value, or what is taken for one that is not known: that is counted, and told once. */
export type Take = <Known extends string | null>(field: string, value: Known | Unknown, instead: Known) => Known;

interface RecordParser<Shape extends z.ZodType> {
	readonly list: ListName;
	readonly shape: Shape;
	/** Objects the record points at: `customer` means customer_uuid, or else the link in customer. */
	readonly links?: readonly string[];
	/** What the record brings, table by table, null to leave it out; its own uuid names it in refusals of its parts. */
	rows(value: z.output<Shape>, refuse: Refuse, take: Take): readonly TablePart[] | null;
}

/** Reads the records of one list: the rows of each, or why it is refused as a whole. Refusals that `rows` makes concern parts only. */
export function recordParser<Shape extends z.ZodType>({ list, shape, links = [], rows }: RecordParser<Shape>) {
	return (record: unknown): ParsedRecord | readonly Refusal[] => {
		if (!isRecord(record)) return [{ list, uuid: null, field: "", reason: "is not an object" }];
		const linked = withUuids(record, links);
		const uuid = uuidOf(linked["uuid"]) ?? null;
		const read = shape.safeParse(linked);
		if (!read.success) return read.error.issues.map((issue) => ({ list, uuid, field: pathText(issue.path), reason: issue.message }));
		const refusals: Refusal[] = [];
		const unknown: UnknownValue[] = [];
		const take: Take = (field, value, instead) => {
			if (!(value instanceof Unknown)) return value;
			unknown.push({ field, value: value.shown, taken: instead });
			return instead;
		};
		const parts = rows(read.data, (field, reason) => refusals.push({ list, uuid, field, reason }), take);
		return { uuid, parts, refusals, unknown };
	};
}

/** Reads the parts of a record, such as an offering's components, each by itself: a bad one does not take the others with it. */
export function parseParts<Shape extends z.ZodType>(
	field: string,
	items: readonly unknown[] | null,
	shape: Shape,
	refuse: Refuse,
): { path: string; value: z.output<Shape> }[] {
	return (items ?? []).flatMap((item, index) => {
		const path = `${field}[${index}]`;
		if (!isRecord(item)) {
			refuse(path, "is not an object");
			return [];
		}
		const read = shape.safeParse(item);
		if (read.success) return [{ path: `${path}.`, value: read.data }];
		for (const issue of read.error.issues) refuse(`${path}.${pathText(issue.path)}`, issue.message);
		return [];
	});
}

/** The uuid of an item of a list that is an object with a uuid, a uuid or a link. */
export function itemUuid(item: unknown): string | undefined {
	return isRecord(item) ? (uuidOf(item["uuid"]) ?? uuidOf(item["url"])) : uuidOf(item);
}

/** The groups that a record is for: a row for each, and whether one cannot be read. */
export function readGroups(path: string, items: readonly unknown[] | null, owner: Readonly<Record<string, string>>, refuse: Refuse): ReadGroups {
	const rows = (items ?? []).flatMap((item, index) => {
		const organizationGroupUuid = itemUuid(item);
		const at = `${path}organization_groups[${index}].`;
		if (organizationGroupUuid !== undefined) return [{ path: at, values: { ...owner, organizationGroupUuid } }];
		refuse(`${at}uuid`, "is not a UUID or a link that ends in one");
		return [];
	});
	return { rows, complete: items === null ? [] : Object.values(owner), isWhole: rows.length === (items ?? []).length };
}

interface ReadGroups extends Required<TablePart> {
	readonly isWhole: boolean;
}

/** The record is one row of one table. */
export const oneRow = (values: Readonly<Record<string, unknown>>): readonly TablePart[] => [{ rows: [{ path: "", values }] }];

function withUuids(record: Record<string, unknown>, links: readonly string[]): Record<string, unknown> {
	const uuids: Record<string, unknown> = { ...record };
	uuids["uuid"] ??= record["url"];
	for (const link of links) uuids[`${link}_uuid`] ??= record[link];
	return uuids;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

const pathText = (path: readonly PropertyKey[]) =>
	path.map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`)).join("");
