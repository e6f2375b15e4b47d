import { isDeepStrictEqual } from "node:util";
import type { Database } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { addMonths, startOfMonth } from "../shared/billing-period.ts";
import type { Clock } from "../shared/clock.ts";
import type { DeliveryOutcome } from "../shared/metrics.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { hex } from "../shared/waldur-words.ts";
import {
	type Claim,
	claimDue,
	creationOf,
	forgetDelivery,
	markRefused,
	markSent,
	markWaiting,
	noteCreation,
	outgoingOf,
	queueDeletionAt,
	takeSource,
	takeUuid,
	unknownOf,
} from "./delivery.store.ts";
import {
	createdFor,
	type HeldUsage,
	limitRequest,
	listOf,
	type Made,
	type Outgoing,
	type OutgoingPart,
	type OutgoingUsage,
	ofOtherPeriods,
	partRequest,
	policyRequest,
	remainder,
	usageRequest,
} from "./outgoing.ts";
import type { WaldurAnswer, WaldurClient } from "./waldur-client.ts";

export interface Delivery {
	readonly database: Database;
	readonly client: WaldurClient;
	readonly base: URL;
	readonly sourceId: number;
	/** IANA zone of the billing months: Waldur's. */
	readonly timeZone: string;
	readonly clock: Clock;
	/** Called with what became of each attempt. */
	readonly onOutcome?: (outcome: DeliveryOutcome, reason: string | undefined) => void;
}

/** How many lanes are delivered at a time. */
const atOnce = 4;

/** How long a claimed change is left to the process that claimed it, in milliseconds. Each attempt, two requests at most, ends before. */
const lease = 120_000;

/** Pauses after failures, in milliseconds: five seconds, then twice as long each time, up to five minutes. A change waits as long as it takes. */
const pauseAfter = (attempts: number): number => Math.min(300_000, 5_000 * 2 ** Math.min(attempts - 1, 10));

/** So long before the end of a month, in milliseconds, a report is not sent any more: Waldur would store it in the next one. */
const monthMargin = 2_000;

/**
 * One round: sends what is due until nothing is, or the signal aborts; of each lane one change after the other. A change is
 * claimed for the time of its lease, sent outside of any transaction, and then marked. A process killed in between leaves it
 * to be sent again: each change is sent at least once, with the figure as it is then. Throws when the database fails.
 */
export async function deliverDue(delivery: Delivery, stopping?: AbortSignal): Promise<void> {
	const { database, sourceId, clock } = delivery;
	while (stopping?.aborted !== true) {
		const now = clock();
		const claims = await claimDue(database, sourceId, atOnce, now, new Date(now.getTime() + lease));
		if (claims.length === 0) return;
		const outgoing = await outgoingOf(
			database,
			sourceId,
			claims.map(({ id }) => id),
		);
		const attempts = await Promise.allSettled(claims.map((claim) => attempt(delivery, claim, outgoing.get(claim.id))));
		for (const ended of attempts) if (ended.status === "rejected") throw ended.reason;
	}
}

async function attempt(delivery: Delivery, claim: Claim, outgoing: Outgoing | undefined): Promise<void> {
	const { database, sourceId, clock, onOutcome } = delivery;
	if (outgoing === undefined) return forgetDelivery(database, claim);
	const answer = await sent(delivery, claim, outgoing).catch(unexpected);
	const now = clock();
	if (answer.kind === "unavailable") {
		const pause = Math.max(pauseAfter(claim.attempts), answer.retryAfter ?? 0);
		await markWaiting(database, claim, answer.reason, new Date(now.getTime() + pause), now);
		onOutcome?.("WAITING", answer.reason);
	} else if (answer.kind === "refused") {
		await markRefused(database, claim, answer.reason, now);
		onOutcome?.("FAILED", answer.reason);
	} else {
		await takeSource(database, claim, sourceId);
		await markSent(database, claim, now);
		onOutcome?.("SENT", undefined);
	}
}

/** What cannot be made sense of, such as a figure that is none, is tried again: others of the lane wait, and the reason can be read. */
function unexpected(error: unknown): WaldurAnswer {
	return {
		kind: "unavailable",
		reason: `It could not be sent: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500),
		retryAfter: undefined,
	};
}

/** Sends the change. */
function sent(delivery: Delivery, claim: Claim, outgoing: Outgoing): Promise<WaldurAnswer> {
	switch (outgoing.kind) {
		case "USAGE":
			return sentUsage(delivery, outgoing);
		case "USER_USAGE":
			return sentPart(delivery, outgoing);
		case "LIMIT":
		case "POLICY":
			return sentObject(delivery, claim, outgoing);
		case "DELETION":
			return deleted(delivery, outgoing.path);
	}
}

const refused = (reason: string): WaldurAnswer => ({ kind: "refused", status: 0, reason });

const tooLate = "The month was closed before the report could be sent: Waldur takes reports of the current month only.";

async function sentUsage({ client, clock, timeZone }: Delivery, usage: OutgoingUsage): Promise<WaldurAnswer> {
	const end = startOfMonth(addMonths(usage.month, 1), timeZone).getTime();
	const left = () => end - monthMargin - clock().getTime();
	if (left() <= 0) return refused(tooLate);
	const start = startOfMonth(usage.month, timeZone);
	const isWholeMonth = usage.periodEnd === null && (usage.periodStart === null || usage.periodStart <= start);
	const held = isWholeMonth ? [] : await heldUsages(client, usage);
	if ("kind" in held) return held;
	const others = ofOtherPeriods(held, usage);
	const amount = remainder(usage.amount, others);
	if (amount.isNegative()) {
		const sum = remainder("0", others).neg().toFixed();
		return refused(`Waldur holds ${sum} of other plan periods of this month, more than the ${usage.amount} that was reported for all of it.`);
	}
	if (left() <= 0) return refused(tooLate); // the records have taken their time
	return client.send(usageRequest(usage, amount), left());
}

async function sentPart({ client, base }: Delivery, part: OutgoingPart): Promise<WaldurAnswer> {
	const held = await heldUsages(client, part);
	if ("kind" in held) return held;
	const newest = held.toSorted((one, other) => other.created.getTime() - one.created.getTime())[0];
	if (newest === undefined) return refused("Waldur has no usage record of the month that this would be a part of.");
	return client.send(partRequest(part, newest.uuid, base));
}

/** The records that Waldur holds of a resource, component and month; or why they cannot be read. */
async function heldUsages(client: WaldurClient, { resource, type, month }: OutgoingUsage | OutgoingPart): Promise<HeldUsage[] | WaldurAnswer> {
	const answer = await client.list("marketplace-component-usages/", { resource_uuid: hex(resource), type, billing_period: month });
	if (answer.kind !== "list") return answer;
	return answer.records.flatMap((record) => {
		const uuid = parsedUuid(String(record["uuid"]));
		// A Waldur that does not know a filter leaves it out, and answers with the records of others.
		const isOfResource = record["resource_uuid"] === undefined || parsedUuid(String(record["resource_uuid"])) === resource;
		const isOfIt = isOfResource && record["type"] === type && String(record["billing_period"]).slice(0, 10) === month;
		return uuid === undefined || !isOfIt ? [] : [{ uuid, usage: String(record["usage"]), created: new Date(String(record["created"])) }];
	});
}

/** Creates or changes a limit or a policy. One that was created here goes by the uuid that Waldur gives it. */
async function sentObject(delivery: Delivery, claim: Claim, object: Made): Promise<WaldurAnswer> {
	const { client, base, database } = delivery;
	const send = (made: Made) => client.send(made.kind === "LIMIT" ? limitRequest(made, base) : policyRequest(made, base));
	if (object.isKnown) return send(object);
	// The answer of an earlier attempt may have been lost: what it created must not be created twice, though it has changed here since.
	const creation = await creationOf(database, claim);
	const earlier = creation === undefined ? undefined : await createdBefore(delivery, creation);
	if (earlier !== undefined && typeof earlier !== "string") return earlier;
	if (earlier === undefined) {
		await noteCreation(database, claim, object);
		const answer = await send(object);
		const given = answer.kind === "done" ? parsedUuid(String(answer.object?.["uuid"])) : undefined;
		if (given !== undefined) await takeGiven(delivery, object, given);
		return answer;
	}
	await takeGiven(delivery, object, earlier);
	const isAsCreated = isDeepStrictEqual(creation, object);
	return isAsCreated ? { kind: "done", object: { uuid: earlier } } : send({ ...object, uuid: earlier, isKnown: true });
}

/** The object goes by the uuid that Waldur gave it; it is deleted there when it was deleted here meanwhile. */
async function takeGiven({ database, sourceId, clock }: Delivery, object: Made, given: string): Promise<void> {
	const taken = await database.transaction(async (tx) => {
		if (object.kind === "POLICY") await lockOfferings(tx, [object.offering]); // whoever evaluates it has read it by its uuid
		return takeUuid(tx, object.kind, object.uuid, given, sourceId);
	});
	if (taken !== "gone") return;
	const { path, lane } = listOf(object);
	await queueDeletionAt(database, sourceId, { lane, path: `${path}${hex(given)}/` }, clock());
}

/** The uuid of what an earlier attempt created; undefined when it created nothing; or why that is not known. */
async function createdBefore({ client, database }: Delivery, object: Made): Promise<string | WaldurAnswer | undefined> {
	const { path, filter } = listOf(object);
	const answer = await client.list(path, filter);
	if (answer.kind !== "list") return answer;
	const candidates = answer.records.flatMap((record) => (createdFor(record, object) ? (parsedUuid(String(record["uuid"])) ?? []) : []));
	const [first] = await unknownOf(database, object.kind, candidates);
	return first;
}

/** Deletes; what is not there any more is deleted. */
async function deleted({ client }: Delivery, path: string): Promise<WaldurAnswer> {
	const answer = await client.send({ method: "DELETE", path });
	return answer.kind === "refused" && (answer.status === 404 || answer.status === 410) ? { kind: "done", object: undefined } : answer;
}
