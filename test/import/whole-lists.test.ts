import { afterEach, describe, expect, test } from "vitest";
import type { HttpOptions } from "../../src/import/http.ts";
import type { ListName, Piece } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { changing } from "../waldur/faults.ts";
import { type Interception, startWaldur, type WaldurOptions } from "../waldur/waldur.ts";
import { id } from "./small-world.ts";

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

const user = (number: number) => ({ uuid: id(number), username: `user-${String(number).padStart(4, "0")}` });
const users = (count: number) => [...Array(count).keys()].map((index) => user(index + 1));

/** Reads the users of a Waldur that is changed while it is read, and returns how the reading ended. */
async function readUsers(count: number, intercept?: Interception, options?: WaldurOptions, http: Partial<HttpOptions> = { atOnce: 1 }) {
	const { base, token, requests, stop: stopped } = await startWaldur({ users: users(count) }, intercept, options);
	stop = stopped;
	const { records, whole } = await readAll(urlSource(base, token, http).read("users"));
	const names = records.map((record) => (typeof record === "object" && record !== null ? String(Reflect.get(record, "username")) : ""));
	return { names, whole, requests };
}

async function readAll(pieces: AsyncIterable<Piece>) {
	const records: unknown[] = [];
	let whole: boolean | undefined;
	for await (const piece of pieces) {
		records.push(...piece.records);
		if (piece.whole !== undefined) whole = piece.whole;
	}
	return { records, whole };
}

const namesOf = (count: number, without: readonly number[] = []) =>
	users(count)
		.filter((_, index) => !without.includes(index + 1))
		.map(({ username }) => username);

const message = (reading: Promise<unknown>) =>
	reading.then(
		() => undefined,
		(error: Error) => error.message.replace(/http:\/\/127\.0\.0\.1:\d+/, ""),
	);

const small: WaldurOptions = { largestPage: 10 };

describe("a list that stays as it is while it is read", () => {
	test.each([0, 1, 9, 10, 11, 19, 20, 95])("of %i records is read once, and whole", async (count) => {
		const { names, whole } = await readUsers(count, undefined, small);
		expect({ names, whole }).toEqual({ names: namesOf(count), whole: true });
	});

	test.each([1, 2, 3])("comes whole in pages of %i", async (largestPage) => {
		const { names, whole } = await readUsers(25, undefined, { largestPage });
		expect({ names, whole }).toEqual({ names: namesOf(25), whole: true });
	});

	test("comes in its order, though four pages are fetched at once", async () => {
		let release: (() => void) | undefined;
		const held = new Promise<void>((released) => {
			release = released;
		});
		let underWay = 0;
		let most = 0;
		// No page after the first is answered until four are asked for at once.
		const holding: Interception = async (request, response) => {
			most = Math.max(most, ++underWay);
			response.once("close", () => underWay--);
			if (underWay === 4) release?.();
			if (!request.url?.includes("page=1&")) await held;
			return false;
		};
		const { names } = await readUsers(95, holding, small, {});
		expect({ names, most }).toEqual({ names: namesOf(95), most: 4 });
	});

	test("takes as few requests as pages of 300 would", async () => {
		const { requests, names } = await readUsers(1_000);
		expect([requests.length, names.length]).toEqual([4, 1_000]);
	});
});

describe.each([1, 4])("a list that changes while it is read, %i requests at once", (atOnce) => {
	const read = (count: number, intercept: Interception, options = small) => readUsers(count, intercept, options, { atOnce });

	test("loses no record when one of a page before is deleted", async () => {
		const { names, whole } = await read(
			35,
			changing("users", [2], (state) => state.remove("users", id(3))),
		);
		expect([whole, new Set(names)]).toEqual([true, new Set(namesOf(35))]);
		expect(names.length).toBe(35); // nothing comes twice
	});

	test("loses no record when one is deleted and another one added: the count stays", async () => {
		const { names, whole } = await read(
			35,
			changing("users", [2], (state) => {
				state.remove("users", id(3));
				state.add("users", user(36));
			}),
		);
		expect({ whole, names: new Set(names) }).toEqual({ whole: true, names: new Set(namesOf(36)) });
	});

	test("brings what is added at its end, without being read again", async () => {
		const { names, whole, requests } = await read(
			25,
			changing("users", [2, 3], (state, number) => {
				for (let added = 0; added < 10; added++) state.add("users", user(number * 100 + added));
			}),
		);
		expect(names.slice(0, 25)).toEqual(namesOf(25));
		expect({ whole, more: names.slice(25), readings: requests.filter((request) => request.includes("page=1&")).length }).toEqual({
			whole: true,
			more: expect.arrayContaining(["user-0200", "user-0209"]),
			readings: 1,
		});
	});

	test("brings no record twice when one is added in front", async () => {
		const { names, whole } = await read(
			35,
			changing("users", [3], (state) => state.add("users", { uuid: id(999), username: "a-first" })),
		);
		expect({ whole, names: [...names].sort() }).toEqual({ whole: true, names: ["a-first", ...namesOf(35)] });
	});

	test("is read again when a page is not there any more", async () => {
		const { names, whole } = await read(
			31,
			changing("users", [3], (state) => {
				for (let number = 5; number < 31; number++) state.remove("users", id(number));
			}),
		);
		expect(whole).toBe(true);
		expect(names).toEqual(expect.arrayContaining(["user-0031"]));
	});

	test("brings the later version of a record that changed between two readings, and others once", async () => {
		const { names } = await read(
			35,
			changing("users", [2], (state) => {
				state.remove("users", id(3));
				state.change("users", id(1), { username: "user-0001-renamed" });
			}),
		);
		expect([...names].sort()).toEqual([...namesOf(35), "user-0001-renamed"].sort());
	});

	test("that moves each time is given up in one line", async () => {
		const moving = changing("users", [...Array(99).keys()], (state, number) => state.remove("users", id(number)));
		expect(await message(read(200, moving))).toBe(
			"/api/users/ could not be read whole in 4 readings, at last because a page does not continue the one before. Import again when less changes there.",
		);
	});
});

test("a count that does not agree with what came is not taken for whole", async () => {
	const miscounting: Interception = (_, response) => {
		response.setHeader("X-Result-Count", 3);
		response.end(JSON.stringify(users(4)));
		return true;
	};
	expect(await message(readUsers(4, miscounting))).toMatch(
		/^\/api\/users\/ could not be read whole in 4 readings, at last because it has 3 records and 4 came\./,
	);
});

test("a server that does not count its records is followed by its links, and its lists are not taken for whole", async () => {
	const { names, whole } = await readUsers(25, undefined, { ...small, counts: false });
	expect({ names, whole }).toEqual({ names: namesOf(25), whole: false });
});

test("a server without the order that is asked for is asked without it", async () => {
	const { names, whole } = await readUsers(25, undefined, { ...small, ordering: false });
	expect({ names, whole }).toEqual({ names: namesOf(25), whole: true });
});

test("what each list is ordered by is an order that Waldur has", async () => {
	const { base, token, requests, stop: stopped } = await startWaldur({});
	stop = stopped;
	const lists: ListName[] = ["customers", "users", "projects", "marketplace-resources", "marketplace-component-usages"];
	for (const list of lists) await readAll(urlSource(base, token).read(list));
	expect(requests.map((request) => [/api\/([^/]+)/.exec(request)?.[1], new URL(request, base).searchParams.get("o")])).toEqual([
		["customers", "created"],
		["users", "username"],
		["projects", "created"],
		["marketplace-resources", "created"],
		["marketplace-component-usages", "created"],
	]);
});
