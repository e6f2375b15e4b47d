import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/**
 * An entry's position in the log: its number, and the 64 random bits that were drawn with it. A number with other bits is of
 * another history of the database: of what was lost in a fail-over, or came after the backup that was restored.
 */
export interface Position {
	readonly number: bigint;
	readonly mark: bigint;
	/**
	 * What makes its text another one than that of the entry at its place, and than any other text of it; absent in an entry's own
	 * position, whose text is always the same.
	 */
	readonly salt?: string | undefined;
}

/**
 * The same place, printed as no other text of it is. For where the log is rather than an event that the client sees: the
 * text of the last entry, equal to that of the client's own last event, would reveal that no other client had written anything.
 */
export const salted = ({ number, mark }: Position): Position => ({ number, mark, salt: randomBytes(saltBytes).toString("hex") });

const saltBytes = 8;

/** Before the first entry. */
export const beginning: Position = { number: 0n, mark: 0n };

/** What clients write for it. */
const printedBeginning = "0";

/** Whether both are printed as the same text. */
export const isSameText = (one: Position, other: Position): boolean => one.number === other.number && one.mark === other.mark && one.salt === other.salt;

export const isAfter = (one: Position, other: Position): boolean => one.number > other.number;

/** Writes positions for clients, and reads what they send. */
export interface PositionCodec {
	print(position: Position): string;
	/** The position in the text, which may be of no log or of another one; undefined when the text can be none. */
	parse(text: string): Position | undefined;
}

/** One block in base64url, without its padding. */
const opaque = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** A salt and one block. */
const opaqueSalted = /^[A-Za-z0-9_-]{32}$/;

/** What positions looked like before they had numbers: no log can go on from one. */
const old = /^[0-9a-z]{1,13}\.[0-9a-z]{1,13}$/;
const never: Position = { number: -1n, mark: 0n };

/**
 * Enciphers each position as one block by the database's key of 16 bytes: neither the numbers nor the distance of two of them
 * show a client how much happens to others. One with a salt is enciphered by a key of its own, and the salt precedes it.
 */
export function createPositionCodec(key: Uint8Array): PositionCodec {
	const keyOf = (salt: Uint8Array): Uint8Array => (salt.length === 0 ? key : createHmac("sha256", key).update(salt).digest().subarray(0, 16));
	return {
		print: ({ number, mark, salt = "" }) => {
			if (number === 0n && salt === "") return printedBeginning;
			const block = Buffer.alloc(16);
			block.writeBigInt64BE(number, 0);
			block.writeBigInt64BE(mark, 8);
			const before = Buffer.from(salt, "hex");
			const cipher = createCipheriv("aes-128-ecb", keyOf(before), null).setAutoPadding(false);
			return Buffer.concat([before, cipher.update(block), cipher.final()]).toString("base64url");
		},
		parse: (text) => {
			if (text === printedBeginning) return beginning;
			if (old.test(text)) return never;
			const isSalted = opaqueSalted.test(text);
			if (!isSalted && !opaque.test(text)) return undefined;
			const bytes = Buffer.from(text, "base64url");
			const salt = bytes.subarray(0, isSalted ? saltBytes : 0);
			const decipher = createDecipheriv("aes-128-ecb", keyOf(salt), null).setAutoPadding(false);
			const block = Buffer.concat([decipher.update(bytes.subarray(salt.length)), decipher.final()]);
			const place = { number: block.readBigInt64BE(0), mark: block.readBigInt64BE(8) };
			return isSalted ? { ...place, salt: salt.toString("hex") } : place;
		},
	};
}
