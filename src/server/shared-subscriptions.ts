import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import type { Subscribe, Subscriptions } from "../subscription/subscriptions.ts";
import { createEventStream } from "./event-stream.ts";
import type { SocketListener } from "./socket-listener.ts";

/** What a WebSocket hands to an operation as its root. */
export interface SocketRoot {
	/** Takes the events of a subscription, and sends them by itself. */
	readonly listener: SocketListener;
}

/** Runs subscriptions together: those who are told the same share the work. Over HTTP they answer server-sent events. */
export const useSharedSubscriptions = (subscriptions: Subscriptions): Plugin<Context> => ({
	onSubscribe: ({ subscribeFn, setSubscribeFn }) => {
		setSubscribeFn(async (args) => {
			const listener = (args.rootValue as SocketRoot | undefined)?.listener ?? createEventStream();
			const begun = await subscriptions.start(args, listener, subscribeFn as Subscribe);
			return "stop" in begun ? listener.results(begun) : begun;
		});
	},
});
