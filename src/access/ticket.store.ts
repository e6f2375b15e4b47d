import { createHash } from "node:crypto";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { openedWithin, reopenedWithin, sealed, type TicketText, ticketHash, ticketsPerToken, unsealed } from "./ticket.ts";
import { type TokenText, tokenHash } from "./token.ts";

export interface NewTicket {
	readonly ticket: TicketText;
	/** Whom it signs in. */
	readonly token: TokenText;
	/** The operation that it is for, in the one text that all ways of asking it have. */
	readonly operation: string;
	/** Whether the operation goes on after its connection was lost. */
	readonly reopens: boolean;
	readonly now: Date;
}

const hashed = (operation: string): string => createHash("sha256").update(operation).digest("hex");

/** Stores the ticket, and forgets the oldest of its token that are too many. */
export async function addTicket(queries: Queries, { ticket, token, operation, reopens, now }: NewTicket): Promise<void> {
	const owner = tokenHash(token);
	await queries.rows(sql`
		insert into "Ticket" ("hash", "tokenHash", "operation", "sealed", "reopens", "created")
		values (${ticketHash(ticket)}, ${owner}, ${hashed(operation)}, ${sealed(token, ticket)}, ${reopens}::boolean, ${now}::timestamptz)
	`);
	await queries.rows(sql`
		delete from "Ticket" where "hash" in (
			select "hash" from "Ticket" where "tokenHash" = ${owner} order by "created" desc, "hash" offset ${ticketsPerToken}::int for update skip locked
		)
	`);
}

export interface TicketUse {
	readonly ticket: TicketText;
	readonly operation: string;
	/** Whether a client goes on with a subscription whose connection was lost. */
	readonly isReconnect: boolean;
	/** Whether it only asks what it would get: the ticket is not used up. */
	readonly isLook: boolean;
	readonly now: Date;
}

/**
 * The token of a ticket, which is opened by its first use; undefined when the ticket is not good for the operation, or not any
 * more. Whether the token is good is another question.
 */
export async function openTicket(queries: Queries, { ticket, operation, isReconnect, isLook, now }: TicketUse): Promise<TokenText | undefined> {
	const fresh = new Date(now.getTime() - openedWithin);
	const kept = new Date(now.getTime() - reopenedWithin);
	const [found] = await queries.rows<{ sealed: string }>(sql`
		update "Ticket" set "opened" = case when ${isLook}::boolean then "opened" else coalesce("opened", ${now}::timestamptz) end
		where "hash" = ${ticketHash(ticket)} and "operation" = ${hashed(operation)} and (
			("opened" is null and "created" > ${fresh}::timestamptz)
			or ("opened" is not null and "reopens" and ${isReconnect}::boolean and "created" > ${kept}::timestamptz)
		)
		returning "sealed"
	`);
	return found && unsealed(found.sealed, ticket);
}

/** Forgets the tickets that are good for nothing any more. */
export async function forgetOldTickets(queries: Queries, now: Date): Promise<void> {
	const fresh = new Date(now.getTime() - openedWithin);
	const kept = new Date(now.getTime() - reopenedWithin);
	await queries.rows(sql`
		delete from "Ticket"
		where "created" <= ${kept}::timestamptz or ("created" <= ${fresh}::timestamptz and ("opened" is null or not "reopens"))
	`);
}
