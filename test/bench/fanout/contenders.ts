import { randomUUID } from "node:crypto";
import type { Marketplace } from "./marketplace.ts";
import { type Program, startProgram } from "./processes.ts";
import type { Alert } from "./recipe.ts";

/** A service that tells subscribers of alerts. */
export interface Contender {
	readonly name: string;
	/** Starts it in a process of its own. */
	start(): Program;
	/** Causes an alert in the service, and answers its uuid. */
	alert(service: Program): Promise<string>;
}

export const usageGateway = (databaseUrl: string, marketplace: Marketplace): Contender => ({
	name: "usage-gateway",
	start: () => startProgram("service", { DATABASE_URL: databaseUrl, PORT: "0", RATE_LIMIT: "0", ADDRESS_CONNECTION_LIMIT: "10000", LOG: "off" }),
	alert: () => marketplace.report(),
});

export function yogaRecipe(): Contender {
	const [policy, offering] = [randomUUID(), randomUUID()];
	let alerts = 0;
	return {
		name: "graphql-yoga's recipe",
		start: () => startProgram("recipe"),
		alert: async (service) => {
			const isFired = alerts++ % 2 === 0;
			const uuid = randomUUID();
			const alert: Alert = {
				position: `${(1000 + alerts).toString(36)}.${(2000 + alerts).toString(36)}`,
				firing: {
					uuid,
					kind: isFired ? "FIRED" : "RESET",
					created: new Date().toISOString(),
					breaches: isFired ? [{ used: "250", limit: "100", component: { type: "cpu" } }] : [],
					policy: { uuid: policy },
					offering: { uuid: offering, name: "Cluster" },
				},
			};
			await service.ask("publish", alert);
			return uuid;
		},
	};
}
