import pg from "pg";

const { builtins } = pg.types;

/** A column that a statement would answer. */
export interface DescribedColumn {
	readonly name: string;
	readonly dataTypeID: number;
}

/** What PostgreSQL says that the statement answers, without running it. Throws what it finds wrong with it. */
export const described = (client: pg.Client, text: string): Promise<DescribedColumn[]> =>
	new Promise((resolve, reject) => {
		let columns: DescribedColumn[] = [];
		client.query({
			submit: (connection) => {
				connection.parse({ name: "", text, types: [] }, true);
				connection.describe({ type: "S", name: "" }, true);
				connection.sync();
			},
			handleRowDescription: ({ fields }: { fields: DescribedColumn[] }) => {
				columns = fields;
			},
			handleError: reject,
			handleReadyForQuery: () => resolve(columns),
		} as pg.Submittable);
	});

/** What the drivers make of a column (src/database/exact-types.ts); undefined where it can be anything. */
export function kindOf(dataTypeID: number): "boolean" | "bytes" | "Date" | "list" | "number" | "string" | undefined {
	const { BOOL, BYTEA, FLOAT4, FLOAT8, INT2, INT4, TIMESTAMPTZ } = builtins;
	if (dataTypeID === BOOL) return "boolean";
	if (dataTypeID === BYTEA) return "bytes";
	if (dataTypeID === TIMESTAMPTZ) return "Date";
	if ([INT2, INT4, FLOAT4, FLOAT8].includes(dataTypeID)) return "number";
	if (dataTypeID === builtins.JSON || dataTypeID === builtins.JSONB) return undefined;
	return lists.includes(dataTypeID) ? "list" : "string";
}

/** Lists of text, int4, uuid and varchar. */
const lists = [1009, 1007, 2951, 1015];

/** A column of a function that is called for its effect. */
export const isVoid = ({ dataTypeID }: DescribedColumn): boolean => dataTypeID === 2278;
