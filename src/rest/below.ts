import { type RowSelection, selectionKey } from "../database/select.ts";
import type { List } from "../reading/list.ts";
import type { AnyRow } from "../reading/statements.ts";
import { type Field, type Fields, shapeFor, writtenRows } from "./fields.ts";
import type { Asked } from "./route.ts";

/** The objects of a short list below the row whose uuid each row has in the column, in one statement for all of them. */
export const below = (list: List, fields: Fields, column = "uuid"): Field => ({
	columns: [column],
	values: async (rows, asked) => {
		const found = await childrenOf(list, shapeFor(fields), rows, asked, column);
		const written = await writtenRows(fields, found.flat(), asked);
		let place = 0;
		return found.map((children) => children.map(() => written[place++] ?? {}));
	},
});

/** The rows of such a list; several fields that read the same of them share the statement. */
export const childrenOf = (list: List, shape: RowSelection, rows: readonly AnyRow[], { context: { read } }: Asked, column = "uuid"): Promise<AnyRow[][]> =>
	Promise.all(rows.map((row) => read.load(`all ${list.key} ${selectionKey(shape)}`, (uuids) => read.statements.all(list, shape, uuids), String(row[column]))));
