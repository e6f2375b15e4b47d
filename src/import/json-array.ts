import { getManyValues, isMany, none } from "stream-chain/defs.js";
import { jsonParser, type Token } from "stream-json/core/parser.js";

/** A number as written in the JSON text: a JavaScript number would lose digits. */
export class JsonNumber {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
}

/** Takes the text of one JSON array piece by piece and returns the elements that each piece completes. */
interface ArrayReader {
	/** Throws when the text is not JSON, or not an array. */
	push(text: string): unknown[];
	/** Throws when the array is not closed. */
	end(): unknown[];
}

/** Deeper values are refused: nothing that is imported nests like that, and recursion over them could exhaust the stack. */
const deepest = 100;

interface Open {
	readonly container: unknown[] | Record<string, unknown>;
	key: string;
}

/** Reads the elements of one JSON array in memory bounded by its largest element. Numbers become JsonNumber. */
function readArray(): ArrayReader {
	const parse = jsonParser({ packValues: true, streamValues: false });
	const open: Open[] = [];
	let started = false;
	let elements: unknown[] = [];

	const place = (value: unknown) => {
		const parent = open.at(-1);
		if (parent === undefined) elements.push(value);
		else if (Array.isArray(parent.container)) parent.container.push(value);
		else parent.container[parent.key] = value;
	};
	const enter = (container: Open["container"]) => {
		if (open.length === deepest) throw new Error(`it nests deeper than ${deepest} levels`);
		open.push({ container, key: "" });
	};
	const take = (token: Token) => {
		if (!started) {
			if (token.name !== "startArray") throw new Error("it is not an array");
			started = true;
			return;
		}
		switch (token.name) {
			case "startObject":
				return enter(Object.create(null)); // a key such as __proto__ is a key like any other
			case "startArray":
				return enter([]);
			case "endObject":
			case "endArray": {
				const closed = open.pop();
				if (closed !== undefined) place(closed.container);
				return;
			}
			case "keyValue": {
				const parent = open.at(-1);
				if (parent !== undefined) parent.key = token.value;
				return;
			}
			case "numberValue":
				return place(new JsonNumber(token.value));
			case "stringValue":
			case "nullValue":
			case "trueValue":
			case "falseValue":
				return place(token.value);
		}
	};
	const feed = (input: string | typeof none) => {
		elements = [];
		const output: unknown = parse(input as string);
		if (isMany(output)) for (const token of getManyValues(output)) take(token as Token);
		return elements;
	};
	return {
		push: feed,
		end: () => {
			const rest = feed(none);
			if (!started) throw new Error("it is empty");
			return rest;
		},
	};
}

/** The bytes are no JSON array. */
export class NotAnArray extends Error {}

/** The elements of a byte stream that holds one JSON array, in pieces, each with the number of bytes read so far. Throws NotAnArray. */
export async function* arrayPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<{ records: unknown[]; bytes: number }> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	const reader = readArray();
	let read = 0;
	for await (const piece of bytes) {
		read += piece.byteLength;
		yield { records: parsed(() => reader.push(decoder.decode(piece, { stream: true }))), bytes: read };
	}
	yield { records: parsed(() => [...reader.push(decoder.decode()), ...reader.end()]), bytes: read };
}

function parsed(read: () => unknown[]): unknown[] {
	try {
		return read();
	} catch (error) {
		throw new NotAnArray(error instanceof Error ? error.message : String(error));
	}
}
