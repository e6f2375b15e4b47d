import type { Gateway } from "../../support/gateway.ts";
import { makeProvider } from "../../support/provider.ts";

/** A provider whose policy on 10 units of cpu turns as its only resource is reported. */
export interface Alerts {
	readonly token: string;
	/** Reports more than the policy allows, or nothing. */
	turn(kind: "FIRED" | "RESET"): Promise<void>;
}

/** What each client follows. */
export const alerts = `subscription Alerts($after: String) {
	policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position firing { kind } } ... on Error { code message } }
}`;

/** An event of it. */
export interface Alert {
	readonly policyFirings: { readonly position: string; readonly firing: { readonly kind: string } };
}

export async function alertsOf(gateway: Gateway): Promise<Alerts> {
	const provider = await makeProvider(gateway);
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	const resource = await provider.resource();
	const report = `mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename ... on Error { message } } }`;
	return {
		token: provider.token,
		turn: async (kind) => {
			await gateway.ask(provider.token, report, { input: { resource, usages: [{ type: "cpu", amount: kind === "FIRED" ? "11" : "0" }] } });
		},
	};
}
