import { and, type Sql, sql } from "../database/sql.ts";
import { betweenCursors, type OrderColumn, orderBy } from "./list.ts";
import { limitOf, type PageRequest } from "./page.ts";

/**
 * Reads a page of rows that a statement computes, just as a page of stored rows is read: `rows` is a select that has every
 * column of the order. One row more than the page holds is read where there is one (see pageOf). Throws InvalidInput when
 * a cursor is none of this order.
 */
export const computedPage = (rows: Sql, order: readonly OrderColumn[], request: PageRequest): Sql =>
	sql`select "t".* from (${rows}) "t" where ${and(betweenCursors(order, request))} order by ${orderBy(order, request.fromEnd)} ${limitOf(request)}`;
