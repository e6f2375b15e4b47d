import { createHash } from "node:crypto";
import type { Viewer } from "../../access/viewer.ts";
import type { VisibleModel } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { createStatements } from "../../reading/statements.ts";
import { daysKept, type KeyedRequest } from "./idempotency.ts";

/** What is known of a key: the answer to the same request, or that it was used for another one. */
export type StoredAnswer<Answer> = { readonly answer: Answer } | "conflict";

/**
 * The answers that the caller's requests had before, by key. Locks each of the keys for one transaction at a time:
 * a client that sends the same request meanwhile waits for its answer. Taken before all other locks.
 */
export async function storedAnswers<Answer>(tx: Queries, callerUuid: string, requests: readonly KeyedRequest[]): Promise<Map<string, StoredAnswer<Answer>>> {
	if (requests.length === 0) return new Map();
	// One after the other in the same order everywhere: two callers cannot wait for each other.
	const keys = requests.map(({ key }) => key).sort();
	await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${callerUuid} || ' ' || k, 7703)) from unnest(${keys}::text[]) k`);
	const rows = await tx.rows<{ key: string; content: Uint8Array; answer: Answer }>(sql`
		select "key", "content", "answer" from "IdempotencyKey" where "callerUuid" = ${callerUuid}::uuid and "key" = any(${keys}::text[])
	`);
	const contents = new Map(requests.map(({ key, content }) => [key, hashed(content)]));
	return new Map(rows.map(({ key, content, answer }) => [key, contents.get(key)?.equals(content) ? { answer } : "conflict"]));
}

/** A stored object that an answer names. */
export interface NamedObject {
	readonly model: VisibleModel;
	readonly uuid: string;
}

/** The uuids of those of the objects that the viewer sees: a statement for each model. */
export async function seenOf(queries: Queries, viewer: Viewer, objects: readonly NamedObject[]): Promise<Set<string>> {
	const statements = createStatements(queries, viewer);
	const seen = new Set<string>();
	for (const model of new Set(objects.map((object) => object.model))) {
		const uuids = objects.filter((object) => object.model === model).map(({ uuid }) => uuid);
		for (const row of await statements.visible(model, { columns: new Set(), links: new Map() }, uuids)) if (row !== null) seen.add(String(row["uuid"]));
	}
	return seen;
}

/** A request and its answer from now on. */
export interface AnsweredRequest {
	readonly request: KeyedRequest;
	readonly answer: unknown;
}

/** Keeps the answers, in the transaction of what they show. */
export async function addAnswers(tx: Queries, callerUuid: string, answered: readonly AnsweredRequest[], now: Date): Promise<void> {
	if (answered.length === 0) return;
	await tx.rows(sql`
		insert into "IdempotencyKey" ("callerUuid", "key", "content", "answer", "created")
		select ${callerUuid}::uuid, k, decode(content, 'hex'), answer::jsonb, ${now}::timestamptz
		from unnest(
			${answered.map(({ request }) => request.key)}::text[], ${answered.map(({ request }) => hashed(request.content).toString("hex"))}::text[],
			${answered.map(({ answer }) => JSON.stringify(answer))}::text[]
		) kept (k, content, answer)
	`);
}

/** Deletes the answers that were kept long enough. */
export async function forgetOldAnswers(queries: Queries, now: Date): Promise<void> {
	await queries.rows(sql`delete from "IdempotencyKey" where "created" < ${now}::timestamptz - make_interval(days => ${daysKept}::int)`);
}

const hashed = (content: string): Buffer => createHash("sha256").update(content).digest();
