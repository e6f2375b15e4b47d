import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";
import { freshDatabase } from "../support/database.ts";
import type { Answer } from "../support/gateway.ts";
import { demoMoment } from "../support/moments.ts";
import { openProgram } from "../support/program.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { unlimited } from "../support/unlimited.ts";
import { conditionsOf } from "./conditions.ts";
import { eventDifferences } from "./events.ts";
import { type Guard, guards, placeOf, placesOf, unguarded } from "./guards.ts";
import { type Difference, differencesFor, type Send, type Truth, truthOf } from "./matrix.ts";
import { refusalsFor } from "./operations.matrix.ts";
import { type RollbackDatabase, withRollback } from "./rollback.ts";
import { viewers } from "./rules.ts";
import { buildWorld, type World } from "./world.ts";

/** The number of the guard that is away. */
const away = globalThis as { guardThatIsAway?: number };

/** The guard's expression in such a way that it can be away. A visibility is made when its file is loaded, and decides when it is asked. */
function removable({ number, text, instead }: Guard): string {
	const isAway = `globalThis.guardThatIsAway === ${number}`;
	if (text.startsWith("=> ")) return `=> (${isAway} ? ${instead.slice(3)} : ${text.slice(3)})`;
	if (instead === "anySignedIn" || instead.startsWith("() =>")) return `((...given) => (${isAway} ? (${instead}) : ${text})(...given))`;
	return `(${isAway} ? (${instead}) : (${text}))`;
}

/** The file with all its guards removable: the innermost first, for one may stand in another. */
function withRemovable(file: string, source: string): string {
	const own = guards.filter((guard) => guard.file === file).map((guard) => ({ guard, start: placeOf(guard, source) }));
	let text = source;
	const changes: { start: number; end: number; by: number }[] = [];
	for (const { guard, start } of own.sort((one, other) => one.guard.text.length - other.guard.text.length)) {
		const before = changes.filter((change) => change.end <= start).reduce((sum, { by }) => sum + by, 0);
		const within = changes.filter((change) => change.start >= start && change.end <= start + guard.text.length).reduce((sum, { by }) => sum + by, 0);
		const around = changes.filter((change) => change.start < start && change.end > start).length;
		if (around > 0) throw new Error(`${file} has guards that overlap.`);
		const now = text.slice(start + before, start + before + guard.text.length + within);
		const replaced = removable({ ...guard, text: now });
		text = text.slice(0, start + before) + replaced + text.slice(start + before + now.length);
		changes.push({ start, end: start + guard.text.length, by: replaced.length - now.length });
		// What stood within is counted with it from now on.
		for (const change of changes.slice(0, -1)) if (change.start >= start && change.end <= start + guard.text.length) change.by = 0;
		const last = changes.at(-1);
		if (last !== undefined) last.by += within;
	}
	return text;
}

const entry = `
export { startServer } from "./src/server/server.ts";
export { startLogReader } from "./src/event-log/log-reader.ts";
export { startTokenWatch } from "./src/access/token-watch.ts";
export { viewerOf } from "./src/access/viewer.ts";
`;

/** The service, in which guards can be away. */
async function guardedService(folder: string): Promise<typeof import("../../src/server/server.ts") & Parts> {
	const outfile = join(folder, "service.mjs");
	await build({
		stdin: { contents: entry, resolveDir: projectPath(), loader: "ts" },
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
		outfile,
		logLevel: "error",
		plugins: [
			{
				name: "guards",
				setup: (bundle) => {
					for (const file of new Set(guards.map((guard) => guard.file))) {
						const path = projectPath("src", ...file.split("/"));
						bundle.onLoad({ filter: new RegExp(`^${path.replaceAll(/[.\\/]/g, "\\$&")}$`) }, async () => ({
							contents: withRemovable(file, await readFile(path, "utf8")),
							loader: "ts",
						}));
					}
				},
			},
		],
	});
	return import(/* @vite-ignore */ outfile);
}

type Parts = typeof import("../../src/event-log/log-reader.ts") &
	typeof import("../../src/access/token-watch.ts") &
	typeof import("../../src/access/viewer.ts");

let rollback: RollbackDatabase;
let world: World;
let truth: Truth;
let url: string;
let send: Send;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
	// Beside the packages that it imports.
	const folder = await mkdtemp(projectPath("node_modules", ".guards-"));
	ending.push(() => rm(folder, { recursive: true, force: true }));
	const { startServer, startLogReader, startTokenWatch, viewerOf } = await guardedService(folder);
	const own = await freshDatabase("empty");
	rollback = withRollback(own);
	const { database } = rollback;
	world = await buildWorld(database);
	const clock = () => demoMoment.now;
	const onError = (error: unknown) => {
		throw error;
	};
	const log = await startLogReader(own, { onError });
	const tokens = startTokenWatch({ database: own, clock, onError });
	const services = {
		database,
		clock,
		reference: referenceOf(clock),
		timeZone: "UTC",
		log,
		tokens,
		authenticate: (token: string) => viewerOf(database, token, clock()),
	};
	const server = await startServer(services, { host: "127.0.0.1", port: 0, ...unlimited, isDemo: false, onBug: () => {} });
	ending.push(
		server.stop,
		() => tokens.stop(),
		() => log.stop(),
		() => own.close(),
	);
	url = server.url;
	send = async (viewer, query, variables) => {
		const headers = { "content-type": "application/json", connection: "close", authorization: `Token demo_${viewer}` };
		const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
		return (await response.json()) as Answer;
	};
	truth = await truthOf(send, world.things);
});
afterAll(async () => {
	const [removeFolder, ...stops] = ending;
	for (const stop of stops) await stop();
	await removeFolder?.();
});

/** What the tables find wrong where the guard shows. */
async function noticed({ viewer: name, shows }: Guard): Promise<Difference[]> {
	const own = viewers.filter((viewer) => viewer.name === name);
	const found: Difference[] = shows === "policyFirings" ? await eventDifferences(url, own, world.things) : [];
	for (const viewer of own) {
		const inVain: Send = (...args) => rollback.rollBackAfter(() => send(...args));
		found.push(...(await differencesFor(send, viewer, world.things, truth, (type) => type === shows)));
		found.push(...(await refusalsFor(inVain, viewer, (field) => field === shows)));
	}
	return found;
}

test("every condition on who asks is removed once, or has a reason why not", async () => {
	const program = openProgram();
	onTestFinished(() => program.close());
	const conditions = conditionsOf(program);
	const missing: string[] = [];
	for (const file of new Set(conditions.map((condition) => condition.file))) {
		const source = await readFile(projectPath("src", ...file.split("/")), "utf8");
		const spans = guards.filter((guard) => guard.file === file).map((guard) => [placeOf(guard, source), guard.text.length] as const);
		for (const kept of unguarded.filter((one) => one.file === file)) spans.push(...placesOf(kept, source).map((place) => [place, kept.text.length] as const));
		for (const { line, start, end, text, hasParts } of conditions.filter((condition) => condition.file === file)) {
			const isListed = spans.some(([place, length]) => (place <= start && place + length >= end) || (hasParts && place >= start && place + length <= end));
			if (!isListed) missing.push(`src/${file}:${line} ${text.slice(0, 100)}`);
		}
	}
	expect(missing, "conditions that test/authorisation/guards.txt has no line for").toEqual([]);
});

test("what is not removed is still there, and so are the tests that its reason names", async () => {
	for (const kept of unguarded) {
		placesOf(kept, await readFile(projectPath("src", ...kept.file.split("/")), "utf8"));
		for (const [named] of kept.why.matchAll(/test\/[\w./-]+\.ts/g)) await access(projectPath(...named.split("/")));
	}
});

describe.each([...new Set(guards.map(({ file }) => file))])("%s", (file) => {
	test.each(guards.filter((guard) => guard.file === file))("without $text, it is noticed what $viewer reads or does more: $shows", async (guard) => {
		expect(await noticed(guard)).toEqual([]);
		away.guardThatIsAway = guard.number;
		try {
			expect(await noticed(guard)).not.toEqual([]);
		} finally {
			delete away.guardThatIsAway;
		}
	});
});
