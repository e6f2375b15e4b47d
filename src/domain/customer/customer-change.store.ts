import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { Maybe } from "../../shared/maybe.ts";

/** What an update names of a customer; what is absent or null stays as it is. */
export interface CustomerChange {
	readonly uuid: string;
	readonly blocked?: Maybe<boolean>;
	readonly archived?: Maybe<boolean>;
	/** The groups that it is to be a member of, and of no others. */
	readonly organizationGroups?: Maybe<readonly string[]>;
}

/** Where the customer was imported from, null where it was made here; undefined when it is not there, or the viewer does not see it. */
export async function seenCustomer(queries: Queries, viewer: Viewer, uuid: string): Promise<{ sourceId: number | null } | undefined> {
	const [customer] = await queries.rows<{ sourceId: number | null }>(sql`
		select c."sourceId" from "Customer" c where c."uuid" = ${uuid}::uuid and ${visibility.Customer(viewer, sql`c`)}
	`);
	return customer;
}

/** Stores the change. */
export async function changeCustomer(tx: Queries, { uuid, blocked, archived, organizationGroups }: CustomerChange, now: Date): Promise<void> {
	await tx.rows(sql`
		update "Customer" set "blocked" = coalesce(${blocked ?? null}::boolean, "blocked"), "archived" = coalesce(${archived ?? null}::boolean, "archived"),
			"modified" = ${now}::timestamptz
		where "uuid" = ${uuid}::uuid
	`);
	if (organizationGroups == null) return;
	const groups = [...organizationGroups];
	await tx.rows(sql`delete from "CustomerOrganizationGroup" where "customerUuid" = ${uuid}::uuid and "organizationGroupUuid" <> all(${groups}::uuid[])`);
	await tx.rows(sql`
		insert into "CustomerOrganizationGroup" ("customerUuid", "organizationGroupUuid", "created")
		select distinct ${uuid}::uuid, named, ${now}::timestamptz from unnest(${groups}::uuid[]) named
		on conflict do nothing
	`);
}

/** The uuids of the offerings that the customer has usage of. */
export async function offeringsUsedBy(queries: Queries, customerUuid: string): Promise<string[]> {
	const rows = await queries.rows<{ offeringUuid: string }>(sql`
		select distinct r."offeringUuid" from "Resource" r
		where r."customerUuid" = ${customerUuid}::uuid and exists (select from "ComponentUsage" u where u."resourceUuid" = r."uuid")
	`);
	return rows.map(({ offeringUuid }) => offeringUuid);
}
