import type { Database } from "../../database/database.ts";
import type { Clock } from "../../shared/clock.ts";
import { hasHiddenCharacter } from "./address.ts";
import type { MailTransport } from "./mail.transport.ts";
import { type Announcement, mailOf } from "./message.ts";
import { announcementsOf, type Claim, decideDue, giveUpCutShort, markFailed, markSent } from "./notification.store.ts";
import { afterFailure, cutShort, type DeliveryRules, type Failed, maxAttempts, type Outcome, unmailable } from "./notification.ts";

export interface Delivery {
	readonly database: Database;
	readonly clock: Clock;
	/** Without one nothing is sent; what is too old expires all the same. */
	readonly transport: MailTransport | undefined;
	readonly rules: DeliveryRules;
	/** Called with what became of each message. */
	readonly onOutcome?: (outcome: Outcome) => void;
}

/** How many messages are on their way at a time. */
const atOnce = 5;

/**
 * One round: sends what is due until nothing is, or the signal aborts. A notification is claimed for the time of its lease,
 * sent outside of any transaction, and then marked. A process killed in between leaves it to be sent again after the
 * lease, with the same Message-ID: every message is sent at least once, and only once while nothing goes wrong.
 * Throws when the database fails.
 */
export async function deliverDue(delivery: Delivery, stopping?: AbortSignal): Promise<void> {
	const { database, clock, transport, rules, onOutcome } = delivery;
	for (let given = await giveUpCutShort(database, clock()); given > 0; given--) onOutcome?.({ state: "FAILED", failed: cutShort });
	while (stopping?.aborted !== true) {
		const decided = await decideDue(database, transport === undefined ? 0 : atOnce, clock(), rules);
		if (decided.length === 0) return;
		const claims: Claim[] = [];
		for (const { verdict, ...claim } of decided) {
			if (verdict === "SEND") claims.push(claim);
			else if (verdict !== "HOLD") onOutcome?.({ state: "EXPIRED", cause: verdict });
		}
		const attempts = await Promise.allSettled((await withAnnouncements(delivery, claims)).map((claimed) => attempt(delivery, claimed)));
		for (const ended of attempts) if (ended.status === "rejected") throw ended.reason;
	}
}

type Announced = readonly [Claim, Announcement];

/** There is nothing to announce any more when the firing was deleted meanwhile, and the notification with it. */
async function withAnnouncements({ database, clock }: Delivery, claims: readonly Claim[]): Promise<Announced[]> {
	if (claims.length === 0) return [];
	const announcements = await announcementsOf(
		database,
		claims.map(({ uuid }) => uuid),
		clock(),
	);
	const byUuid = new Map(announcements.map((announcement) => [announcement.uuid, announcement]));
	return claims.flatMap((claim): Announced[] => {
		const announcement = byUuid.get(claim.uuid);
		return announcement === undefined ? [] : [[claim, announcement]];
	});
}

async function attempt({ database, clock, transport, onOutcome }: Delivery, [claim, announcement]: Announced): Promise<void> {
	const isMailable = !hasHiddenCharacter(announcement.recipient);
	const failed: Failed | undefined = isMailable ? await transport?.send(mailOf(announcement)) : unmailable;
	const now = clock();
	if (failed === undefined) {
		await markSent(database, claim, announcement.firings, now);
		onOutcome?.({ state: "SENT" });
	} else {
		const next = afterFailure(isMailable ? claim.attempts : maxAttempts, now);
		await markFailed(database, claim, next, failed.reason, now);
		onOutcome?.({ state: next.state, failed });
	}
}
