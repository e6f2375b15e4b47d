import { PGlite, types } from "@electric-sql/pglite";
import { PrismaPGlite } from "pglite-prisma-adapter";
import type { Database, PrismaAdapterFactory, Queries } from "./database.ts";
import type { Sql } from "./sql.ts";

/** PostgreSQL in WebAssembly, in this process: in `directory`, or in memory without one. The caller holds the directory's lock. */
export async function openPGlite(directory?: string, loadDataDir?: Blob): Promise<Database> {
	const pglite = await PGlite.create({
		...(directory === undefined ? {} : { dataDir: directory }),
		...(loadDataDir === undefined ? {} : { loadDataDir }),
		parsers: exactTypes,
	});
	return {
		engine: "PGlite",
		...over(pglite),
		transaction: (work) => pglite.transaction((tx) => work(over(tx))),
		listen: async (channel, notified) => {
			const stop = await pglite.listen(channel, notified);
			return () => stop();
		},
		// The adapter is typed against an older copy of the same interface.
		withAdapter: (work) => work(new PrismaPGlite(pglite) as unknown as PrismaAdapterFactory),
		// It is in this process: it answers for as long as it is open.
		probe: () => ({ answers: async () => !pglite.closed, close: () => {} }),
		close: () => pglite.close(),
	};
}

const text = (value: string) => value;

/** The same JavaScript values as from a PostgreSQL server: nothing loses digits or moves by a time zone. */
const exactTypes = { [types.DATE]: text, [types.NUMERIC]: text, [types.INT8]: text };

type Executor = Pick<PGlite, "query">;

function over(executor: Executor): Queries {
	return {
		rows: async <Row extends object>({ text, values }: Sql) => (await executor.query<Row>(text, values)).rows,
		tuples: async ({ text, values }: Sql) => (await executor.query<unknown[]>(text, values, { rowMode: "array" })).rows as unknown as unknown[][],
	};
}
