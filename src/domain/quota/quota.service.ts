import { mayListQuotas, mayReadQuotas } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import { Forbidden } from "../../shared/refusal.ts";

/** Throws Forbidden unless the viewer may list the figures of all customers. */
export function requireQuotaList(viewer: Viewer): void {
	if (!mayListQuotas(viewer)) throw new Forbidden("Only staff and support list the quotas of customers.");
}

/** Throws Forbidden unless the viewer, who sees the customer, may read its figures. */
export function requireQuotas(viewer: Viewer, customerUuid: string): void {
	if (!mayReadQuotas(viewer, customerUuid)) throw new Forbidden("Only staff, support and the customer's owners read its quotas.");
}
