import DataLoader from "dataloader";
import type { Viewer } from "../access/viewer.ts";
import type { VisibleModel } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import type { ModelName } from "../database/model.ts";
import { type Shape, shapeKey } from "../database/select.ts";
import type { List } from "./list.ts";
import type { Page, PageRequest } from "./page.ts";
import { type AnyRow, createStatements } from "./statements.ts";

/**
 * Reads rows for one viewer during one request, or one event of a subscription. What is asked for in the same tick of the
 * same kind becomes one flat statement, and nothing is read twice. Every statement carries the viewer's visibility.
 */
export interface Reader {
	/** The row, or null when there is none that the viewer sees. */
	visible(model: VisibleModel, shape: Shape, uuid: string): Promise<AnyRow | null>;
	/** The row that a row in the viewer's hands links to: who sees a row sees what it links to. */
	linked(model: ModelName, shape: Shape, uuid: string): Promise<AnyRow | null>;
	/** All rows of a short list below the parent. */
	all(list: List, shape: Shape, parent: string): Promise<AnyRow[]>;
	/** A page of the list, below the parent where it has one. */
	page(list: List, shape: Shape, request: PageRequest, parent: string | undefined): Promise<Page>;
	/** How many rows the whole list has for the viewer. */
	count(list: List, parent: string | undefined): Promise<number>;
	/** Those of the uuids whose rows are in the list. */
	among(list: List, uuids: readonly string[]): Promise<Set<string>>;
	/** One batch for keys of any other kind: `load` answers a value for each key, in their order. */
	batched<Value>(kind: string, load: (keys: readonly string[]) => Promise<Value[]>, key: string): Promise<Value>;
}

/** `onBatch` is told of how many objects each statement reads something. */
export function createReader(queries: Queries, viewer: Viewer, onBatch?: (objects: number) => void): Reader {
	const statements = createStatements(queries, viewer, onBatch);
	const loaders = new Map<string, unknown>();

	/** One loader for each kind of question that this request asks. */
	function batched<Value>(kind: string, load: (keys: readonly string[]) => Promise<Value[]>, key: string): Promise<Value> {
		const known = loaders.get(kind) as DataLoader<string, Value> | undefined;
		if (known !== undefined) return known.load(key);
		const fresh = new DataLoader<string, Value>(load);
		loaders.set(kind, fresh);
		return fresh.load(key);
	}

	return {
		visible: (model, shape, uuid) => batched(`visible ${model} ${shapeKey(shape)}`, (uuids) => statements.visible(model, shape, uuids), uuid),
		linked: (model, shape, uuid) => batched(`linked ${model} ${shapeKey(shape)}`, (uuids) => statements.linked(model, shape, uuids), uuid),
		all: (list, shape, parent) => batched(`all ${list.key} ${shapeKey(shape)}`, (parents) => statements.all(list, shape, parents), parent),
		page: (list, shape, request, parent) => {
			if (parent === undefined) return statements.page(list, shape, request);
			return batched(`page ${list.key} ${shapeKey(shape)} ${JSON.stringify(request)}`, (parents) => statements.pages(list, shape, request, parents), parent);
		},
		count: (list, parent) =>
			parent === undefined ? statements.count(list) : batched(`count ${list.key}`, (parents) => statements.counts(list, parents), parent),
		among: (list, uuids) => statements.among(list, uuids),
		batched,
	};
}
