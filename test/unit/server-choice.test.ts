import { describe, expect, test } from "vitest";
import { createServerChoice } from "../../src/database/server-choice.ts";

type Answer = "takes changes" | "is a standby" | "is gone" | "is silent";

/** Servers that answer as they are told, and who was asked. */
function servers(answers: Record<string, Answer>, patience = 10) {
	const asked: string[] = [];
	const choose = createServerChoice(
		Object.keys(answers),
		async (server) => {
			asked.push(server);
			if (answers[server] === "is gone") throw new Error("ECONNREFUSED");
			if (answers[server] === "is silent") await new Promise(() => {});
			return answers[server] === "takes changes";
		},
		patience,
	);
	return { answers, asked, choose };
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

	test("none is chosen when none takes changes, until one does", async () => {
		const { answers, choose } = servers({ db1: "is gone", db2: "is a standby" });
		await expect(choose()).rejects.toMatchObject({ code: "ETIMEDOUT", message: "None of the servers of DATABASE_URL takes changes." });
		answers["db2"] = "takes changes";
		expect(await choose()).toBe("db2");
	});
});
