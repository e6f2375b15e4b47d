import { addToken } from "../../../src/access/token.store.ts";
import { newToken } from "../../../src/access/token.ts";
import { viewerOf } from "../../../src/access/viewer.ts";
import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { setUsage } from "../../../src/domain/usage/usage.service.ts";
import { insert, insertRow } from "../../support/insert.ts";
import { makeProvider } from "../../support/provider.ts";

/** A provider whose policy turns with each report, and somebody who watches. */
export interface Marketplace {
	/** Tokens of one owner of the provider. */
	readonly tokens: readonly string[];
	/** Reports more than the policy's limit and less in turn, and answers the uuid of the firing that each causes. */
	report(): Promise<string>;
	close(): Promise<void>;
}

/** Makes it in an empty database. The reports are made in this process: what is measured is to tell of them. */
export async function openMarketplace(databaseUrl: string, tokenCount: number): Promise<Marketplace> {
	const database = await openPostgres(databaseUrl);
	await prepareSchema(database, "on");
	const provider = await makeProvider({ database });
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 100 }, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] }); // nobody is mailed
	const resource = await provider.resource();
	const reporter = await viewerOf(database, provider.token, new Date());
	if (reporter === undefined) throw new Error("The provider signs in.");

	const watcher = await insert(database, "User", { username: "watcher" });
	await insertRow(database, "CustomerRole", { userUuid: watcher, customerUuid: provider.uuid, role: "OWNER" });
	const tokens = Array.from({ length: tokenCount }, () => newToken());
	for (const token of tokens) await addToken(database, { token, username: "watcher", name: "bench", expires: null, now: new Date() });

	let reports = 0;
	return {
		tokens,
		report: async () => {
			const amount = reports++ % 2 === 0 ? "250" : "25";
			const report = { resource, usages: [{ type: "cpu", amount }] };
			const { firings } = await setUsage(database, reporter, report, { now: new Date(), timeZone: "UTC" });
			const [firing] = firings;
			if (firing === undefined) throw new Error("Each report turns the policy.");
			return firing;
		},
		close: () => database.close(),
	};
}
