import { expect, test } from "vitest";
import { visibility } from "../../src/access/visibility.ts";
import type { List } from "../../src/reading/list.ts";

test("a list of rows that nobody is said to see does not compile", () => {
	const over = (model: List["model"]): string => model;
	expect(Object.keys(visibility)).toContain(over("Resource"));
	// @ts-expect-error: src/access/visibility.ts does not say who sees them.
	expect(Object.keys(visibility)).not.toContain(over("IdempotencyKey"));
});
