import { createCipheriv, createDecipheriv } from "node:crypto";

/**
 * Where an entry stands in the log: its number, and the 64 random bits that were drawn with it. A number with other bits is of
 * another history of the database: of what was lost in a fail-over, or came after the backup that was restored.
 */
export interface Position {
	readonly number: bigint;
	readonly mark: bigint;
}

/** Before the first entry. */
export const beginning: Position = { number: 0n, mark: 0n };

/** What clients write for it. */
const printedBeginning = "0";

export const isSame = (one: Position, other: Position): boolean => one.number === other.number && one.mark === other.mark;

export const isAfter = (one: Position, other: Position): boolean => one.number > other.number;

/** Writes positions for clients, and reads what they send. */
export interface PositionCodec {
	print(position: Position): string;
	/** The position in the text, which may be of no log or of another one; undefined when the text can be none. */
	parse(text: string): Position | undefined;
}

/** One block in base64url, without its padding. */
const opaque = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** What positions looked like before they had numbers: no log can go on from one. */
const old = /^[0-9a-z]{1,13}\.[0-9a-z]{1,13}$/;
const never: Position = { number: -1n, mark: 0n };

/**
 * Enciphers each position as one block by the database's key of 16 bytes: neither the numbers nor the distance of two of them
 * tell a client how much happens to others.
 */
export function createPositionCodec(key: Uint8Array): PositionCodec {
	return {
		print: ({ number, mark }) => {
			if (number === 0n) return printedBeginning;
			const block = Buffer.alloc(16);
			block.writeBigInt64BE(number, 0);
			block.writeBigInt64BE(mark, 8);
			const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
			return Buffer.concat([cipher.update(block), cipher.final()]).toString("base64url");
		},
		parse: (text) => {
			if (text === printedBeginning) return beginning;
			if (old.test(text)) return never;
			if (!opaque.test(text)) return undefined;
			const decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
			const block = Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]);
			return { number: block.readBigInt64BE(0), mark: block.readBigInt64BE(8) };
		},
	};
}
