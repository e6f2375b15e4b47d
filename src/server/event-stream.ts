import type { ExecutionResult } from "graphql";
import { fellBehind } from "../graphql/errors.ts";
import { type Ending, endedWith } from "../shared/ending.ts";
import type { Listener } from "../subscriptions/listener.ts";
import { SendBuffer } from "./send-buffer.ts";
import type { StreamFormat } from "./stream-formats.ts";

/** A result that is text already, as it is written into a stream. */
export type WrittenResult = ExecutionResult & { stringify(): string };

/** A listener whose events are taken one by one. */
export interface EventStream extends Listener {
	/** The events as results. Throws what the listener was ended with, or FELL_BEHIND when too much waits to be taken. `ending` is how one ends that is left. */
	results(follower: { stop(ending: Ending): void }, ending: () => Ending): AsyncIterableIterator<WrittenResult, void, void>;
}

type Taker = { readonly take: (next: IteratorResult<WrittenResult, void>) => void; readonly fail: (error: unknown) => void };

/** Makes the stream of events of a subscription over HTTP. */
export function createEventStream(format: StreamFormat): EventStream {
	const buffer = new SendBuffer(() => {
		end(fellBehind());
		following?.stop(endedWith("FELL_BEHIND"));
	});
	let following: { stop(ending: Ending): void } | undefined;
	let ended: { readonly error: unknown } | undefined;
	let taker: Taker | undefined;
	const waiting: (() => void)[] = [];

	function end(error?: unknown): void {
		ended ??= { error };
		for (const tell of waiting.splice(0)) tell();
		if (taker !== undefined && buffer.isEmpty) finish(taker);
	}

	function finish({ take, fail }: Taker): void {
		taker = undefined;
		const error = ended?.error;
		ended = { error: undefined }; // thrown once: further reads find the stream complete
		if (error === undefined) take({ done: true, value: undefined });
		else fail(error);
	}

	const next = (): Promise<IteratorResult<WrittenResult, void>> =>
		new Promise((take, fail) => {
			const text = buffer.shift();
			if (buffer.isEmpty) for (const tell of waiting.splice(0)) tell();
			if (text !== undefined) take({ done: false, value: written(text) });
			else if (ended !== undefined) finish({ take, fail });
			else taker = { take, fail };
		});

	return {
		deliver: ({ text, position }) => {
			if (ended !== undefined) return;
			const event = format.event(text, position);
			if (taker === undefined) return buffer.push(event);
			const { take } = taker;
			taker = undefined;
			take({ done: false, value: written(event) });
		},
		drained: () => (ended !== undefined || buffer.isEmpty ? undefined : new Promise((resolve) => waiting.push(resolve))),
		end,
		results: (follower, ending) => {
			following = follower;
			return {
				next,
				return: async () => {
					follower.stop(ending());
					buffer.clear();
					end();
					return { done: true, value: undefined };
				},
				[Symbol.asyncIterator]() {
					return this;
				},
			};
		},
	};
}

const written = (text: string): WrittenResult => ({ stringify: () => text });
