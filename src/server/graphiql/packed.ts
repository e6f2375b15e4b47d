import { createHash } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, createGunzip, gzip, gzipSync } from "node:zlib";
import { acceptedEncoding, codingFor } from "../compression.ts";

/** A file that is compressed once, whoever asks for it and how often; only what is compressed is kept. */
export interface Packed {
	/** Its media type. */
	readonly type: string;
	/** Of its content: other content has another one. */
	readonly hash: string;
	readonly gzip: Promise<Buffer>;
	readonly brotli: Promise<Buffer>;
}

/** Beyond it, a percent costs twice the time. */
const brotliQuality = 5;

/** In bytes: a shorter content is compressed at once, in a millisecond, and does not wait for longer ones. */
const short = 64 * 1024;

export const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** Compresses the content, a long one beside the event loop, after all that was packed before. */
export function pack(type: string, content: string | Buffer): Packed {
	const bytes = Buffer.from(content);
	const hash = hashOf(bytes);
	const options = { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
	if (bytes.length <= short) return { type, hash, gzip: Promise.resolve(gzipSync(bytes)), brotli: Promise.resolve(brotliCompressSync(bytes, options)) };
	const packed = { type, hash, gzip: promisify(gzip)(bytes), brotli: promisify<Buffer, object, Buffer>(brotliCompress)(bytes, options) };
	for (const made of [packed.gzip, packed.brotli]) made.catch(() => {}); // told to whoever asks for it
	return packed;
}

/** Sends the file as the client accepts it, without its body for HEAD; 304 alone to a client that has it. */
export async function send(request: IncomingMessage, response: ServerResponse, file: Packed, headers: OutgoingHttpHeaders): Promise<void> {
	// Weak: each encoding of the content has other bytes.
	const etag = `W/"${file.hash}"`;
	const common = { ...headers, etag, "x-content-type-options": "nosniff" };
	if (namesTag(request.headers["if-none-match"], etag)) {
		response.writeHead(304, common).end();
		return;
	}
	const encoding = codingFor(acceptedEncoding(request));
	const body = await (encoding === "br" ? file.brotli : file.gzip);
	const length = encoding === undefined ? {} : { "content-encoding": encoding, "content-length": body.length };
	response.writeHead(200, { ...common, "content-type": file.type, ...length });
	if (request.method === "HEAD") response.end();
	else if (encoding === undefined)
		createGunzip()
			.on("error", () => response.destroy())
			.end(body)
			.pipe(response);
	else response.end(body);
}

const namesTag = (given: string | undefined, etag: string): boolean =>
	given?.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^(?:W\/)?/, "W/") === etag) === true;
