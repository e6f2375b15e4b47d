/** What a response may hold. */
export type Json = string | number | boolean | null | Digits | readonly Json[] | { readonly [name: string]: Json };

/** A number of JSON that is written with just these digits: it never becomes a float here. */
export class Digits {
	readonly text: string;

	/** @param text a decimal in plain notation, normalized */
	constructor(text: string) {
		this.text = text;
	}
}

/** The value as the text of JSON. */
export function written(value: Json): string {
	if (value instanceof Digits) return value.text;
	if (isList(value)) return `[${value.map(written).join()}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	return `{${Object.entries(value)
		.map(([name, item]) => `${JSON.stringify(name)}:${written(item)}`)
		.join()}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
