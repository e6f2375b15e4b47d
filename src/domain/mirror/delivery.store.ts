import { seesEverything, type Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { type ChangedKind, deliveryColumn } from "./outbox.store.ts";

/** How far an object's last change has come on its way to Waldur. */
export interface DeliveryStatus {
	readonly state: "PENDING" | "SENT" | "FAILED";
	readonly attempts: number;
	/** Waldur's refusal, in its words; of what is still tried, the last failure, for staff and support alone: it names the network within. */
	readonly error: string | null;
	readonly sent: Date | null;
	readonly queued: Date;
}

/** For each of the objects, which the viewer sees, how its last change is delivered; null of one that nothing is sent of. */
export async function deliveriesOf(queries: Queries, viewer: Viewer, kind: ChangedKind, uuids: readonly string[]): Promise<(DeliveryStatus | null)[]> {
	const rows = await queries.rows<DeliveryStatus & { uuid: string }>(sql`
		select d.${deliveryColumn(kind)} as "uuid", d."state"::text as "state", d."attempts", d."sent", d."queued",
			case when d."state" = 'FAILED' or ${seesEverything(viewer)} then d."error" end as "error"
		from "WaldurDelivery" d where d.${deliveryColumn(kind)} = any(${[...uuids]}::uuid[])
	`);
	const statuses = new Map(rows.map(({ uuid, ...status }) => [uuid, status]));
	return uuids.map((uuid) => statuses.get(uuid) ?? null);
}
