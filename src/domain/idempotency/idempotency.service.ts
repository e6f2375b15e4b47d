import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import type { BatchChecks, Placed } from "../../shared/batch-checks.ts";
import { InvalidInputRefusal, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import type { Writes } from "../mirror/writes.service.ts";
import { addAnswers, type NamedObject, seenOf, storedAnswers } from "./idempotency.store.ts";
import { conflictProblems, goneProblems, type KeyedInput, type KeyedRequest, keyedRequest, keyProblems, repeatedKeyProblems } from "./idempotency.ts";

/** What an answer shows, and is therefore looked for when it is given again. */
export type NamesOf<Answer> = (answer: Answer) => readonly NamedObject[];

/**
 * The database for one use case that a caller may repeat: what its transaction returns is kept under the input's key, and
 * returned again, without the work, for the same operation and input with that key. A refused request keeps nothing: it may
 * be mended and sent again. What the transaction returns must survive JSON.
 *
 * @throws InvalidInputRefusal when the key is too short or too long
 * @throws RuleRefusal (by the transaction) when the caller used the key for something else
 * @throws NotFoundRefusal (by the transaction) when the answer names what has gone since, or is not seen any more
 */
export function onceByKey<Stored>(database: Writes, viewer: Viewer, operation: string, input: KeyedInput, namesOf: NamesOf<Stored>, now: Date): Writes {
	refuse(InvalidInputRefusal, keyProblems(input));
	const request = keyedRequest(operation, input);
	if (request === undefined) return database;
	return {
		...database,
		transaction: <Answer>(work: (tx: Queries) => Promise<Answer>) =>
			database.transaction(async (tx) => {
				const stored = (await storedAnswers<Answer>(tx, viewer.uuid, [request])).get(request.key);
				refuse(RuleRefusal, stored === "conflict" ? conflictProblems : []);
				if (stored !== undefined && stored !== "conflict") {
					const named = namesOf(stored.answer as unknown as Stored);
					refuse(NotFoundRefusal, goneProblems(named, await seenOf(tx, viewer, named)));
					return stored.answer;
				}
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

/**
 * For the items of a call, each with its own key: the answers that earlier calls had, by index, and the items that are new.
 * Throws the refusals of `checks`; an answer that names what has gone is not returned: `alone` refuses its item.
 */
export async function answersByKey<Answer, Item extends KeyedItem>(
	tx: Queries,
	viewer: Viewer,
	operation: string,
	items: readonly Item[],
	namesOf: NamesOf<Answer>,
	checks: BatchChecks,
): Promise<{ answers: ReadonlyMap<number, Answer>; fresh: readonly Item[] }> {
	const used = new Set<string>();
	const single = checks.stage(InvalidInputRefusal, items, ({ input: { idempotencyKey: key } }) => {
		const isRepeated = key != null && used.has(key);
		if (key != null) used.add(key);
		return isRepeated ? repeatedKeyProblems : [];
	});
	const stored = await storedAnswers<Answer>(tx, viewer.uuid, requestsOf(operation, single));
	const storedFor = ({ input: { idempotencyKey: key } }: Item) => (key == null ? undefined : stored.get(key));
	const agreeing = checks.stage(RuleRefusal, single, (item) => (storedFor(item) === "conflict" ? conflictProblems : []));
	const fresh: Item[] = [];
	const replayed: (Item & { answer: Answer; named: readonly NamedObject[] })[] = [];
	for (const item of agreeing) {
		const earlier = storedFor(item);
		if (earlier === undefined || earlier === "conflict") fresh.push(item);
		else replayed.push({ ...item, answer: earlier.answer, named: namesOf(earlier.answer) });
	}
	const seen = await seenOf(
		tx,
		viewer,
		replayed.flatMap(({ named }) => named),
	);
	const there = checks.alone(NotFoundRefusal, replayed, ({ named }) => goneProblems(named, seen));
	const answers = new Map(there.map(({ index, answer }) => [index, answer]));
	return { answers, fresh };
}

/** Keeps the answers of items with a key, in the transaction of what was done for them. */
export async function keepAnswers(
	tx: Queries,
	viewer: Viewer,
	operation: string,
	answered: readonly (KeyedItem & { readonly answer: object })[],
	now: Date,
): Promise<void> {
	const retained = answered.flatMap(({ input, answer }) => {
		const request = keyedRequest(operation, input);
		return request === undefined ? [] : [{ request, answer }];
	});
	await addAnswers(tx, viewer.uuid, retained, now);
}

const requestsOf = (operation: string, items: readonly KeyedItem[]): KeyedRequest[] => items.flatMap(({ input }) => keyedRequest(operation, input) ?? []);
