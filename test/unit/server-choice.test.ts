import { describe, expect, test } from "vitest";
import { createServerChoice } from "../../src/database/server-choice.ts";

type Answer = "takes changes" | "is a standby" | "is gone" | "knows no such user" | "is silent";

const errors: Partial<Record<Answer, Error>> = {
	"is gone": Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
	"knows no such user": Object.assign(new Error("password authentication failed"), { code: "28P01" }),
};

/** Servers that answer as they are told, and who was asked. */
function servers(answers: Record<string, Answer>, timeout = 10) {
	const asked: string[] = [];
	const times: number[] = [];
	const chosenIn = createServerChoice(
		Object.keys(answers),
		async (server, milliseconds) => {
			asked.push(server);
			times.push(milliseconds);
			const answer = answers[server] ?? "is gone";
			if (errors[answer] !== undefined) throw errors[answer];
			if (answer === "is silent") await new Promise(() => {});
			return answer === "takes changes";
		},
		timeout,
	);
	return { answers, asked, times, chosenIn, choose: () => chosenIn(1_000) };
}

describe("of several servers", () => {
	test("the first that takes changes is chosen, and no other one asked after it", async () => {
		const { asked, choose } = servers({ db1: "is gone", db2: "is a standby", db3: "takes changes", db4: "takes changes" }, 60_000);
		expect(await choose()).toBe("db3");
		expect(asked).toEqual(["db1", "db2", "db3"]);
	});

	test("one that does not answer holds up the others for a moment only", async () => {
		const { choose } = servers({ db1: "is silent", db2: "takes changes" });
		expect(await choose()).toBe("db2");
	});

	test("the one that was chosen last stays chosen while it takes changes", async () => {
		const { answers, asked, choose } = servers({ db1: "is gone", db2: "takes changes" }, 60_000);
		await choose();
		answers["db1"] = "takes changes";
		asked.length = 0;
		expect(await choose()).toBe("db2");
		expect(asked).toEqual(["db2"]);
		answers["db2"] = "is a standby";
		expect(await choose()).toBe("db1");
	});

	test("who wants one at the same time shares the answer", async () => {
		const { asked, choose } = servers({ db1: "takes changes", db2: "takes changes" });
		expect(await Promise.all([choose(), choose()])).toEqual(["db1", "db1"]);
		expect(asked).toEqual(["db1"]);
	});

	test("who has more time does not share the answer of who has less, and each server is asked for as long", async () => {
		const { times, chosenIn } = servers({ db1: "takes changes" });
		expect(await Promise.all([chosenIn(2_000), chosenIn(10_000), chosenIn(2_000)])).toEqual(["db1", "db1", "db1"]);
		expect(times).toEqual([2_000, 10_000]);
	});

	test.each<[Answer[], string, string]>([
		[["is a standby", "is a standby"], "ETIMEDOUT", "None of the servers takes changes."],
		[["is a standby", "is gone"], "ECONNREFUSED", "None of the servers takes changes: connect ECONNREFUSED"],
		[["knows no such user", "knows no such user"], "28P01", "None of the servers takes changes: password authentication failed"],
		[["is gone", "knows no such user"], "ECONNREFUSED", "None of the servers takes changes: connect ECONNREFUSED; password authentication failed"],
	])("that are %o, none is chosen, and the error says why", async ([one, other], code, message) => {
		const { choose } = servers({ db1: one ?? "is gone", db2: other ?? "is gone" });
		await expect(choose()).rejects.toMatchObject({ code, message });
	});

	test("none is chosen when none takes changes, until one does", async () => {
		const { answers, choose } = servers({ db1: "is gone", db2: "is a standby" });
		await expect(choose()).rejects.toThrow("None of the servers takes changes");
		answers["db2"] = "takes changes";
		expect(await choose()).toBe("db2");
	});
});
