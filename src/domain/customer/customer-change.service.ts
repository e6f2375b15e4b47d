import { mayChangeCustomers } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import { lockMembership } from "../../database/lock.ts";
import { absent, Forbidden, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { ownedProblems } from "../mirror/mirror.ts";
import type { Writes } from "../mirror/writes.service.ts";
import { requireBegunOfferings } from "../month-turn/begun-month.service.ts";
import { evaluateAndLog, type Moment } from "../policy/policy.service.ts";
import { type CustomerChange, changeCustomer, offeringsUsedBy, seenCustomer } from "./customer-change.store.ts";
import { checkGroups } from "./group.service.ts";

/** A customer that was changed, and the firings that this caused. */
export interface ChangedCustomer {
	readonly uuid: string;
	readonly firings: readonly string[];
}

/**
 * Changes what is given of a customer, in one transaction with the policies that it thereby counts for, or no longer
 * counts for, and their log entries.
 *
 * @throws NotFoundRefusal with everything that the change names and that is not there
 * @throws Forbidden when the viewer sees the customer and may not change it
 */
export async function updateCustomer(database: Writes, viewer: Viewer, change: CustomerChange, moment: Moment): Promise<ChangedCustomer> {
	return database.transaction(async (tx) => {
		const customer = await seenCustomer(tx, viewer, change.uuid);
		if (customer === undefined) throw new NotFoundRefusal([absent("Customer", change.uuid, "uuid")]);
		if (!mayChangeCustomers(viewer)) throw new Forbidden("Only staff change customers.");
		refuse(RuleRefusal, ownedProblems(database.mirror, customer, "uuid"));
		await checkGroups(tx, viewer, change.organizationGroups ?? []);
		await lockMembership(tx);
		const offerings = await offeringsUsedBy(tx, change.uuid);
		await requireBegunOfferings(tx, offerings, moment);
		await changeCustomer(tx, change, moment.now);
		return { uuid: change.uuid, firings: await evaluateAndLog(tx, offerings, moment) };
	});
}
