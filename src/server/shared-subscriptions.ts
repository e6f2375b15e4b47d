import type { ServerResponse } from "node:http";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import { rateLimited } from "../graphql/errors.ts";
import type { Metrics } from "../shared/metrics.ts";
import { hasWrongVariables } from "../subscriptions/operation.ts";
import type { Subscriptions } from "../subscriptions/subscriptions.ts";
import { createEventStream, type WrittenResult } from "./event-stream.ts";
import type { OpenStreams } from "./limits/open-streams.ts";
import { tooManyConnections } from "./limits/sign-ins.ts";
import type { Slots } from "./limits/slots.ts";
import type { SocketListener } from "./socket-listener.ts";
import { formatFor } from "./stream-formats.ts";

/** What a WebSocket hands to an operation as its root. */
export interface SocketRoot {
	/** Takes the events of a subscription, and sends them by itself. */
	readonly listener: SocketListener;
}

/**
 * Runs subscriptions together: those with the same events share the work. Over HTTP they are streams of events, each of which is
 * one of its token's connections.
 */
export const useSharedSubscriptions = (
	subscriptions: Subscriptions,
	connections: Slots,
	streams: OpenStreams,
	metrics: Metrics | undefined,
): Plugin<Context> => {
	async function onSocket(args: ExecutionArgs, listener: SocketListener): Promise<SocketListener | ExecutionResult> {
		const begun = await subscriptions.start(args, listener);
		return "stop" in begun ? listener.results(begun) : begun;
	}

	async function asStream(args: ExecutionArgs): Promise<AsyncIterableIterator<WrittenResult> | ExecutionResult> {
		const { token, res: response, request } = args.contextValue as Context & { readonly res?: ServerResponse; readonly request?: Request };
		const format = formatFor(request?.headers.get("accept"));
		const giveBack = token === undefined ? () => {} : connections.take(token);
		if (giveBack === undefined) return { errors: [rateLimited(tooManyConnections)] };
		metrics?.connection("stream", 1);
		const leave = () => {
			metrics?.connection("stream", -1);
			giveBack();
		};
		// A stream that has ended holds its connection until its client has read the end.
		const isOpen = response?.destroyed === false;
		if (isOpen) response.once("close", leave);
		const stream = createEventStream(format);
		const begun = await subscriptions.start(args, stream, isOpen ? undefined : leave);
		if (!("stop" in begun)) return begun;
		const results = stream.results(begun, streams.ending);
		// The client may have left before there was anything to stop.
		if (response?.destroyed === true) await results.return?.();
		else if (response !== undefined) {
			streams.add(response, begun, format);
			response.once("close", () => void results.return?.());
		}
		return results;
	}

	return {
		onSubscribe: ({ subscribeFn, setSubscribeFn }) => {
			setSubscribeFn(async (args) => {
				if (hasWrongVariables(args)) return subscribeFn(args); // which says what is wrong with them
				const listener = (args.rootValue as SocketRoot | undefined)?.listener;
				return listener === undefined ? asStream(args) : onSocket(args, listener);
			});
		},
	};
};
