import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { amountOf, type Caller, keyOf, usernames } from "./callers.ts";

/** What is stored of a resource. Everything is of one report, or of the parts of one, and each was taken once. */
interface Stored {
	/** Idempotency keys, of reports and of parts. */
	readonly keys: readonly string[];
	readonly currentUsages: Readonly<Record<string, string>>;
	/** Amount and number of log entries of each type's record. */
	readonly records: Readonly<Record<string, readonly [amount: string, entries: number]>>;
	/** Amount of each username's part. */
	readonly parts: Readonly<Record<string, string>>;
	/** In their order: kind, and number of log entries and breaches. */
	readonly firings: readonly (readonly [kind: string, entries: number, breaches: number])[];
	/** Of how many firings the notifications tell. */
	readonly notified: number;
	readonly hasFired: boolean;
}

/** What of the callers' calls is lost, and what is there in part, or twice: nothing, whatever was killed. */
export async function problemsIn(database: Database, callers: readonly Caller[]): Promise<{ lost: string[]; halfWritten: string[] }> {
	const [lost, halfWritten]: string[][] = [[], []];
	for (const { resource, acknowledged } of callers) {
		const stored = await storedOf(database, resource);
		const reports = stored.keys.filter((key) => key.split(" ").length === 2).length;
		const parts = (stored.keys.length - reports) / usernames.length;
		for (const [what, number] of Object.entries({ reports, parts })) {
			const least = acknowledged[what as keyof typeof acknowledged];
			if (number < least) lost?.push(`${resource}: of ${least} acknowledged ${what} ${number} are stored`);
			if (number > least + 1) halfWritten?.push(`${resource}: ${number} ${what} are stored, and one at a time was sent after the ${least}.`);
		}
		const [expected, found] = [JSON.stringify(whole(resource, reports, parts)), JSON.stringify(stored)];
		if (found !== expected) halfWritten?.push(`${resource}: ${reports} reports and ${parts} calls with parts leave ${expected} and not ${found}`);
	}
	for (const difference of await differencesIn(database, new Date())) halfWritten?.push(difference);
	return { lost: lost ?? [], halfWritten: halfWritten ?? [] };
}

/** What that many reports, and calls with parts, leave behind when each of them is taken once and as a whole. */
function whole(resource: string, reports: number, parts: number): Stored {
	const numbers = (to: number) => Array.from({ length: to }, (_, index) => index + 1);
	const amount = amountOf(reports);
	const keys = [
		...numbers(reports).map((number) => keyOf(resource, number)),
		...numbers(parts).flatMap((number) => usernames.map((name) => keyOf(resource, number, name))),
	];
	return {
		keys: keys.sort(),
		currentUsages: reports === 0 ? {} : { cpu: String(amount), ram: String(amount) },
		records: reports === 0 ? {} : { cpu: [amount.toFixed(2), reports], ram: [amount.toFixed(2), reports] },
		parts: parts === 0 ? {} : Object.fromEntries(usernames.map((name) => [name, parts.toFixed(2)])),
		firings: numbers(reports)
			.slice(1)
			.map((number) => (number % 2 === 0 ? ["FIRED", 1, 1] : ["RESET", 1, 0])),
		notified: Math.floor(reports / 2),
		hasFired: reports > 0 && reports % 2 === 0,
	};
}

async function storedOf(database: Database, resource: string): Promise<Stored> {
	const [stored] = await database.rows<{ stored: Stored }>(sql`
		select json_build_object(
			'keys', coalesce((select json_agg("key" order by "key" collate "C") from "IdempotencyKey" where starts_with("key", r."uuid"::text)), '[]'),
			'currentUsages', r."currentUsages",
			'records', coalesce((
				select json_object_agg(u."type", json_build_array(u."usage"::text, (select count(*) from "LogEntry" l where l."componentUsageUuid" = u."uuid")) order by u."type")
				from "ComponentUsage" u where u."resourceUuid" = r."uuid"
			), '{}'),
			'parts', coalesce((
				select json_object_agg(p."username", p."usage"::text order by p."username")
				from "ComponentUserUsage" p join "ComponentUsage" u on u."uuid" = p."componentUsageUuid" where u."resourceUuid" = r."uuid"
			), '{}'),
			'firings', coalesce((
				select json_agg(json_build_array(
					f."kind", (select count(*) from "LogEntry" l where l."policyFiringUuid" = f."uuid"),
					(select count(*) from "PolicyFiringBreach" b where b."firingUuid" = f."uuid")
				) order by f."number") from "PolicyFiring" f where f."policyUuid" = p."uuid"
			), '[]'),
			'notified', (select coalesce(sum(n."firings"), 0) from "Notification" n where n."policyUuid" = p."uuid"),
			'hasFired', p."hasFired"
		) as "stored"
		from "Resource" r
		join "CustomerOrganizationGroup" g on g."customerUuid" = r."customerUuid"
		join "OfferingUsagePolicyGroup" a on a."organizationGroupUuid" = g."organizationGroupUuid"
		join "OfferingUsagePolicy" p on p."uuid" = a."policyUuid"
		where r."uuid" = ${resource}::uuid
	`);
	if (stored === undefined) throw new Error(`The resource ${resource} is gone.`);
	return stored.stored;
}
