import type { Clock } from "../shared/clock.ts";
import { oneLine } from "../shared/one-line.ts";

/** Where those who run the service read what they should know. */
export interface ErrorStream {
	/** Writes a line, with what belongs to it. */
	tell(message: string, more?: Readonly<Record<string, unknown>>): void;
}

/** The stream as it is given by Node.js. */
type Stream = Pick<NodeJS.WriteStream, "write">;

/**
 * Writes text, a line for each: what belongs to it follows, in the form `name: value`. A value that could be taken for
 * several is quoted: clients choose some of them.
 */
export const plainErrors = (stream: Stream): ErrorStream => ({
	tell: (message, more = {}) => {
		const parts = Object.entries(more).map(([name, value]) => `${name}: ${quotedIfNeeded(oneLine(String(value)))}`);
		stream.write(`${[oneLine(message), ...parts].join("; ")}\n`);
	},
});

const quotedIfNeeded = (text: string) => (text.includes(";") || text.startsWith('"') ? JSON.stringify(text) : text);

/**
 * Makes a line of JSON, with the time, of all that any code writes to the stream from now on: the first line is
 * the `message`, further ones, as those of a stack, are `details`. What is written at once is one line.
 */
export function jsonErrors(stream: Stream, clock: Clock): ErrorStream {
	const write = stream.write.bind(stream);
	const line = (text: string, more: Readonly<Record<string, unknown>> = {}): string => {
		const [message = "", ...details] = text.trimEnd().split("\n");
		return `${JSON.stringify({ time: clock().toISOString(), message, ...(details.length > 0 && { details: details.join("\n") }), ...more })}\n`;
	};
	stream.write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
		const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
		return write(text.trim() === "" ? "" : line(text), ...rest);
	};
	return { tell: (message, more) => void write(line(message, more)) };
}

/** Takes what Node.js would write by itself past the stream: warnings, and the error that ends the process, with the code that it ends with then. */
export function takeOwnErrors(stream: Stream, ended: (code: number) => void): void {
	process.removeAllListeners("warning").on("warning", (warning) => void stream.write(`${warning.stack ?? String(warning)}\n`));
	process.on("uncaughtException", (error) => {
		stream.write(`${error instanceof Error ? error.stack : String(error)}\n`);
		ended(1);
	});
}
