import { readFileSync } from "node:fs";
import { projectPath } from "../../src/shared/project-root.ts";

/** An expression of the service, and where it is looked for. */
interface Placed {
	/** From src on. */
	readonly file: string;
	/** From where in the file the expression is looked for; without it, it stands there once. */
	readonly from: string | undefined;
	readonly text: string;
}

/** A condition of the service that keeps something from somebody. */
export interface Guard extends Placed {
	readonly number: number;
	readonly viewer: string;
	/** A type, a root field with an input, or "policyFirings" for its events. */
	readonly shows: string;
	readonly instead: string;
}

/** What looks at the viewer, and is not removed, with the reason. */
export interface Unguarded extends Placed {
	/** How often it stands in the file, from `from` on. */
	readonly times: number;
	readonly why: string;
}

interface Listed {
	readonly guards: readonly Guard[];
	readonly unguarded: readonly Unguarded[];
}

const fileLine = /^\S+\.ts$/;
const guardLine = /^(\w+), (\w+): (?:(.+) » )?(.+) ⇒ (.+)$/;
const unguardedLine = /^no guard(?: of (\d+))?, because ([^:]+): (?:(.+) » )?(.+)$/;

export const { guards, unguarded }: Listed = readFileSync(projectPath("test", "authorisation", "guards.txt"), "utf8")
	.split("\n")
	.reduce<Listed & { file: string }>(
		({ file, guards, unguarded }, line) => {
			if (fileLine.test(line)) return { file: line, guards, unguarded };
			const [, times = "1", why, after, kept] = unguardedLine.exec(line) ?? [];
			if (why !== undefined && kept !== undefined) {
				return { file, guards, unguarded: [...unguarded, { file, from: after, text: kept, times: Number(times), why }] };
			}
			const [, viewer, shows, from, text, instead] = guardLine.exec(line) ?? [];
			if (viewer === undefined || shows === undefined || text === undefined || instead === undefined) return { file, guards, unguarded };
			return { file, unguarded, guards: [...guards, { number: guards.length + 1, file, viewer, shows, from, text, instead }] };
		},
		{ file: "", guards: [], unguarded: [] },
	);

/** Where the guard stands in its file. Throws when it does not. */
export function placeOf({ file, from, text }: Placed, source: string): number {
	const place = source.indexOf(text, from === undefined ? 0 : Math.max(0, source.indexOf(from)));
	const isThere = place >= 0 && (from === undefined ? source.indexOf(text, place + 1) < 0 : source.includes(from));
	if (!isThere) throw new Error(`${file} has no guard "${from === undefined ? "" : `${from} » `}${text}": say in guards.txt what stands there now.`);
	return place;
}

/** Where what is not removed stands in its file, each time. Throws when it stands there more or less often than is said. */
export function placesOf({ file, from, text, times }: Unguarded, source: string): number[] {
	const all: number[] = [];
	const first = from === undefined ? 0 : source.indexOf(from);
	if (first >= 0) for (let place = source.indexOf(text, first); place >= 0; place = source.indexOf(text, place + 1)) all.push(place);
	// After a place that is named, the next one counts alone: others may follow.
	const places = from === undefined ? all : all.slice(0, times);
	if (places.length !== times) {
		throw new Error(
			`${file} has "${from === undefined ? "" : `${from} » `}${text}" ${places.length} times, and not ${times}: say in guards.txt what stands there now.`,
		);
	}
	return places;
}
