import type { VisibleModel } from "../access/visibility.ts";
import type { RowSelection } from "../database/select.ts";
import type { Context } from "../graphql/context.ts";
import type { List } from "../reading/list.ts";
import { numberedRequest, type PageRequest } from "../reading/page.ts";
import type { AnyRow } from "../reading/statements.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { type Fields, fieldsAsked, shapeFor, writtenRows } from "./fields.ts";
import type { Json } from "./json.ts";
import { pageAsked, pageHeaders, priceOfPage, requirePage } from "./page.ts";
import { type Given, givenOf, type Parameters } from "./parameters.ts";
import { absentHere } from "./problems.ts";
import type { Asked, Route } from "./route.ts";

/** How the rows of a list are read, once it is known which. */
export interface Rows {
	readonly count: () => Promise<number>;
	readonly page: (request: PageRequest) => Promise<readonly AnyRow[]>;
}

/** A list as it is declared. */
interface Listing<Known extends Parameters> {
	/** Below /api/. */
	readonly path: string;
	/** Its filters and orders, without those of pages. */
	readonly parameters: Known;
	readonly fields: Fields;
	/** Whether `field` chooses among them. */
	readonly choosesFields: boolean;
	/** What counting it costs; and what is read beside a row, for each row. */
	readonly price: { readonly count: number; readonly row?: number };
	/** What these parameters cost besides; nothing when absent. */
	readonly extra?: (names: ReadonlySet<string>) => number;
	readonly rows: (given: Given<Known>, asked: Asked, shape: RowSelection) => Rows | Promise<Rows>;
}

const ofPages = ["page", "page_size"];

/** The operation that lists: pages by number, with the number of all rows. */
export function listRoute<Known extends Parameters>({ path, parameters, fields, choosesFields, price, extra, rows }: Listing<Known>): Route {
	const known = [...Object.keys(parameters), ...(choosesFields ? ["field"] : []), ...ofPages];
	return {
		method: "GET",
		path,
		parameters: known,
		price: ({ query }) => priceOfPage(query) + price.count + (price.row ?? 0) * pageAsked(query).size + (extra?.(new Set(query.keys())) ?? 0),
		answer: async (asked) => {
			const { query, urls } = asked;
			const page = pageAsked(query);
			requirePage(page, Number.POSITIVE_INFINITY); // the depth, before anything is read
			const chosen = choosesFields ? fieldsAsked(fields, query) : fields;
			const list = await rows(givenOf(parameters, query), asked, shapeFor(chosen));
			const count = await list.count();
			requirePage(page, count);
			const read = count === 0 ? [] : await list.page(numberedRequest(page.number, page.size));
			const headers = pageHeaders(page, count, { urls, path, query, parameters: known });
			return { status: 200, headers, body: await writtenRows(chosen, read, asked) };
		},
	};
}

/** The rows of a list that is declared for GraphQL too. */
export const rowsOf = ({ read }: Context, list: List, shape: RowSelection): Rows => ({
	count: () => read.statements.count(list),
	page: async (request) => (await read.statements.page(list, shape, request)).rows,
});

interface Retrieval {
	readonly path: string;
	readonly model: VisibleModel;
	readonly fields: Fields;
	readonly choosesFields: boolean;
	/** What is read beside the row costs; nothing when absent. */
	readonly price?: number;
}

/** The operation that returns one object by its uuid. */
export const retrieveRoute = ({ path, model, fields, choosesFields, price = 0 }: Retrieval): Route => ({
	method: "GET",
	path: `${path}{uuid}/`,
	parameters: choosesFields ? ["field"] : [],
	price: () => 1 + price,
	answer: async (asked) => {
		const chosen = choosesFields ? fieldsAsked(fields, asked.query) : fields;
		return { status: 200, body: await objectOf(model, chosen, keyOf(asked), asked) };
	},
});

/** The object with the uuid. Throws Not found when there is none that the viewer sees. */
export async function objectOf(model: VisibleModel, fields: Fields, uuid: string, asked: Asked): Promise<Json> {
	const [row] = await asked.context.read.statements.visible(model, shapeFor(fields), [uuid]);
	const [object] = row == null ? [] : await writtenRows(fields, [row], asked);
	if (object === undefined) throw absentHere();
	return object;
}

/** The uuid in the path. Throws Not found for what is none. */
export function keyOf({ key }: Pick<Asked, "key">): string {
	const uuid = parsedUuid(key);
	if (uuid === undefined) throw absentHere();
	return uuid;
}
