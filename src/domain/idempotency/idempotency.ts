import type { Maybe } from "../../shared/maybe.ts";
import { absent, type Problems } from "../../shared/refusal.ts";

/** How long the answer to a key is kept at least, in days. */
export const daysKept = 7;

const maxKeyLength = 255;

/** An input that can be sent again under the same key without being done again. */
export interface KeyedInput {
	readonly idempotencyKey?: Maybe<string>;
}

/** What a caller asks to be done once under a key. */
export interface KeyedRequest {
	readonly key: string;
	/** What distinguishes one request from another: the operation and its input. */
	readonly content: string;
}

/** The input's request, where it has a key. */
export function keyedRequest(operation: string, { idempotencyKey, ...input }: KeyedInput): KeyedRequest | undefined {
	return idempotencyKey == null ? undefined : { key: idempotencyKey, content: JSON.stringify([operation, canonical(input)]) };
}

/** An answer is given again while its caller sees all that it names: the problems are what is not there, or not seen, any more. */
export const goneProblems = (named: readonly { model: string; uuid: string }[], seen: ReadonlySet<string>): Problems =>
	named.filter(({ uuid }) => !seen.has(uuid)).map(({ model, uuid }) => absent(inWords(model), uuid, "idempotencyKey"));

/** Such as "Component usage". */
const inWords = (model: string): string => model.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Stage 1 of every keyed input. */
export function keyProblems({ idempotencyKey }: KeyedInput): Problems {
	if (idempotencyKey == null || (idempotencyKey.length >= 1 && [...idempotencyKey].length <= maxKeyLength)) return [];
	return [{ code: "INVALID_INPUT", message: `An idempotency key must have 1 to ${maxKeyLength} characters.`, path: ["input", "idempotencyKey"] }];
}

/** Stage 1 among the items of one call: a key names one of them. */
export const repeatedKeyProblems: Problems = [
	{ code: "INVALID_INPUT", message: "The idempotency key is used twice in one call.", path: ["input", "idempotencyKey"] },
];

/** The key was used before, for something else. */
export const conflictProblems: Problems = [
	{
		code: "IDEMPOTENCY_CONFLICT",
		message: "The idempotency key was used for another request: send this one with a key of its own.",
		path: ["input", "idempotencyKey"],
	},
];

/** The same for inputs that say the same: fields in order, without those that are absent or null. */
function canonical(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(canonical);
	if (typeof value !== "object" || value === null) return value;
	const fields = Object.entries(value).filter(([, field]) => field != null);
	return Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, field]) => [name, canonical(field)]));
}
