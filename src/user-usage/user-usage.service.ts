import { mayReportUsage } from "../access/permissions.ts";
import type { Viewer } from "../access/viewer.ts";
import type { Database, Queries } from "../database/database.ts";
import { absent, Forbidden, InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../shared/refusal.ts";
import { type Account, accountNamed } from "../user/account.store.ts";
import { accountByUsername, limitAndOthers, lockParts, type PartSubject, partSubject, storePart } from "./user-usage.store.ts";
import { accountProblems, type UserUsageReport, userLimitProblems, userUsageShapeProblems } from "./user-usage.ts";

/**
 * Stores one username's part of a usage record and answers the part's uuid. The record's total is neither changed nor
 * compared; the account's limit on the resource and component is.
 *
 * @throws InvalidInputRefusal, NotFoundRefusal, RuleRefusal with all problems of the first stage that fails
 * @throws Forbidden when the viewer sees the record and may not report its usage
 */
export async function setUserUsage(database: Database, viewer: Viewer, part: UserUsageReport, now: Date): Promise<string> {
	refuse(InvalidInputRefusal, userUsageShapeProblems(part));
	return database.transaction(async (tx) => {
		const subject = await partSubject(tx, viewer, part.componentUsage);
		if (subject === undefined) throw new NotFoundRefusal([absent("Component usage", part.componentUsage, "componentUsage")]);
		if (!mayReportUsage(viewer, subject)) throw new Forbidden("Only staff, the provider's owners and managers, and the offering's managers report usage.");
		const account = await accountOf(tx, viewer, subject, part);

		await lockParts(tx, subject.uuid);
		if (account !== undefined) {
			const { limit, current } = await limitAndOthers(tx, subject, account.uuid, part.username);
			refuse(RuleRefusal, userLimitProblems({ limit, current, additional: part.usage }));
		}
		return storePart(tx, part, account?.uuid, now);
	});
}

/** The account that the part counts for: the one that is named, or the one that goes by the username. */
async function accountOf(tx: Queries, viewer: Viewer, subject: PartSubject, { user, username }: UserUsageReport): Promise<Account | undefined> {
	if (user == null) return accountByUsername(tx, subject, username);
	const account = await accountNamed(tx, viewer, user);
	if (account === undefined) throw new NotFoundRefusal([absent("Offering user", user, "user")]);
	refuse(InvalidInputRefusal, accountProblems(account, subject.offeringUuid));
	return account;
}
