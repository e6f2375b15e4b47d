import pg from "pg";

/** What the driver's types leave out of its connections and queries. */
interface Wire {
	parse(statement: { readonly name: string; readonly text: string }): void;
	bind(portal: { readonly statement: string; readonly values: readonly never[] }): void;
	execute(portal: { readonly portal: string }): void;
	readonly parsedStatements: Record<string, string>;
}
interface WireQuery extends pg.Submittable {
	prepare(connection: Wire): void;
	requiresPreparation(): boolean;
	handleDataRow(message: unknown): void;
	handleCommandComplete(message: unknown, connection: Wire): void;
}
type Answer = (error: Error | null, result: pg.QueryResult) => void;
const Query = pg.Query as unknown as new (config: pg.QueryConfig, values: undefined, callback: Answer) => WireQuery;

/** What sets the bound, and its name where statements are prepared. */
const setting = (milliseconds: number): string => `select set_config('statement_timeout', '${milliseconds}', true)`;
const settingName = "statement_timeout";

/**
 * Runs a statement that is a transaction of its own, and may take that long. The bound is set in the same message and the same
 * transaction: a setting of the session would be whose turn it is next, and another message another way to the server and back.
 */
export async function boundedQuery(client: pg.PoolClient, asked: pg.QueryConfig, milliseconds: number): Promise<pg.QueryResult> {
	const wire = client.connection as unknown as Wire;
	const isPrepared = asked.name !== undefined;
	// Before it is in front of another: the driver would take that one for prepared.
	if (isPrepared && wire.parsedStatements[settingName] === undefined) await client.query({ name: settingName, text: setting(milliseconds) });
	try {
		return await new Promise((resolve, reject) => {
			client.query(new BoundedQuery(asked, isPrepared ? undefined : setting(milliseconds), (error, result) => (error ? reject(error) : resolve(result))));
		});
	} catch (error) {
		if (error instanceof Error) Error.captureStackTrace(error); // of the caller, as the driver does it
		throw error;
	}
}

class BoundedQuery extends Query {
	readonly #setting: string | undefined;
	#isSet = false;

	/** The setting is the text that is not prepared yet. */
	constructor(asked: pg.QueryConfig, setting: string | undefined, answer: Answer) {
		super(asked, undefined, answer);
		this.#setting = setting;
	}

	override requiresPreparation(): boolean {
		return true;
	}

	override prepare(connection: Wire): void {
		const statement = this.#setting === undefined ? settingName : "";
		if (this.#setting !== undefined) connection.parse({ name: statement, text: this.#setting });
		connection.bind({ statement, values: [] });
		connection.execute({ portal: "" });
		super.prepare(connection);
	}

	override handleDataRow(message: unknown): void {
		if (this.#isSet) super.handleDataRow(message);
	}

	override handleCommandComplete(message: unknown, connection: Wire): void {
		if (this.#isSet) super.handleCommandComplete(message, connection);
		this.#isSet = true;
	}
}
