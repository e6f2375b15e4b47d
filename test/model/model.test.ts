import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { inject, test } from "vitest";
import { raw } from "../../src/database/sql.ts";
import type { Turn } from "./answers.ts";
import { type Command, commands, type Fixture, fixtures } from "./commands.ts";
import { type Harness, openHarness } from "./harness.ts";
import { run } from "./run.ts";
import { compareBlocks, compareDerived, compareFigures, compareFirings, compareRemoved, compareStored } from "./stored.ts";

const setting = (name: string): string | undefined => (process.env[name] === "" ? undefined : process.env[name]);

const sequences = Number(setting("MODEL_SEQUENCES") ?? 200);
const seed = setting("MODEL_SEED");
const isReplay = seed !== undefined && seed !== "random";

/** Without a seed the same sequences are done each time: a change is judged by what it does, not by what was drawn that day. */
const usualSeed = 20_261_121;
const path = setting("MODEL_PATH");

/** Sequences that are done at the same time, each on a database of its own: the embedded database runs in this very process. */
const laneCount = !isReplay && inject("templates").engine === "PostgreSQL" ? 3 : 1;

/** The embedded database tidies nothing up by itself, as a server does. */
const tidyEvery = 50;

/** Plays a sequence on the service and on the model, and fails with all that was said when one answer differs. */
async function runSequence(harness: Harness, fixture: Fixture, sequence: readonly Command[]): Promise<void> {
	const world = await harness.set(fixture);
	const said: Turn[] = [];
	const compare = (turn: Turn) => {
		said.push(turn);
		if (!isDeepStrictEqual(turn.answered, turn.expected)) throw new Error(`The service and the model differ.\n${said.map(told).join("\n")}`);
	};
	const failed = (command: Command) => (error: unknown) => {
		throw new Error(`The service failed.\n${said.map(told).join("\n")}\nasked ${JSON.stringify(command)}\n  service ${error}`, { cause: error });
	};
	for (const command of sequence) for (const turn of await run(harness, world, command).catch(failed(command))) compare(turn);
	compare(await compareStored(harness, world));
	compare(await compareDerived(harness, world));
	compare(await compareRemoved(harness));
	compare(await compareFigures(harness, world));
	if (world.firings.length > 0) compare(await compareFirings(harness, world));
	if (world.policies.some(({ request }) => request.actions.includes("BLOCK_CREATION_OF_NEW_RESOURCES"))) compare(await compareBlocks(harness, world));
}

const told = ({ asked, answered, expected }: Turn): string =>
	isDeepStrictEqual(answered, expected)
		? `asked ${JSON.stringify(asked)}`
		: `asked ${JSON.stringify(asked)}\n  service ${JSON.stringify(answered)}\n  model   ${JSON.stringify(expected)}`;

async function runSequences(numRuns: number, firstSeed: number): Promise<void> {
	const harness = await openHarness();
	let done = 0;
	const property = fc.asyncProperty(fixtures, commands, async (fixture, sequence) => {
		if (harness.database.engine === "PGlite" && done++ % tidyEvery === tidyEvery - 1) await harness.database.rows(raw("vacuum analyze"));
		await runSequence(harness, fixture, sequence);
	});
	try {
		await fc.assert(property, { numRuns, seed: firstSeed, unbiased: true, ...(path === undefined ? {} : { path }), includeErrorInReport: true });
	} finally {
		await harness.close();
	}
}

test("whatever is done in whatever order, the service answers and stores what the model does", { timeout: 1_200_000, retry: 0 }, async () => {
	const firstSeed = seed === "random" ? Math.floor(Math.random() * 0x7fff_ffff) : Number(seed ?? usualSeed);
	const lanes = Array.from({ length: laneCount }, (_, lane) => runSequences(Math.ceil(sequences / laneCount), firstSeed + lane));
	// All of them end before the test does, whichever fails.
	for (const lane of await Promise.allSettled(lanes)) if (lane.status === "rejected") throw lane.reason;
});
