import { beforeEach, expect, test } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import type { Services } from "../../src/graphql/context.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { connectRaw, type RawSocket } from "../support/raw-sockets.ts";
import { unlimited } from "../support/unlimited.ts";

/** A call is under way for as long as it is not known who asks. */
let signIn: (viewer: Viewer) => void;
let server: RunningServer;
let socket: RawSocket;

beforeEach(async () => {
	let asked: () => void = () => {};
	const isAsked = new Promise<void>((resolve) => {
		asked = resolve;
	});
	const authenticate = () => {
		asked();
		return new Promise<Viewer>((resolve) => {
			signIn = resolve;
		});
	};
	const services = { authenticate, database: { onBehalfOf: () => ({}) }, tokens: { watch: () => () => {} }, log: {}, clock: () => new Date(0) };
	server = await startServer(services as unknown as Services, { host: "127.0.0.1", port: 0, ...unlimited, isDemo: false, onBug: () => {} });
	socket = await connectRaw(server.url);
	call("call");
	await isAsked;
});

const call = (id: string) =>
	socket.send({ id, type: "subscribe", payload: { query: "{ __typename }", extensions: { headers: { Authorization: "Token a" } } } });

test("a service that stops answers what is under way on a socket before it closes it with 1012, and refuses what comes then", async () => {
	const stopped = server.stop();
	call("late");
	const late = await socket.received(({ id }) => id === "late");
	signIn({ uuid: "u", username: "olga", customerRoles: [], projectRoles: [], managedOfferings: [], providedOfferings: [] } as unknown as Viewer);

	expect((await socket.closed).code).toBe(1012);
	expect(late).toMatchObject({ type: "error", payload: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] });
	expect(socket.messages.filter(({ id }) => id === "call")).toMatchObject([{ type: "next", payload: { data: { __typename: "Query" } } }, { type: "complete" }]);
	await stopped;
});

test("it does not wait for a call that is not answered", async () => {
	const stopped = server.stop();

	expect((await socket.closed).code).toBe(1012);
	await stopped;
});
