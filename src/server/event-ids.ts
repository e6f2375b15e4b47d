import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";

/**
 * Gives each server-sent event its position in the log as `id`: a client that loses its stream sends it back as
 * Last-Event-ID, by itself if it is an EventSource. What is answered over WebSocket stays as it is.
 */
export const useEventIds = (): Plugin<Context> => ({
	onSubscribe: () => ({
		onSubscribeResult: () => ({
			onNext: ({ args, result, setResult }) => {
				const { position } = args.contextValue as Context;
				// An event's fields may come in any order: the id stands behind the data.
				if (position !== undefined) setResult({ ...result, stringify: (answer: unknown) => `${JSON.stringify(answer)}\nid: ${position}` } as typeof result);
			},
		}),
	}),
});
