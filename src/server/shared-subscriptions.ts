import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import type { Subscribe, Subscriptions } from "../subscription/subscriptions.ts";
import { createEventStream } from "./event-stream.ts";
import type { SocketListener } from "./socket-listener.ts";

/** What a WebSocket hands to an operation as its root. */
export interface SocketRoot {
	/** Makes the listener of a subscription, which sends events by itself. */
	listen(): SocketListener;
}

/** Runs subscriptions together: those who are told the same share the work. Over HTTP they answer server-sent events. */
export const useSharedSubscriptions = (subscriptions: Subscriptions): Plugin<Context> => ({
	onSubscribe: ({ subscribeFn, setSubscribeFn }) => {
		setSubscribeFn(async (args) => {
			const { listener, results } = (args.rootValue as SocketRoot | undefined)?.listen() ?? createEventStream();
			const started = await subscriptions.start(args, listener, subscribeFn as Subscribe);
			return "stop" in started ? results(() => started.stop()) : started;
		});
	},
});
