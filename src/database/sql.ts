/** A statement or a part of one: values stay parameters, in all that they are composed into. */
export class Sql {
	readonly values: unknown[] = [];
	/** What is around the values: one text more than there are values. */
	readonly #texts: string[] = [""];

	/** The texts, with a value or a part of a statement between each of them and the next. */
	constructor(texts: readonly string[], between: readonly unknown[]) {
		for (const [index, text] of texts.entries()) {
			if (index > 0) this.#add(between[index - 1]);
			this.#write(text);
		}
	}

	/** The statement as PostgreSQL takes it: the first value is $1. */
	get text(): string {
		return this.#texts.reduce((text, next, index) => `${text}$${index}${next}`);
	}

	#add(value: unknown): void {
		if (!(value instanceof Sql)) {
			this.values.push(value);
			this.#texts.push("");
			return;
		}
		for (const [index, text] of value.#texts.entries()) {
			if (index > 0) this.#add(value.values[index - 1]);
			this.#write(text);
		}
	}

	#write(text: string): void {
		this.#texts.push(`${this.#texts.pop()}${text}`);
	}
}

export const sql = (texts: readonly string[], ...values: unknown[]): Sql => new Sql(texts, values);

/** Text that is part of the statement itself: identifiers and keywords from our own code, never input. */
export const raw = (text: string): Sql => new Sql([text], []);

export const list = (parts: readonly Sql[], separator = ", "): Sql =>
	parts.length === 0 ? raw("") : new Sql(["", ...Array<string>(parts.length - 1).fill(separator), ""], parts);

/** All conditions hold; no condition is always true. */
export const and = (conditions: Sql[]): Sql => (conditions.length === 0 ? sql`true` : sql`(${list(conditions, " and ")})`);

/** One condition holds; no condition is never true. */
export const or = (conditions: Sql[]): Sql => (conditions.length === 0 ? sql`false` : sql`(${list(conditions, " or ")})`);

/** A quoted identifier, from our own code only. */
export const name = (identifier: string): Sql => raw(quoted(identifier));

export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/**
 * The column, of the enumeration, is one of these words. Each is a parameter of its own: planners estimate them as they do
 * constants, and a single one is an equality, below which an index keeps its order.
 */
export function isOneOfWords(column: Sql, enumeration: string, words: readonly string[]): Sql {
	const [first, ...others] = new Set(words);
	const value = (word: string) => sql`${word}::${name(enumeration)}`;
	if (first === undefined) return sql`false`;
	return others.length === 0 ? sql`${column} = ${value(first)}` : sql`${column} in (${list([first, ...others].map(value))})`;
}

/**
 * The column is one of these uuids: one parameter, for any number of them. A single one is an equality, whose plan is made once
 * for all values: that of a list is made anew each time, which costs more than reading a row. None is never true, which
 * planners see: beside other conditions, it does not keep those from their indexes.
 */
export function isOneOf(column: Sql, uuids: readonly string[]): Sql {
	if (uuids.length === 0) return sql`false`;
	return uuids.length === 1 ? sql`${column} = ${uuids[0]}::uuid` : sql`${column} = any(${uuids}::uuid[])`;
}

/** The column is one of these texts, exactly. As with isOneOf, a single one is an equality: below it an index keeps its order. */
export function isOneOfTexts(column: Sql, texts: readonly string[]): Sql {
	const different = [...new Set(texts)];
	if (different.length === 0) return sql`false`;
	return different.length === 1 ? sql`${column} = ${different[0]}` : sql`${column} = any(${different}::text[])`;
}
