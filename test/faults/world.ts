import type { Database } from "../../src/database/database.ts";
import { makeProvider } from "../support/provider.ts";
import { limit } from "./callers.ts";

/** What the callers of a test report on. */
export interface World {
	readonly token: string;
	/** Resources of one offering, each of a customer whose group has a policy of its own: all wait for the same locks, and turn their own policy. */
	readonly resources: readonly string[];
}

export async function makeWorld(database: Database, size: number): Promise<World> {
	const provider = await makeProvider({ database });
	for (const type of ["cpu", "ram"]) await provider.component(type);
	const resources: string[] = [];
	while (resources.length < size) {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: limit }, groups: [group] });
		resources.push(await provider.resource({ customer: await provider.customer({ groups: [group] }) }));
	}
	return { token: provider.token, resources };
}
