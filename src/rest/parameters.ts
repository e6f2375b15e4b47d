import { InvalidInput } from "../shared/invalid-input.ts";
import { badFields } from "./problems.ts";
import { uuidNamed } from "./urls.ts";

/** A parameter of a list. `read` gets the texts that it is given, none of them empty, and throws InvalidInput for what it cannot be. */
export interface Parameter<Value> {
	readonly read: (texts: readonly string[]) => Value;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values of those parameters that are given. */
export type Given<Known extends Parameters> = { readonly [Name in keyof Known]?: Known[Name] extends Parameter<infer Value> ? Value : never };

/** The parameters' values; those that are not known, or are empty, are not looked at. Throws what is wrong with each. */
export function givenOf<Known extends Parameters>(known: Known, query: URLSearchParams): Given<Known> {
	const wrong: Record<string, string[]> = {};
	const given: Record<string, unknown> = {};
	for (const [name, { read }] of Object.entries(known)) {
		const texts = query.getAll(name).filter((text) => text !== "");
		if (texts.length === 0) continue;
		try {
			given[name] = read(texts);
		} catch (error) {
			if (!(error instanceof InvalidInput)) throw error;
			wrong[name] = [error.message];
		}
	}
	if (Object.keys(wrong).length > 0) throw badFields(wrong);
	return given as Given<Known>;
}

/** A parameter that has one value: of several, the last, as Django takes it. */
const single = <Value>(read: (text: string) => Value | undefined, message: string): Parameter<Value> => ({
	read: (texts) => {
		const value = read(texts.at(-1) ?? "");
		if (value === undefined) throw new InvalidInput(message);
		return value;
	},
});

export const text: Parameter<string> = single((given) => given, "");

/** The same, of which there must not be several: for parameters that Waldur takes several of, where the last alone would be less than was asked for. */
export const only = <Value>(one: Parameter<Value>): Parameter<Value> => ({
	read: (texts) => {
		if (new Set(texts).size > 1) throw new InvalidInput("Give one value at a time.");
		return one.read(texts);
	},
});

/** A uuid, with dashes or without; or an object's address, where its uuid is the last part. */
export const uuid: Parameter<string> = single(uuidNamed, "Enter a valid UUID.");
export const address: Parameter<string> = single(uuidNamed, "Enter a valid URL.");

/** A calendar day, as 2026-11-30. */
export const day: Parameter<string> = single((given) => (isDay(given) ? given : undefined), "Enter a valid date.");

function isDay(given: string): boolean {
	const moment = new Date(/^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : Number.NaN);
	return !Number.isNaN(moment.getTime()) && moment.getUTCFullYear() > 0 && moment.toISOString().startsWith(given);
}

export const whole = (first: number, last: number): Parameter<number> =>
	single(
		(given) => (/^\d{1,9}$/.test(given) && Number(given) >= first && Number(given) <= last ? Number(given) : undefined),
		`Enter a whole number from ${first} to ${last}.`,
	);

const chosen = <Value>(words: Readonly<Record<string, Value>>, given: string): Value => {
	const value = Object.hasOwn(words, given) ? words[given] : undefined;
	if (value === undefined) throw new InvalidInput(`Select a valid choice. ${given.slice(0, 60)} is not one of the available choices.`);
	return value;
};

/** As Waldur's clients write it. */
export const flag: Parameter<boolean> = single(
	(given) => (/^(true|1)$/i.test(given) ? true : /^(false|0)$/i.test(given) ? false : undefined),
	"Must be a valid boolean.",
);

/** One of these words. */
export const choice = <Value>(words: Readonly<Record<string, Value>>): Parameter<Value> => ({ read: (texts) => chosen(words, texts.at(-1) ?? "") });

/** Some of these words, given several times. */
export const choices = <Value>(words: Readonly<Record<string, Value>>): Parameter<Value[]> => ({ read: (texts) => texts.map((given) => chosen(words, given)) });

/** In what order, by one of these: falling with a - in front. By one alone: an index serves each, and none serves two. */
export const ordering = <Name extends string>(orders: Readonly<Record<string, Name>>): Parameter<{ field: Name; direction: "ASC" | "DESC" }> => ({
	read: (texts) => {
		const [given = "", ...others] = texts.flatMap((one) => one.split(","));
		if (others.length > 0) throw new InvalidInput("Give one order at a time.");
		return { field: chosen(orders, given.replace(/^-/, "")), direction: given.startsWith("-") ? "DESC" : "ASC" };
	},
});
