import type { Viewer } from "../access/viewer.ts";
import type { Queries, Transactions } from "../database/database.ts";
import type { BatchChecks, Placed } from "../shared/batch-checks.ts";
import { InvalidInputRefusal, RuleRefusal, refuse } from "../shared/refusal.ts";
import { addAnswers, keptAnswers } from "./idempotency.store.ts";
import { conflictProblems, type KeyedInput, type KeyedRequest, keyedRequest, keyProblems, repeatedKeyProblems } from "./idempotency.ts";

/**
 * The database for one use case that a caller may repeat: what its transaction answers is kept under the input's key, and
 * answered again, without the work, to the same operation and input with that key. A refused request keeps nothing: it may
 * be mended and sent again. What the transaction answers must survive JSON.
 *
 * @throws InvalidInputRefusal when the key is too short or too long
 * @throws RuleRefusal (by the transaction) when the caller used the key for something else
 */
export function onceByKey(database: Transactions, viewer: Viewer, operation: string, input: KeyedInput, now: Date): Transactions {
	refuse(InvalidInputRefusal, keyProblems(input));
	const request = keyedRequest(operation, input);
	if (request === undefined) return database;
	return {
		transaction: <Answer>(work: (tx: Queries) => Promise<Answer>) =>
			database.transaction(async (tx) => {
				const kept = (await keptAnswers<Answer>(tx, viewer.uuid, [request])).get(request.key);
				refuse(RuleRefusal, kept === "conflict" ? conflictProblems : []);
				if (kept !== undefined && kept !== "conflict") return kept.answer;
				const answer = await work(tx);
				await addAnswers(tx, viewer.uuid, [{ request, answer: answer ?? null }], now);
				return answer;
			}),
	};
}

/** An item of a call that has a key of its own. */
export interface KeyedItem extends Placed {
	readonly input: KeyedInput;
}

/** For the items of a call, each with its own key: the answers that earlier calls had, by index, and the items that are new. */
export async function answersByKey<Answer, Item extends KeyedItem>(
	tx: Queries,
	viewer: Viewer,
	operation: string,
	items: readonly Item[],
	checks: BatchChecks,
): Promise<{ answers: ReadonlyMap<number, Answer>; fresh: readonly Item[] }> {
	const seen = new Set<string>();
	const single = checks.stage(InvalidInputRefusal, items, ({ input: { idempotencyKey: key } }) => {
		const isRepeated = key != null && seen.has(key);
		if (key != null) seen.add(key);
		return isRepeated ? repeatedKeyProblems : [];
	});
	const kept = await keptAnswers<Answer>(tx, viewer.uuid, requestsOf(operation, single));
	const keptFor = ({ input: { idempotencyKey: key } }: Item) => (key == null ? undefined : kept.get(key));
	const agreeing = checks.stage(RuleRefusal, single, (item) => (keptFor(item) === "conflict" ? conflictProblems : []));
	const answers = new Map<number, Answer>();
	const fresh = agreeing.filter((item) => {
		const earlier = keptFor(item);
		if (earlier === undefined || earlier === "conflict") return true;
		answers.set(item.index, earlier.answer);
		return false;
	});
	return { answers, fresh };
}

/** Keeps what items with a key were answered, in the transaction of what was done for them. */
export async function keepAnswers(
	tx: Queries,
	viewer: Viewer,
	operation: string,
	answered: readonly (KeyedItem & { readonly answer: object })[],
	now: Date,
): Promise<void> {
	const kept = answered.flatMap(({ input, answer }) => {
		const request = keyedRequest(operation, input);
		return request === undefined ? [] : [{ request, answer }];
	});
	await addAnswers(tx, viewer.uuid, kept, now);
}

const requestsOf = (operation: string, items: readonly KeyedItem[]): KeyedRequest[] => items.flatMap(({ input }) => keyedRequest(operation, input) ?? []);
