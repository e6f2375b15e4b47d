import { beforeAll, expect, test } from "vitest";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { rest } from "./client.ts";

const gateway = gatewayForFile();

beforeAll(async () => {
	await buildFixture(gateway().database);
});

/** The mail addresses among the accounts that somebody lists. */
const emails = async (viewer: string): Promise<string[]> => {
	const { json } = await rest(gateway(), "marketplace-offering-users/?page_size=300", { token: `demo_${viewer}` });
	return [...new Set<string>(json.map(({ user_email: email }: Answer) => String(email)))].sort();
};

test("the mail addresses of accounts are for staff, support and the person: null for anyone else who sees them", async () => {
	expect(await emails("staff")).toEqual(["ann@example.org", "sven@example.org"]);
	expect(await emails("support")).toEqual(["ann@example.org", "sven@example.org"]);
	expect(await emails("ann")).toEqual(["ann@example.org"]);
	expect(await emails("alpineowner")).toEqual(["null"]);
	expect(await emails("northowner")).toEqual(["null"]);
});

test("whoever is signed in reads of themselves, and the service says its version", async () => {
	const { json } = await rest(gateway(), "users/me/", { token: "demo_ann" });
	expect(json).toMatchObject({ username: "ann", full_name: "Full ann", email: "ann@example.org", is_staff: false, is_support: false, is_active: true });
	expect((await rest(gateway(), "version/", { token: "demo_ann" })).json).toEqual({ version: "1.2.3" });
});
