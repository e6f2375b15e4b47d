import type { GraphQLField } from "graphql";
import type { ModelName } from "../../database/model.ts";
import type { List, OrderColumn } from "../../reading/list.ts";
import type { Page, PageRequest } from "../../reading/page.ts";
import type { Context } from "../context.ts";

/**
 * Where a field's value comes from, declared once: a row is read with the columns and links that its fields will need, and a
 * plan reads for all rows of a level at once. Each kind has one file here with its resolver and its plan.
 */
export type FieldSource = LinkSource | PageSource | ComputedPageSource | AllSource | ByUuidSource | NodeSource | LoadedSource | ComputedSource;

/** A row that its own row links to, read together with it. */
export interface LinkSource {
	readonly kind: "link";
	readonly link: string;
}

/** A page of the list that the arguments ask for: below the row where the list has a parent. */
export interface PageSource {
	readonly kind: "page";
	readonly list: (args: never, zone: Pick<Context, "timeZone">) => List;
}

/** A page of rows that are computed for each key, all keys of one batch together. */
export interface ComputedPageSource {
	readonly kind: "computedPage";
	/** Whose page it is. */
	readonly key: (object: never, args: never) => string;
	/** What reads the pages. Throws when the viewer may not read them. */
	readonly reading: (args: never, context: Context) => ComputedPages;
}

export interface ComputedPages {
	/** Distinguishes this reading from others of the same operation. */
	readonly name: string;
	readonly order: readonly OrderColumn[];
	/** The page of each key, in their order; null for what the viewer may not read. */
	readonly pages: (keys: readonly string[], request: PageRequest) => Promise<readonly (Page | null)[]>;
	/** How many rows each key has; absent where each page says so itself. */
	readonly counts?: (keys: readonly string[]) => Promise<readonly number[]>;
	/** How many rows a page has at most, where these are more or fewer than elsewhere. */
	readonly largest?: number;
	/** The error of a page that the viewer may not read; without it such a page is empty. */
	readonly refusal?: () => Error;
}

/** All rows of a short list below the row. */
export interface AllSource {
	readonly kind: "all";
	readonly list: List;
}

/** The row with a uuid. */
export interface ByUuidSource {
	readonly kind: "byUuid";
	readonly model: ModelName;
	/** The uuid; null for no row. */
	readonly uuid: (object: never, args: never, context: Context) => string | null;
	/** Whether the viewer must see the row, or sees it because they see the object that names it. */
	readonly sight: "viewer" | "holder";
	/** Whether a row that is not found is refused as NOT_FOUND, or null. */
	readonly absent: "refused" | "null";
	/** The columns that the uuid is taken from, where the object is a row. */
	readonly columns: readonly string[];
}

/** A stored object of any type, by its type and uuid. */
export interface NodeName {
	readonly typename: string;
	readonly id: string;
}

/** Stored objects of any type: one, or a list of them. */
export interface NodeSource {
	readonly kind: "node";
	readonly names: (object: never, args: never) => readonly NodeName[];
	readonly isList: boolean;
	readonly sight: "viewer" | "holder";
}

/** A value that is loaded by a key, in one batch for all objects that are asked for it. */
export interface LoadedSource {
	readonly kind: "loaded";
	/** The key: the row's uuid, where nothing else is said. Throws what the viewer is refused with. */
	readonly key: (object: never, args: never, context: Context) => string;
	/** Distinguishes its batches from others of the same operation. */
	readonly batch: (args: never) => string;
	/** A value for each key, in their order. */
	readonly load: (keys: readonly string[], args: never, context: Context) => Promise<readonly unknown[]>;
	/** The error of a key without a value; without it the field is null. */
	readonly refusal?: (key: string) => Error;
}

/** Computed from the object in hand alone: from these columns when it is a row. */
export interface ComputedSource {
	readonly kind: "computed";
	readonly columns: readonly string[];
	readonly value: (object: never, context: Context) => unknown;
}

/** The resolver, with the source that it reads. */
export const withSource = <Resolve extends object>(source: FieldSource, resolve: Resolve): Resolve => Object.assign(resolve, { source });

/** The source of the field; undefined when its resolver declares none. */
export function sourceOf({ extensions }: GraphQLField<unknown, unknown>): FieldSource | undefined {
	const { source, pothosOptions } = extensions as { source?: FieldSource; pothosOptions?: { resolve?: { source?: FieldSource } } };
	return source ?? pothosOptions?.resolve?.source;
}

/** The property of its object that the field shows as it is; undefined when it does more. */
export const exposedBy = ({ extensions }: GraphQLField<unknown, unknown>): string | undefined =>
	(extensions as { pothosExposedField?: string }).pothosExposedField;
