import type { Piece, Source } from "../import/source.ts";

/** The service was stopped while it synchronized: the next pass goes on from where the last one began. */
export class Stopped extends Error {
	override readonly name = "Stopped";
	constructor() {
		super("The service was stopped while it synchronized.");
	}
}

/** The source, whose reading ends with Stopped as soon as the signal aborts, whatever it waits for. */
export function stoppable(source: Source, signal: AbortSignal): Source {
	const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Stopped()), { once: true }));
	aborted.catch(() => {}); // nothing may be reading
	const unless = <Value>(work: Promise<Value>): Promise<Value> => Promise.race([work, aborted]);
	return {
		name: source.name,
		check: () => unless(source.check()),
		read: async function* (list, filters): AsyncGenerator<Piece> {
			const pieces = source.read(list, filters)[Symbol.asyncIterator]();
			for (;;) {
				if (signal.aborted) throw new Stopped();
				const next = await unless(pieces.next());
				if (next.done === true) return;
				yield next.value;
			}
		},
	};
}
