import { expect, test } from "vitest";
import { jsonErrors, plainErrors } from "../../src/telemetry/error-stream.ts";

/** A stream, and the texts that were written to it. */
function stream() {
	const written: string[] = [];
	return { written, stream: { write: (chunk: string | Uint8Array) => written.push(String(chunk)) > 0 } };
}
const clock = () => new Date("2026-06-15T12:00:00Z");
const time = "2026-06-15T12:00:00.000Z";

test("what is told as text has what belongs to it on the same line", () => {
	const { written, stream: to } = stream();
	plainErrors(to).tell("It took 2 s", { viewer: "lund", requestId: null });
	expect(written).toEqual(["It took 2 s; viewer: lund; requestId: null\n"]);
});

test("what is told as JSON is one line with the time, and what belongs to it", () => {
	const { written, stream: to } = stream();
	jsonErrors(to, clock).tell("It took 2 s", { viewer: "lund", requestId: null });
	expect(written).toEqual([`${JSON.stringify({ time, message: "It took 2 s", viewer: "lund", requestId: null })}\n`]);
});

test.each([
	["text", (text: string) => text],
	["bytes", (text: string) => Buffer.from(text)],
])("what anyone else writes to the stream as %s is one line of JSON, with further lines as its details", (_, form) => {
	const { written, stream: to } = stream();
	jsonErrors(to, clock);
	to.write(form("Error: worse\n    at here\n    at there\n"));
	to.write(form("a word\n"));
	expect(written).toEqual([
		`${JSON.stringify({ time, message: "Error: worse", details: "    at here\n    at there" })}\n`,
		`${JSON.stringify({ time, message: "a word" })}\n`,
	]);
});

test("nothing, as an empty line is, is no line of JSON", () => {
	const { written, stream: to } = stream();
	jsonErrors(to, clock);
	to.write("\n");
	expect(written.join("")).toBe("");
});
