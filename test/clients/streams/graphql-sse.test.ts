import { createClient } from "graphql-sse";
import { beforeEach, expect, test } from "vitest";
import { gatewayForFile } from "../../support/gateway.ts";
import { published, signedIn } from "../service.ts";
import { type Alert, type Alerts, alerts, alertsOf } from "./alerts.ts";

const gateway = gatewayForFile({ ...published, template: "empty" });
let provider: Alerts;
beforeEach(async () => {
	provider = await alertsOf(gateway());
});

const clientOf = (token: string) => createClient({ url: gateway().url, headers: signedIn(token), retryAttempts: 0 });

test("graphql-sse follows alerts, each operation on a connection of its own", async () => {
	const client = clientOf(provider.token);
	await provider.turn("FIRED");
	const events = client.iterate<Alert>({ query: alerts, variables: { after: "0" } });
	const kinds: (string | undefined)[] = [];
	for (const next of ["RESET", "FIRED"] as const) {
		const { value } = await events.next();
		kinds.push(value.data?.policyFirings.firing.kind);
		await provider.turn(next);
	}
	await events.return?.();
	expect(kinds).toEqual(["FIRED", "RESET"]);
	client.dispose();
});

test("a query over it is answered once, and the stream ends", async () => {
	const client = clientOf(provider.token);
	const answers: unknown[] = [];
	for await (const answer of client.iterate({ query: "{ __typename }" })) answers.push(answer.data);
	expect(answers).toEqual([{ __typename: "Query" }]);
	client.dispose();
});

test("a subscription with a token that is not known is refused as a whole", async () => {
	const client = clientOf("unknown");
	await expect(client.iterate({ query: alerts }).next()).rejects.toThrow("401");
	client.dispose();
});
