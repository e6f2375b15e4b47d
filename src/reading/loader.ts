import DataLoader from "dataloader";
import type { Viewer } from "../access/viewer.ts";
import type { Queries } from "../database/database.ts";
import { createStatements, type Statements } from "./statements.ts";

/**
 * Reads rows for one viewer during one request, or one event of a subscription. What is asked for in the same tick of the
 * same kind becomes one flat statement, and nothing is read twice.
 */
export interface Loader {
	/** The statements that it reads with; every one carries the viewer's visibility. */
	readonly statements: Statements;
	/** The value of the key, in one batch with all keys of the kind: `load` returns a value for each key, in their order. */
	readonly load: <Value>(kind: string, load: (keys: readonly string[]) => Promise<readonly Value[]>, key: string) => Promise<Value>;
}

/** `onBatch` is called with the number of objects that each statement reads something for. */
export function createLoader(queries: Queries, viewer: Viewer, onBatch?: (objects: number) => void): Loader {
	const loaders = new Map<string, unknown>();
	return {
		statements: createStatements(queries, viewer, onBatch),
		load: <Value>(kind: string, load: (keys: readonly string[]) => Promise<readonly Value[]>, key: string) => {
			const known = loaders.get(kind) as DataLoader<string, Value> | undefined;
			if (known !== undefined) return known.load(key);
			const fresh = new DataLoader<string, Value>(load);
			loaders.set(kind, fresh);
			return fresh.load(key);
		},
	};
}
