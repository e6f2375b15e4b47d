import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Coding = "br" | "gzip";

/** Answers of at most as many bytes are sent as they are: in a packet or two they save nothing. */
const smallest = 1_024;

/**
 * Of what saves most for its time: brotli makes a fifth of a graph of rows at this quality, and more takes several times as
 * long. Both run on threads beside the one that answers.
 */
const quality = { br: 4, gzip: 4 };

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/**
 * The coding that a client prefers by its Accept-Encoding, brotli of two that it likes equally; undefined when it wants none.
 * What it does not name it does not take, unless it takes any (`*`).
 */
export function codingFor(accepted: string | undefined): Coding | undefined {
	if (accepted === undefined || accepted === "") return undefined;
	const weights = new Map<string, number>();
	for (const item of accepted.toLowerCase().split(",")) {
		const [name = "", ...parameters] = item.split(";");
		weights.set(name.trim(), weightIn(parameters));
	}
	const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get("*") ?? 0;
	const best = weightOf("gzip") > weightOf("br") ? "gzip" : "br";
	const weight = weightOf(best);
	return weight > 0 && weight >= (weights.get("identity") ?? 0) ? best : undefined;
}

/** From 0, never, to 1. What is no weight is none: the client knows better than we how it takes answers. */
function weightIn(parameters: readonly string[]): number {
	const weight = parameters.map((parameter) => /^\s*q\s*=\s*(.*?)\s*$/.exec(parameter)?.[1]).find((text) => text !== undefined);
	if (weight === undefined) return 1;
	return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
}

/** How the client takes answers; Node.js joins a header that comes several times. */
export const acceptedEncoding = ({ headers }: IncomingMessage): string | undefined => headers["accept-encoding"] as string | undefined;

/** An answer's body, and the headers that go with it. */
export interface Encoded {
	readonly content: string | Uint8Array<ArrayBuffer>;
	readonly headers: { readonly "content-length": number; readonly "content-encoding"?: Coding };
}

/** The text as the client takes it: at once as it is, or compressed when there is something to gain. */
export function encoded(text: string, accepted: string | undefined): Encoded | Promise<Encoded> {
	const length = Buffer.byteLength(text);
	const coding = accepted === undefined || length <= smallest ? undefined : codingFor(accepted);
	return coding === undefined ? { content: text, headers: { "content-length": length } } : compressed(text, length, coding);
}

async function compressed(text: string, length: number, coding: Coding): Promise<Encoded> {
	const content =
		coding === "gzip"
			? await zip(text, { level: quality.gzip })
			: await brotli(text, {
					params: {
						[constants.BROTLI_PARAM_QUALITY]: quality.br,
						[constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
						[constants.BROTLI_PARAM_SIZE_HINT]: length, // or it takes memory for much more
					},
				});
	return { content, headers: { "content-length": content.length, "content-encoding": coding } };
}
