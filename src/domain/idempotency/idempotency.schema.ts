import type { builder } from "../../graphql/builder.ts";
import { type Context, writesOf } from "../../graphql/context.ts";
import type { Writes } from "../mirror/writes.service.ts";
import { type NamesOf, onceByKey } from "./idempotency.service.ts";
import { daysKept, type KeyedInput } from "./idempotency.ts";

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, "InputObject">;

/** The key that every input of a mutation takes. */
export const idempotencyKey = (t: InputFields) =>
	t.string({
		description:
			"A name of your own for this request, 1 to 255 characters: sent again with the same content, it is not done again but answered as the first time, " +
			`for at least ${daysKept} days; with other content it is refused as IDEMPOTENCY_CONFLICT, and as NOT_FOUND when what was answered has gone or is not seen any more. A refused request does not use up its key.`,
	});

/** Where a mutation writes: once for each key of the caller. Its answer is given again while the caller sees what it names. */
export const once = <Answer>(context: Context, mutation: string, input: KeyedInput, namesOf: NamesOf<Answer>): Writes =>
	onceByKey(writesOf(context), context.viewer, mutation, input, namesOf, context.clock());

/** The firings in an answer; the version before stored none for some. */
export const firingsIn = (answer: { readonly firings?: readonly string[] } | null) =>
	(answer?.firings ?? []).map((uuid) => ({ model: "PolicyFiring", uuid }) as const);
