import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const charactersAtOnce = 64 * 1024;

/** Writes a JSON array, one record a line, without holding more than a piece of it in memory. Returns the number of records. */
export async function writeArray(file: string, records: Iterable<object>): Promise<number> {
	let count = 0;
	function* pieces() {
		let piece = "[";
		for (const record of records) {
			piece += `${count === 0 ? "\n" : ",\n"}${JSON.stringify(record)}`;
			count++;
			if (piece.length < charactersAtOnce) continue;
			yield piece;
			piece = "";
		}
		yield `${piece}\n]\n`;
	}
	await pipeline(Readable.from(pieces()), createWriteStream(file));
	return count;
}
