import type { Queries } from "../../database/database.ts";
import { isOneOf, type Sql, sql } from "../../database/sql.ts";
import { addMonths, type BillingPeriod } from "../../shared/billing-period.ts";

/** An offering for which the month has not begun yet, and the last one that has; null when none has. */
export interface OfferingToTurn {
	readonly offeringUuid: string;
	readonly name: string;
	readonly lastTurned: BillingPeriod | null;
}

/** Neither the month nor a later one has begun for the offering. */
export const hasNotBegun = (offeringUuid: Sql, month: BillingPeriod): Sql =>
	sql`not exists (select from "MonthTurn" t where t."offeringUuid" = ${offeringUuid} and t."billingPeriod" >= ${month}::date)`;

/** The offerings, all or those that are named, for which the month has not begun. */
export function offeringsToTurn(queries: Queries, month: BillingPeriod, named?: readonly string[]): Promise<OfferingToTurn[]> {
	return queries.rows<OfferingToTurn>(sql`
		select o."uuid" as "offeringUuid", o."name", (select max(t."billingPeriod") from "MonthTurn" t where t."offeringUuid" = o."uuid") as "lastTurned"
		from "Offering" o
		where ${hasNotBegun(sql`o."uuid"`, month)} and ${named === undefined ? sql`true` : isOneOf(sql`o."uuid"`, named)}
		order by o."uuid"
	`);
}

/** The last month that has begun for every offering; this one when there is none that has not begun it. One that has begun no month is new: it begins this one. */
export async function lastMonthOfAll(queries: Queries, thisMonth: BillingPeriod): Promise<BillingPeriod> {
	const months = (await offeringsToTurn(queries, thisMonth)).map(({ lastTurned }) => lastTurned ?? addMonths(thisMonth, -1));
	return months.sort()[0] ?? thisMonth;
}

/** Marks that the month has begun for the offering. False when it had begun already. */
export async function markTurned(tx: Queries, offeringUuid: string, month: BillingPeriod, now: Date): Promise<boolean> {
	const marked = await tx.rows(sql`
		insert into "MonthTurn" ("offeringUuid", "billingPeriod", "created") values (${offeringUuid}::uuid, ${month}::date, ${now}::timestamptz)
		on conflict do nothing returning 1
	`);
	return marked.length > 0;
}

/** The uuids of the offering's recurring records of the month before whose resource lives on and has no record in the month. */
export async function usagesToCarryOver(queries: Queries, offeringUuid: string, month: BillingPeriod): Promise<string[]> {
	const rows = await queries.rows<{ uuid: string }>(sql`
		select u."uuid"
		from "OfferingComponent" c
		join "ComponentUsage" u on u."componentUuid" = c."uuid" and u."billingPeriod" = ${addMonths(month, -1)}::date and u."recurring"
		join "Resource" r on r."uuid" = u."resourceUuid" and r."state" <> 'TERMINATED'
		where c."offeringUuid" = ${offeringUuid}::uuid and not exists (
			select from "ComponentUsage" present
			where present."resourceUuid" = u."resourceUuid" and present."componentUuid" = u."componentUuid" and present."billingPeriod" = ${month}::date
		)
		order by u."resourceUuid", u."type"
	`);
	return rows.map(({ uuid }) => uuid);
}

/** Copies the records into the month, and returns the uuids of the copies; a record that has come in between is kept instead. */
export async function carryOver(tx: Queries, usageUuids: readonly string[], month: BillingPeriod, now: Date): Promise<string[]> {
	const rows = await tx.rows<{ uuid: string }>(sql`
		insert into "ComponentUsage" (
			"resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod",
			"recurring", "description", "planPeriodUuid", "created", "modified"
		)
		select u."resourceUuid", u."componentUuid", u."offeringUuid", u."projectUuid", u."customerUuid", u."type", u."usage", ${now}::timestamptz, ${month}::date,
			u."recurring", u."description", u."planPeriodUuid", ${now}::timestamptz, ${now}::timestamptz
		from unnest(${usageUuids}::uuid[]) with ordinality source ("uuid", place) join "ComponentUsage" u on u."uuid" = source."uuid"
		order by source.place
		on conflict ("resourceUuid", "componentUuid", "billingPeriod") do nothing
		returning "uuid"
	`);
	return rows.map(({ uuid }) => uuid);
}
