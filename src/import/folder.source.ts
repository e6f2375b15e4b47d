import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { arrayPieces, NotAnArray } from "./json-array.ts";
import { type ListName, listNames, type Piece, type Source, SourceError } from "./source.ts";

/** So little that the database is not kept waiting while it is taken apart, between two messages of a transaction. */
const bytesAtOnce = 32 * 1024;

/** A folder with one JSON array per list, named `<list>.json`. A missing file is an empty list. */
export function folderSource(folder: string): Source {
	const fileOf = (list: ListName) => join(folder, `${list}.json`);
	let checked: Promise<void> | undefined;
	return {
		name: folder,
		check: () => {
			checked ??= checkFolder(folder, fileOf);
			return checked;
		},
		read: async function* (list) {
			const file = fileOf(list);
			const isPresent = (await sizeOf(file, "isFile")) !== undefined;
			if (isPresent) yield* readFile(file);
			yield { records: [], done: 1, whole: isPresent };
		},
	};
}

/** Reads every file once before anything is written: a damaged one must not be found halfway. */
async function checkFolder(folder: string, fileOf: (list: ListName) => string): Promise<void> {
	if ((await sizeOf(folder, "isDirectory")) === undefined) throw new SourceError(`${folder} is not a folder.`);
	const sizes = await Promise.all(listNames.map((list) => sizeOf(fileOf(list), "isFile")));
	const present = listNames.filter((_, index) => sizes[index] !== undefined);
	if (present.length === 0) throw new SourceError(`${folder} holds none of the lists, such as customers.json.`);
	for (const list of present) for await (const _ of readFile(fileOf(list)));
}

async function* readFile(file: string): AsyncGenerator<Piece> {
	const size = (await sizeOf(file, "isFile")) ?? 0;
	try {
		for await (const { records, bytes } of arrayPieces(createReadStream(file, { highWaterMark: bytesAtOnce }))) {
			yield { records, ...(size === 0 ? {} : { done: bytes / size }) };
		}
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new SourceError(error instanceof NotAnArray ? `${file} is not a JSON array: ${reason}.` : `${file} cannot be read: ${reason}.`);
	}
}

/** The size in bytes, undefined when there is no such file or folder. */
async function sizeOf(path: string, kind: "isFile" | "isDirectory"): Promise<number | undefined> {
	const found = await stat(path).catch(() => undefined);
	return found?.[kind]() === true ? found.size : undefined;
}
