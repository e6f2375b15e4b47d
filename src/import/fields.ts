import { hasHiddenCharacter } from "../domain/notification/address.ts";
import { parsedUuid } from "../shared/uuid.ts";
import { JsonNumber } from "./json-array.ts";
import { missing, shape, shown, unstorable, Wrong } from "./shape.ts";

/** The uuid, dashed, of either written form or of a link that ends in one; undefined when there is none. */
export function uuidOf(value: unknown): string | undefined {
	if (typeof value !== "string") return undefined;
	const path = value.split("?", 1)[0] ?? "";
	return parsedUuid(path.includes("/") ? (path.split("/").findLast((step) => step !== "") ?? "") : path);
}

const readUuid = (value: unknown) => uuidOf(value) ?? new Wrong(`is not a UUID or a link that ends in one: ${shown(value)}`);

export const uuid = shape((value) => (value === null ? missing : readUuid(value)));

export const optionalUuid = shape((value) => (value === null || value === "" ? null : readUuid(value)));

function readText(value: unknown, longest: number): string | Wrong {
	if (typeof value !== "string") return new Wrong(`is not text: ${shown(value)}`);
	if (unstorable.test(value)) return new Wrong("holds a character that cannot be stored");
	if (value.length > longest && [...value].length > longest) return new Wrong(`is longer than ${longest} characters`);
	return value;
}

/** Names are indexed, and an entry of an index has at most 2,704 bytes. */
const maxNameLength = 500;

/** Text that must not be empty, of at most so many characters. */
export const text = (longest = maxNameLength) =>
	shape((value) => {
		if (value === null) return missing;
		const read = readText(value, longest);
		return read === "" ? new Wrong("is empty") : read;
	});

/** Text that may be absent: then it is empty. */
export const optionalText = (longest = 100_000) => shape((value) => (value === null ? "" : readText(value, longest)));

/** Text that may be absent: then, and when it is empty, it is null. */
export const nullableText = (longest: number) => shape((value) => (value === null || value === "" ? null : readText(value, longest)));

/** Yes or no; absent is the default. */
export const flag = (byDefault: boolean) =>
	shape((value) => (value === null ? byDefault : typeof value === "boolean" ? value : new Wrong(`is neither true nor false: ${shown(value)}`)));

/** Yes or no; null when absent. */
export const optionalFlag = shape((value) => (value === null || typeof value === "boolean" ? value : new Wrong(`is neither true nor false: ${shown(value)}`)));

/** An e-mail address that may be absent: then it is empty. */
export const optionalEmail = shape((value) => {
	const read = value === null ? "" : readText(value, 100_000);
	return typeof read === "string" && hasHiddenCharacter(read) ? new Wrong("holds a control or invisible character") : read;
});

/** A JSON object that is kept as it is; absent is empty. */
export const settings = shape((value) => {
	if (value === null) return {};
	if (typeof value !== "object" || Array.isArray(value) || value instanceof JsonNumber) return new Wrong(`is not an object: ${shown(value)}`);
	const plain = plainJson(value);
	return plain === undefined ? new Wrong("holds a character that cannot be stored") : (plain as object);
});

/** The addresses that a policy's options give for external users: a list or text with commas; undefined when they are neither. */
export function readEmails(options: object): string[] | undefined {
	const given: unknown = "notify_external_user" in options ? options.notify_external_user : undefined;
	const parts = given === undefined || given === null ? [] : typeof given === "string" ? given.split(",") : given;
	if (!Array.isArray(parts) || !parts.every((part) => typeof part === "string")) return undefined;
	return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ""))];
}

/** The value with JavaScript numbers, undefined when a text in it cannot be stored. */
function plainJson(value: unknown): unknown {
	if (value instanceof JsonNumber) return Number(value.text);
	if (typeof value === "string") return unstorable.test(value) ? undefined : value;
	if (Array.isArray(value)) {
		const items = value.map(plainJson);
		return items.includes(undefined) ? undefined : items;
	}
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).map(([key, item]) => [key, plainJson(item)] as const);
	return entries.some(([key, item]) => item === undefined || unstorable.test(key)) ? undefined : Object.fromEntries(entries);
}

/** A list of anything; null when absent. */
export const optionalItems = shape((value): readonly unknown[] | null | Wrong => (value === null || Array.isArray(value) ? value : new Wrong("is not a list")));

/** A word that none of those that are known is. */
export class Unknown {
	/** As JSON, shortened. */
	readonly shown: string;
	constructor(shown: string) {
		this.shown = shown;
	}
}

const readWord = <Ours extends string | null>(words: Readonly<Record<string, Ours>>, value: unknown): Ours | Unknown => {
	const key = (value instanceof JsonNumber ? value.text : String(value)).toLowerCase();
	return Object.hasOwn(words, key) ? (words[key] as Ours) : new Unknown(shown(value));
};

/** One of the words of a closed list, translated to ours; the letter case does not matter. Another one is refused. */
export const word = <Ours extends string | null>(words: Readonly<Record<string, Ours>>) =>
	shape((value) => {
		if (value === null) return missing;
		const read = readWord(words, value);
		return read instanceof Unknown ? new Wrong(`is none of ${Object.keys(words).join(", ")}: ${read.shown}`) : read;
	});

/** Like word; for another word something else may be taken. */
export const wordOrUnknown = <Ours extends string | null>(words: Readonly<Record<string, Ours>>) =>
	shape((value) => (value === null ? missing : readWord(words, value)));

/** Like wordOrUnknown; absent or empty is null. */
export const optionalWordOrUnknown = <Ours extends string>(words: Readonly<Record<string, Ours>>) =>
	shape((value) => (value === null || value === "" ? null : readWord(words, value)));
