import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { jsonErrors, plainErrors } from "../../src/telemetry/error-stream.ts";
import { tellingSlowStatements } from "../../src/telemetry/slow-statements.ts";

function written() {
	const texts: string[] = [];
	return { texts, stream: { write: (text: string) => texts.push(text) > 0 } };
}

const caller = (viewer: string) => ({ key: "", viewer, requestId: "42", took: () => {} });

describe("a line of text about what a client did", () => {
	const lineOf = (viewer: string) => {
		const { texts, stream } = written();
		tellingSlowStatements(plainErrors(stream), () => 0)({ text: `select\n1`, milliseconds: 1_500, caller: caller(viewer) });
		return texts.join("");
	};

	test("says whose statement was slow, and in which request", () => {
		expect(lineOf("lund")).toBe("A statement took 1.5 s; ms: 1500; viewer: lund; requestId: 42; untold: 0; statement: select 1\n");
	});

	test.each([
		["lund\nA statement took 9.9 s", "lund A statement took 9.9 s"],
		["lund\r\u2028\u0085\u001b[2Jx", "lund [2Jx"],
		["lund; requestId: 41", '"lund; requestId: 41"'],
		['lund"; requestId: 41; x: "', '"lund\\"; requestId: 41; x: \\""'],
		['"lund', '"\\"lund"'],
	])("is one line with each of its values once, whatever a viewer is called: %j", (viewer, told) => {
		expect(lineOf(viewer)).toBe(`A statement took 1.5 s; ms: 1500; viewer: ${told}; requestId: 42; untold: 0; statement: select 1\n`);
	});

	test("is one line, whatever its message says", () => {
		const { texts, stream } = written();
		plainErrors(stream).tell("It was\nsaid", {});
		expect(texts).toEqual(["It was said\n"]);
	});

	test("as JSON, is one line too, and a viewer is called as it is", () => {
		const { texts, stream } = written();
		jsonErrors(stream, () => new Date(0)).tell("A statement was slow", { viewer: "lund\n; requestId: 41" });
		expect(texts).toEqual(['{"time":"1970-01-01T00:00:00.000Z","message":"A statement was slow","viewer":"lund\\n; requestId: 41"}\n']);
	});
});

describe("of slow statements", () => {
	beforeEach(() => {
		vi.useFakeTimers();
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	function telling() {
		const told: { message: string; untold: unknown }[] = [];
		const errors = { tell: (message: string, more: Readonly<Record<string, unknown>> = {}) => void told.push({ message, untold: more["untold"] }) };
		const slow = tellingSlowStatements(errors, () => Date.now());
		const burst = (count: number) => {
			for (let index = 0; index < count; index++) slow({ text: "select 1", milliseconds: 2_000, caller: undefined });
		};
		return { slow, burst, lines: () => told.splice(0) };
	}
	const written = { message: "A statement took 2.0 s", untold: 0 };
	const rest = (untold: number) => ({ message: "More statements were slow than were written", untold });

	test("ten in a minute are written, and at the end of it how many more there were, though no other comes", () => {
		const { burst, lines } = telling();
		vi.advanceTimersByTime(20_000);
		burst(15);
		expect(lines()).toEqual(Array(10).fill(written));
		vi.advanceTimersByTime(39_999);
		expect(lines()).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(lines()).toEqual([rest(5)]);
		vi.advanceTimersByTime(600_000);
		expect(lines()).toEqual([]);
	});

	test("those of the next minute are written again", () => {
		const { burst, lines } = telling();
		burst(12);
		vi.advanceTimersByTime(60_000);
		burst(11);
		expect(lines()).toEqual([...Array(10).fill(written), rest(2), ...Array(10).fill(written)]);
	});

	test("none is left untold when the service stops, and no timer", () => {
		const { slow, burst, lines } = telling();
		burst(13);
		slow.stop();
		expect(lines()).toEqual([...Array(10).fill(written), rest(3)]);
		expect(vi.getTimerCount()).toBe(0);
	});
});
