import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/world/command.ts";
import { generateWorld } from "../../src/world/world.ts";
import { testFolders } from "../import/support.ts";

const folder = testFolders();
const now = new Date("2026-11-20T10:00:00Z");
const small = { customers: 5, projects: 7, offerings: 3, components: 2, resources: 11, usersPerUsage: 3 };

describe("the arguments of the command", () => {
	test("need no more than a folder for the demo world", () => {
		expect(parseCommand(["--out", "demo"], now)).toEqual({ folder: "demo", seed: 1, until: "2026-11", months: 18, now });
	});

	test("make a world for measurements when they tell its size", () => {
		expect(parseCommand(["--out", "big", "--resources", "20000", "--months", "36"], now)).toEqual({
			folder: "big",
			seed: 1,
			until: "2026-11",
			months: 36,
			now,
			size: { customers: 100, projects: 400, offerings: 20, components: 4, resources: 20_000, usersPerUsage: 3 },
		});
	});

	test("are told everything that is wrong with them at once", () => {
		expect(() => parseCommand(["x", "--months", "0", "--until", "2024-13", "--colour", "--seed"], now)).toThrow(
			[
				"x is too much.",
				"--colour is no option.",
				"--seed needs a value.",
				"--out must name the folder to write.",
				'--until must be a month such as 2024-03, not "2024-13".',
				'--months must be a whole number from 1 to 240, not "0".',
			].join("\n"),
		);
	});
});

describe("a folder", () => {
	const generate = (target: string) => generateWorld({ folder: target, seed: 1, until: "2026-11", months: 4, now, size: small });

	test("that holds something else is left alone", async () => {
		const target = await folder();
		await writeFile(join(target, "thesis.txt"), "years of work");
		await expect(generate(target)).rejects.toThrow(`${target} holds something that is not a world.`);
	});

	test("that holds an older world is written anew", async () => {
		const target = await folder();
		await generate(target);
		expect((await generate(target)).customers).toBe(5);
	});
});

describe("a world for measurements", () => {
	test("has a usage of every component of every resource in every month", async () => {
		const counts = await generateWorld({ folder: await folder(), seed: 1, until: "2026-11", months: 4, now, size: small });
		expect(counts["marketplace-component-usages"]).toBe(11 * 2 * 4);
	});

	test("has as many parts of each usage as it is asked for", async () => {
		const counts = await generateWorld({ folder: await folder(), seed: 1, until: "2026-11", months: 4, now, size: small });
		expect(counts["marketplace-component-user-usages"]).toBe(11 * 2 * 4 * 3);
	});
});
