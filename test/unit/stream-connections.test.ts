import { EventEmitter } from "node:events";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { createSlots } from "../../src/server/limits/slots.ts";
import { useSharedSubscriptions } from "../../src/server/shared-subscriptions.ts";
import type { Subscriptions } from "../../src/subscriptions/subscriptions.ts";

test("a stream of events that was ended is one of its token's connections until its response is closed", async () => {
	let onOver: (() => void) | undefined;
	const subscriptions: Subscriptions = {
		start: async (_args, _listener, over) => {
			onOver = over;
			return { stop: () => {}, end: () => {} };
		},
	};
	const connections = createSlots(1);
	const streams = { add: () => {}, ending: () => ({ outcome: "gone" as const }), stop: () => {} };
	let subscribe: (args: object) => unknown = () => {};
	const { onSubscribe } = useSharedSubscriptions(subscriptions, connections, streams, undefined);
	await onSubscribe?.({ setSubscribeFn: (own: typeof subscribe) => (subscribe = own) } as never);
	const response = Object.assign(new EventEmitter(), { destroyed: false });
	const document = parse("subscription { policyFirings { position } }");
	await subscribe({ schema: { getSubscriptionType: () => undefined }, document, contextValue: { token: "token", res: response } });

	onOver?.();
	expect(connections.take("token")).toBeUndefined();
	response.emit("close");
	expect(connections.take("token")).toBeDefined();
});
