import { InvalidInput } from "../../shared/invalid-input.ts";

/** What is searched for has as many characters at least: three are looked up in an index, and fewer are in nearly every name. */
const searched = { min: 3, max: 100 };

/**
 * The text without case, and without differences of encoding or presentation: full case folding and compatibility
 * composition (NFKC) by Unicode, the same in every locale. So ß is ss, every Σ is σ, and İ and ı are i, as I is: a user who
 * searches need not know how a name was typed.
 */
export function folded(text: string): string {
	const composed = text.normalize("NFKC");
	// By way of capitals, one small letter becomes several, and variants of a letter become one.
	const small = composed.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").replaceAll("i\u0307", "i");
	return small.normalize("NFKC");
}

/** Each three characters that follow one another in the folded text. */
export function trigramsOf(folded: string): string[] {
	const characters = [...folded];
	return [...new Set(characters.slice(2).map((last, index) => `${characters[index]}${characters[index + 1]}${last}`))];
}

/** What is searched for, folded; `argument` is where it was given. Throws InvalidInput when it is too short, or longer than is searched for. */
export function searchedPart(part: string, argument = "username"): string {
	const wanted = folded(part);
	const length = [...wanted].length;
	if (length < searched.min) throw new InvalidInput(`${argument} must have at least ${searched.min} characters of the name.`);
	if ([...part].length > searched.max) throw new InvalidInput(`${argument} must have at most ${searched.max} characters, as names have.`);
	return wanted;
}
