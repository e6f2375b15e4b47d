import { demoHandles } from "../../src/world/demo.ts";
import { setUsage } from "./documents.ts";
import type { Answer, Gateway } from "./gateway.ts";
import { connect, subscribe } from "./sockets.ts";

const nested = `{ resource(uuid: "${demoHandles.resource}") {
	name project { customer { name } } offering { category { title } } componentUsages(first: 2) { nodes { usage component { type } } }
} }`;
const alerts = `subscription { policyFirings(after: "0") { ... on PolicyFiringEvent { firing { kind policy { uuid } } } } }`;

/** What a service on the demo world does all day: a nested read, a report that makes a policy fire, and its alert. */
export async function smoke(
	gateway: Pick<Gateway, "url" | "ask">,
	{ owner, provider }: Readonly<Record<"owner" | "provider", string>> = { owner: "demo_owner", provider: "demo_provider" },
): Promise<{ readonly read: Answer; readonly stored: Answer; readonly alert: Answer }> {
	const read = (await gateway.ask(owner, nested)).resource;
	const client = await connect(gateway.url, provider);
	try {
		const events = subscribe(client, alerts);
		const usages = [{ type: demoHandles.componentType, amount: demoHandles.alertAmount }];
		const { setUsage: stored } = await gateway.ask(provider, setUsage, { input: { resource: demoHandles.resource, usages } });
		for (;;) {
			const { firing } = (await events.next()).policyFirings;
			if (firing.policy?.uuid === demoHandles.policy) return { read, stored, alert: firing };
		}
	} finally {
		await client.dispose();
	}
}
