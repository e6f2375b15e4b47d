import type { Database } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import type { MailTransport } from "./mail.transport.ts";
import { type Announcement, mailOf } from "./message.ts";
import { announcementsOf, type Claim, claimDue, giveUpCutShort, markFailed, markSent, waitingSince } from "./notification.store.ts";
import { afterFailure } from "./notification.ts";

export interface Delivery {
	readonly database: Database;
	readonly clock: Clock;
	readonly transport: MailTransport;
}

/** How many messages are on their way at a time. */
const atOnce = 5;

/**
 * One round: sends what is due until nothing is, or the signal aborts. A notification is claimed for the time of its lease,
 * sent outside of any transaction, and then marked. Whoever is killed in between leaves it to be sent again after the
 * lease, with the same Message-ID: every message is sent at least once, and only once while nothing goes wrong.
 * Throws when the database fails.
 */
export async function deliverDue(delivery: Delivery, stopping?: AbortSignal): Promise<void> {
	const { database, clock } = delivery;
	await giveUpCutShort(database, clock());
	while (stopping?.aborted !== true) {
		const claims = await claimDue(database, atOnce, clock());
		if (claims.length === 0) return;
		const uuids = claims.map(({ uuid }) => uuid);
		const announcements = new Map((await announcementsOf(database, uuids, clock())).map((announcement) => [announcement.uuid, announcement]));
		const attempts = await Promise.allSettled(claims.map((claim) => attempt(delivery, claim, announcements.get(claim.uuid))));
		for (const ended of attempts) if (ended.status === "rejected") throw ended.reason;
	}
}

/** There is nothing to announce any more when the firing was deleted meanwhile, and the notification with it. */
async function attempt({ database, clock, transport }: Delivery, claim: Claim, announcement: Announcement | undefined): Promise<void> {
	if (announcement === undefined) return;
	const reason = await transport.send(mailOf(announcement));
	const now = clock();
	if (reason === undefined) await markSent(database, claim, now);
	else await markFailed(database, claim, afterFailure(claim.attempts, now), reason, now);
}

/** A notification that was recorded earlier may be committed this much later, in milliseconds: far longer than any transaction lives. */
const latestCommit = 600_000;

/** Answers a round that tells of each notification that waits, once, without its recipient. It changes nothing. */
export function tellingOfUnsent(database: Database, clock: Clock, tell: (line: string) => void): () => Promise<void> {
	let told: ReadonlySet<string> = new Set();
	let since = new Date(0);
	return async () => {
		const next = new Date(clock().getTime() - latestCommit);
		const waiting = await waitingSince(database, since);
		for (const { uuid, firingUuid } of waiting) {
			if (!told.has(uuid)) tell(`Notification ${uuid} of firing ${firingUuid} is not sent: SMTP_URL is not set.`);
		}
		// What became due before the next round's beginning is not read again.
		told = new Set(waiting.map(({ uuid }) => uuid));
		since = next;
	};
}
