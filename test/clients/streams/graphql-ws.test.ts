import { type Client, createClient } from "graphql-ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import WebSocket from "ws";
import { gatewayForFile } from "../../support/gateway.ts";
import { published } from "../service.ts";
import { type Alert, type Alerts, alerts, alertsOf } from "./alerts.ts";

const gateway = gatewayForFile({ ...published, template: "empty" });
let provider: Alerts;
let client: Client | undefined;
beforeEach(async () => {
	provider = await alertsOf(gateway());
});
afterEach(() => void client?.dispose());

const socketUrl = (): string => gateway().url.replace(/^http/, "ws");

test("graphql-ws, whose line was cut, connects again and goes on after the last alert that it has when its variables say so", async () => {
	client = createClient({ url: socketUrl(), webSocketImpl: WebSocket, connectionParams: { Authorization: `Token ${provider.token}` } });
	await provider.turn("FIRED");
	const first = client.iterate<Alert>({ query: alerts, variables: { after: "0" } });
	const { value } = await first.next();
	client.terminate();
	await provider.turn("RESET");
	await provider.turn("FIRED");
	const second = client.iterate<Alert>({ query: alerts, variables: { after: value.data?.policyFirings.position } });
	const kinds = [(await second.next()).value, (await second.next()).value].map((event) => event.data?.policyFirings.firing.kind);
	expect(kinds).toEqual(["RESET", "FIRED"]);
});

test("a client that cannot change its variables goes on after the position that it connects with, with every subscription", async () => {
	let last: string | undefined;
	const kinds: string[] = [];
	// `authorization` in any case.
	const connectionParams = () => ({ authorization: `Token ${provider.token}`, after: last });
	client = createClient({ url: socketUrl(), webSocketImpl: WebSocket, connectionParams, retryWait: async () => {}, shouldRetry: () => true });
	const following = client;
	await provider.turn("FIRED");
	last = "0";
	await new Promise<void>((resolve, reject) => {
		following.subscribe<Alert>(
			{ query: alerts },
			{
				next: ({ data }) => {
					if (data === undefined || data === null) return;
					last = data.policyFirings.position;
					kinds.push(data.policyFirings.firing.kind);
					if (kinds.length === 3) resolve();
					if (kinds.length > 1) return;
					following.terminate();
					provider
						.turn("RESET")
						.then(() => provider.turn("FIRED"))
						.catch(reject);
				},
				error: reject,
				complete: () => reject(new Error("The subscription ended.")),
			},
		);
	});
	expect(kinds).toEqual(["FIRED", "RESET", "FIRED"]);
});
