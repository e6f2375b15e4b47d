import { describe, expect, test } from "vitest";
import { Abandoned } from "../../src/database/caller.ts";
import { createFairQueue, type FairQueueOptions } from "../../src/database/fair-queue.ts";

/** Until what was promised has been told. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue, and who holds a place, in the order in which they got it. */
function queueOf(places: number, timeout?: FairQueueOptions["timeout"]) {
	const queue = createFairQueue(timeout === undefined ? { places } : { places, timeout });
	const held: { readonly name: string; readonly release: () => void }[] = [];
	const take = (name: string, abandoned?: AbortSignal) => {
		const key = name === "service" ? undefined : name.replace(/\d+$/, "");
		return queue.take({ key, abandoned }).then((release) => void held.push({ name, release }));
	};
	const leave = async (name: string) => {
		const index = held.findIndex((holder) => holder.name === name);
		held.splice(index, 1)[0]?.release();
		await turn();
	};
	return { queue, take, leave, names: () => held.map(({ name }) => name) };
}

describe("the places of ten", () => {
	test("are one caller's by half, however many it asks for", async () => {
		const { take, names } = queueOf(10);
		for (let number = 1; number <= 30; number++) void take(`ann${number}`);
		await turn();
		expect(names()).toHaveLength(5);
	});

	test("are two callers' by a third each, and another's at once", async () => {
		const { take, names } = queueOf(10);
		for (const name of ["ann", "ben"]) for (let number = 1; number <= 30; number++) void take(`${name}${number}`);
		await turn();
		const before = names().length;
		void take("cleo1");
		await turn();
		expect([before, names().at(-1)]).toEqual([8, "cleo1"]);
	});

	test("are all used by as many callers", async () => {
		const { take, names } = queueOf(10);
		for (let caller = 0; caller < 10; caller++) void take(`${String.fromCharCode(97 + caller)}`);
		await turn();
		expect(names()).toHaveLength(10);
	});

	test("are the service's but for two", async () => {
		const { take, names } = queueOf(10);
		for (let number = 1; number <= 30; number++) void take("service");
		void take("ann1");
		await turn();
		expect(names()).toEqual([...Array(8).fill("service"), "ann1"]);
	});
});

describe("of a single place", () => {
	test("callers take turns, whoever has asked for more", async () => {
		const { take, leave, names } = queueOf(1);
		for (const name of ["ann1", "ann2", "ann3", "ann4", "ben1", "ben2"]) void take(name);
		await turn();
		const order: (string | undefined)[] = [];
		for (let number = 0; number < 6; number++) {
			order.push(names()[0]);
			await leave(String(names()[0]));
		}
		expect(order).toEqual(["ann1", "ben1", "ann2", "ben2", "ann3", "ann4"]);
	});

	test("the service goes first", async () => {
		const { take, leave, names } = queueOf(1);
		for (const name of ["ann1", "ann2", "ben1", "service"]) void take(name);
		await turn();
		await leave("ann1");
		expect(names()).toEqual(["service"]);
	});

	test("whoever is not waited for any more leaves the line", async () => {
		const { take, leave, names } = queueOf(1);
		const gone = new AbortController();
		void take("ann1");
		const left = take("ann2", gone.signal);
		void take("ann3");
		gone.abort();
		await expect(left).rejects.toThrow(Abandoned);
		await leave("ann1");
		expect(names()).toEqual(["ann3"]);
	});

	test("whoever has gone already takes none", async () => {
		await expect(queueOf(1).take("ann", AbortSignal.abort())).rejects.toThrow(Abandoned);
	});

	test("who waits is refused when it takes too long, and leaves the line", async () => {
		const { take, leave, names } = queueOf(1, { milliseconds: 1, tooLate: () => new Error("too late") });
		void take("ann1");
		await turn();
		await expect(take("ann2")).rejects.toThrow("too late");
		await leave("ann1");
		expect(names()).toEqual([]);
	});

	test("all who wait are refused at once, and later ones are not", async () => {
		const { queue, take, leave, names } = queueOf(1);
		void take("ann1");
		await turn();
		const waiting = [take("ann2"), take("ben1")];
		queue.refuseAll(new Error("gone"));
		expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
		void take("ben2");
		await leave("ann1");
		expect(names()).toEqual(["ben2"]);
	});
});
