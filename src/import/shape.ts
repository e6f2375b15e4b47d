import { z } from "zod";
import { JsonNumber } from "./json-array.ts";

/** Why a value is refused, to be read after the name of its field. */
export class Wrong {
	readonly reason: string;
	constructor(reason: string) {
		this.reason = reason;
	}
}

/** A shape that reads one value of a record, or refuses it with a reason. A missing value is read as null. */
export function shape<Out>(read: (value: unknown) => Out | Wrong) {
	return z
		.unknown()
		.optional()
		.transform((value, context): Out => {
			const result = read(value === undefined ? null : value);
			if (!(result instanceof Wrong)) return result;
			context.issues.push({ code: "custom", message: result.reason, input: value });
			return z.NEVER;
		});
}

/** The reason of a required value that is absent. */
export const missing = new Wrong("is missing");

/** A value as a reason quotes it, shortened. */
export function shown(value: unknown): string {
	const text = value instanceof JsonNumber ? value.text : (JSON.stringify(value) ?? String(value));
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair. */
export const unstorable = /\0|\p{Surrogate}/u;
