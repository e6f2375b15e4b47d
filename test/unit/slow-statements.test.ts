import { expect, test } from "vitest";
import { tellingSlowStatements } from "../../src/telemetry/slow-statements.ts";

/** What is told of slow statements, by a clock that stands until it is told how many seconds pass. */
function telling() {
	const told: Record<string, unknown>[] = [];
	let time = 0;
	const ended = tellingSlowStatements({ tell: (message, more) => told.push({ message, ...more }) }, () => time);
	return {
		told,
		passes: (seconds: number) => {
			time += seconds * 1_000;
		},
		takes: (milliseconds: number, text = "select 1") => ended({ text, milliseconds, caller: undefined }),
	};
}

test("a statement that takes a second is a line, and one that takes less is none", () => {
	const { told, takes } = telling();
	takes(999);
	expect(told).toEqual([]);
	takes(1_000);
	expect(told).toEqual([{ message: "A statement took 1.0 s", ms: 1_000, viewer: null, requestId: null, untold: 0, statement: "select 1" }]);
});

test("its text is one line of a thousand characters at most", () => {
	const { told, takes } = telling();
	takes(2_000, `select\n\t1${"x".repeat(5_000)}`);
	expect(told[0]?.["statement"]).toBe(`select 1${"x".repeat(992)}`);
});

test("ten slow statements a minute are lines, and the next line has the number of the others", () => {
	const { told, passes, takes } = telling();
	for (let count = 0; count < 25; count++) takes(2_000);
	expect(told.map(({ untold }) => untold)).toEqual(Array(10).fill(0));
	passes(59);
	takes(2_000);
	expect(told).toHaveLength(10);
	passes(1);
	for (let count = 0; count < 25; count++) takes(2_000);
	expect(told.slice(10).map(({ untold }) => untold)).toEqual([16, ...Array(9).fill(0)]);
});
