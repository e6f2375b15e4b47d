import { expect, test } from "vitest";
import { isAfter, parsedPosition, printedPosition } from "../../src/log/log.store.ts";

test.each([
	[0n, 0n],
	[1n, 1n],
	[812n, 17n],
	[2n ** 63n - 1n, 2n ** 63n - 1n],
])("the position (%s, %s) is read as it was printed", (xid, id) => {
	expect(parsedPosition(printedPosition({ xid, id }))).toEqual({ xid, id });
});

test.each(["", "1", "1.", ".1", "1.2.3", "A.1", "-1.1", " 1.1", "1.zzzzzzzzzzzzz", "zzzzzzzzzzzzz.1", "1.00000000000001"])("%j is no position", (text) => {
	expect(parsedPosition(text)).toBeUndefined();
});

test.each([
	[{ xid: 2n, id: 1n }, { xid: 1n, id: 9n }, true],
	[{ xid: 1n, id: 2n }, { xid: 1n, id: 1n }, true],
	[{ xid: 1n, id: 1n }, { xid: 1n, id: 1n }, false],
	[{ xid: 1n, id: 9n }, { xid: 2n, id: 1n }, false],
])("positions are ordered by transaction, then within it", (one, other, after) => {
	expect(isAfter(one, other)).toBe(after);
});
