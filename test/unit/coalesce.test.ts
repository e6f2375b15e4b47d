import { describe, expect, test } from "vitest";
import { coalesce } from "../../src/shared/coalesce.ts";

/** Loads that end when the test says so; each answers its number. */
function loads() {
	const begun: { readonly key: string; readonly end: (error?: Error) => void }[] = [];
	const load = (key: string) =>
		new Promise<number>((resolve, reject) => {
			const number = begun.length + 1;
			begun.push({ key, end: (error) => (error === undefined ? resolve(number) : reject(error)) });
		});
	return { begun, load };
}

/** Until what callers are gathered for has begun. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

describe("callers for the same key", () => {
	test("share a load when they call in the same turn", async () => {
		const { begun, load } = loads();
		const call = coalesce(load);
		const together = [call("a"), call("a")];
		await turn();
		begun[0]?.end();
		expect(await Promise.all(together)).toEqual([1, 1]);
	});

	test("share the load that begins after they called, not the one under way", async () => {
		const { begun, load } = loads();
		const call = coalesce(load);
		const first = call("a");
		await turn();
		const late = [call("a"), call("a")];
		await turn();
		expect(begun).toHaveLength(1);
		begun[0]?.end();
		await turn();
		expect(begun).toHaveLength(2);
		begun[1]?.end();
		expect(await Promise.all([first, ...late])).toEqual([1, 2, 2]);
	});

	test("load anew when nothing is under way: nothing is kept", async () => {
		const { begun, load } = loads();
		const call = coalesce(load);
		for (const number of [1, 2]) {
			const answer = call("a");
			await turn();
			begun.at(-1)?.end();
			expect(await answer).toBe(number);
		}
	});

	test("are not told of an error of a load that began before they called", async () => {
		const { begun, load } = loads();
		const call = coalesce(load);
		const first = call("a");
		await turn();
		const late = call("a");
		begun[0]?.end(new Error("gone"));
		await expect(first).rejects.toThrow("gone");
		await turn();
		begun[1]?.end();
		expect(await late).toBe(2);
	});

	test("who come again and again are each answered by a later load", async () => {
		const { begun, load } = loads();
		const call = coalesce(load);
		const answers = [];
		for (const number of [0, 1, 2]) {
			answers.push(call("a"));
			await turn();
			begun[number - 1]?.end();
			await turn();
		}
		begun[2]?.end();
		expect(await Promise.all(answers)).toEqual([1, 2, 3]);
	});
});

test("callers for different keys do not wait for each other", async () => {
	const { begun, load } = loads();
	const call = coalesce(load);
	void call("a");
	void call("b");
	await turn();
	expect(begun.map(({ key }) => key)).toEqual(["a", "b"]);
});
