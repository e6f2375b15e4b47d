import type { ExecutionResult, GraphQLError } from "graphql";
import { type FetchAPI, isAsyncIterable, type Plugin } from "graphql-yoga";
import type { WrittenResult } from "./event-stream.ts";
import { delimiter, endOf, partOf, takesMultipart } from "./stream-formats.ts";

/** A part without an event keeps the connection from looking idle: as often as a stream of server-sent events has a comment, in milliseconds. */
const betweenHeartbeats = 12_000;

const heartbeat = partOf("{}");

/**
 * Answers subscriptions as Apollo Client asks for them (`Accept: multipart/mixed;subscriptionSpec=1.0`): each event is a part
 * `{"payload": …}`, and what ends the stream one of `"payload": null` with errors. Everything else about them is as for
 * server-sent events. What is refused before it begins is JSON, unless its client takes none.
 */
export const useMultipartSubscriptions = (): Plugin => ({
	onResultProcess: ({ request, result, setResultProcessor }) => {
		const accept = request.headers.get("accept");
		if (!takesMultipart(accept)) return;
		if (isAsyncIterable(result)) setResultProcessor((stream, fetchAPI) => streamed(stream as AsyncIterable<Result>, fetchAPI), mediaType);
		else if (!/json|\*\/\*|application\/\*/i.test(accept ?? ""))
			setResultProcessor((only, fetchAPI) => streamed(once(only as ExecutionResult), fetchAPI), mediaType);
	},
});

type Result = ExecutionResult | WrittenResult;

const mediaType = "multipart/mixed";

async function* once(result: Result): AsyncGenerator<Result> {
	yield result;
}

/** The results as a stream of parts, at the pace of the client: one is taken when there is room for it. */
export function streamed(
	results: AsyncIterable<Result>,
	fetchAPI: Pick<FetchAPI, "ReadableStream" | "Response" | "TextEncoder">,
	between = betweenHeartbeats,
): Response {
	const encoder = new fetchAPI.TextEncoder();
	const iterator = results[Symbol.asyncIterator]();
	let beating: NodeJS.Timeout | undefined;
	const body = new fetchAPI.ReadableStream<Uint8Array>({
		start: (controller) => {
			// Sends the headers, too: a client waits for nothing.
			controller.enqueue(encoder.encode(delimiter + heartbeat));
			beating = setInterval(() => {
				if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(heartbeat));
			}, between);
		},
		pull: async (controller) => {
			const next = await iterator.next();
			const isOver = next.done === true || isEnd(next.value);
			if (next.done !== true) controller.enqueue(encoder.encode(partOf(textOf(next.value), isOver)));
			if (!isOver) return;
			clearInterval(beating);
			if (next.done !== true) await iterator.return?.();
			if (next.done === true) controller.enqueue(encoder.encode("--\r\n"));
			controller.close();
		},
		cancel: async () => {
			clearInterval(beating);
			await iterator.return?.();
		},
	});
	return new fetchAPI.Response(body, { headers: { "content-type": `${mediaType}; boundary="graphql"; subscriptionSpec="1.0"` } });
}

/** Errors without data: what the whole subscription ends with. Those of an event are written with it. */
const isEnd = (result: Result): result is { readonly errors: readonly GraphQLError[] } =>
	!("stringify" in result) && result.data === undefined && result.errors !== undefined;

const textOf = (result: Result): string => {
	if (isEnd(result)) return endOf(result.errors);
	return `{"payload":${"stringify" in result ? result.stringify() : JSON.stringify(result)}}`;
};
