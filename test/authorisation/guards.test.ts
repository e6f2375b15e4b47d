import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";
import { freshDatabase } from "../support/database.ts";
import type { Answer } from "../support/gateway.ts";
import { demoMoment } from "../support/moments.ts";
import { referenceOf } from "../support/reference-clock.ts";
import { unlimited } from "../support/unlimited.ts";
import { eventDifferences } from "./events.ts";
import { type Difference, differencesFor, type Send, type Truth, truthOf } from "./matrix.ts";
import { refusalsFor } from "./operations.matrix.ts";
import { type Rehearsed, rehearsed } from "./rehearsal.ts";
import { viewers } from "./rules.ts";
import { buildWorld, type World } from "./world.ts";

/** A condition of the service that keeps something from somebody. */
interface Guard {
	readonly number: number;
	/** From src on. */
	readonly file: string;
	readonly viewer: string;
	/** A type, a root field with an input, or "policyFirings" for its events. */
	readonly shows: string;
	/** From where in the file the expression is looked for; without it, it stands there once. */
	readonly from: string | undefined;
	readonly text: string;
	readonly instead: string;
}

const listed = await readFile(projectPath("test", "authorisation", "guards.txt"), "utf8");

const guards: readonly Guard[] = listed.split("\n").reduce<{ file: string; guards: Guard[] }>(
	({ file, guards }, line) => {
		if (/^\S+\.ts$/.test(line)) return { file: line, guards };
		const [, viewer, shows, from, text, instead] = /^(\w+), (\w+): (?:(.+) » )?(.+) ⇒ (.+)$/.exec(line) ?? [];
		if (viewer === undefined || shows === undefined || text === undefined || instead === undefined) return { file, guards };
		return { file, guards: [...guards, { number: guards.length + 1, file, viewer, shows, from, text, instead }] };
	},
	{ file: "", guards: [] },
).guards;

/** The number of the guard that is away. */
const away = globalThis as { guardThatIsAway?: number };

/** The guard's expression in such a way that it can be away. A visibility is made when its file is loaded, and decides when it is asked. */
function removable({ number, text, instead }: Guard): string {
	const isAway = `globalThis.guardThatIsAway === ${number}`;
	if (text.startsWith("=> ")) return `=> (${isAway} ? ${instead.slice(3)} : ${text.slice(3)})`;
	if (instead === "anySignedIn" || instead.startsWith("() =>")) return `((...given) => (${isAway} ? (${instead}) : ${text})(...given))`;
	return `(${isAway} ? (${instead}) : (${text}))`;
}

/** Where the guard stands in its file. Fails when it does not. */
function placeOf({ file, from, text }: Guard, source: string): number {
	const place = source.indexOf(text, from === undefined ? 0 : Math.max(0, source.indexOf(from)));
	const isThere = place >= 0 && (from === undefined ? source.indexOf(text, place + 1) < 0 : source.includes(from));
	if (!isThere) throw new Error(`${file} has no guard "${from === undefined ? "" : `${from} » `}${text}": say in guards.txt what stands there now.`);
	return place;
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

let stage: Rehearsed;
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
	stage = rehearsed(own);
	const { database } = stage;
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
		const inVain: Send = (...args) => stage.rehearse(() => send(...args));
		found.push(...(await differencesFor(send, viewer, world.things, truth, (type) => type === shows)));
		found.push(...(await refusalsFor(inVain, viewer, (field) => field === shows)));
	}
	return found;
}

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
