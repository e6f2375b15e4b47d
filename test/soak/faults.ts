import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dice } from "./dice.ts";

/** How an answer fails, and how many answers in a row do so at least and at most. */
interface Kind {
	readonly name: string;
	readonly times: readonly [least: number, most: number];
	/** Only of requests that change something. */
	readonly isOfWrites?: true;
	/** Answers, and says so with true; false when the request is done as usual. */
	fail(response: ServerResponse): boolean;
}

/** The request is done, and its answer never arrives. */
function lost(response: ServerResponse): false {
	const { socket } = response;
	response.end = ((..._: unknown[]) => {
		socket?.destroy();
		return response;
	}) as typeof response.end;
	return false;
}

/** An answer that ends before it is complete. */
function cut(response: ServerResponse): true {
	response.writeHead(200, { "content-length": 1_000 });
	response.write("[");
	response.socket?.destroy();
	return true;
}

function status(response: ServerResponse, code: number, headers: Readonly<Record<string, string>> = {}): true {
	response.writeHead(code, headers).end();
	return true;
}

/** How long an answer hangs, in milliseconds, but each time of so many: then it is as long as was asked for. */
const shortHang = 2_000;
const longHangs = 25;

const kinds = (hangs: () => number): readonly Kind[] => [
	{ name: "429", times: [1, 6], fail: (response) => status(response, 429, { "Retry-After": "1" }) },
	{ name: "429 for long", times: [1, 1], fail: (response) => status(response, 429, { "Retry-After": "600" }) },
	{ name: "502", times: [1, 8], fail: (response) => status(response, 502) },
	{ name: "cut off", times: [1, 4], fail: cut },
	{
		name: "hanging",
		times: [1, 2],
		fail: ({ socket }) => {
			setTimeout(() => socket?.destroy(), hangs()).unref();
			return true;
		},
	},
	{ name: "answer lost", times: [1, 2], isOfWrites: true, fail: lost },
	{ name: "503 to a write", times: [1, 2], isOfWrites: true, fail: (response) => status(response, 503) },
];

/** Faults of a Waldur's answers: those that were drawn fail the next requests. `longest` is how long one hangs at most, in milliseconds. */
export function answerFaults(longest: number, hasWrites: boolean) {
	let hung = 0;
	const known = kinds(() => (++hung % longHangs === 0 ? longest : Math.min(longest, shortHang))).filter(({ isOfWrites }) => hasWrites || isOfWrites !== true);
	const counts = new Map<string, number>();
	let waiting: { kind: Kind; left: number }[] = [];
	return {
		/** How many answers failed, by how. */
		counts,
		draw: (dice: Dice) => {
			const kind = dice.oneOf(known);
			if (kind !== undefined) waiting.push({ kind, left: dice.between(...kind.times) });
		},
		end: () => {
			waiting = [];
		},
		intercept: (request: IncomingMessage, response: ServerResponse): boolean => {
			waiting = waiting.filter(({ left }) => left > 0);
			const next = waiting.find(({ kind }) => kind.isOfWrites !== true || request.method === "POST");
			if (next === undefined) return false;
			next.left--;
			counts.set(next.kind.name, (counts.get(next.kind.name) ?? 0) + 1);
			return next.kind.fail(response);
		},
	};
}
