import { expect, test } from "vitest";
import { newToken } from "../../src/access/token.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { connectRaw } from "../support/raw-sockets.ts";

const gateway = gatewayForFile({ template: "demo", limits: limited });

/** A tenth of a second restores a try: a machine that takes long for each needs some more of them. */
const maxTries = 4_000;
const atOnce = 200;

const codeOf = async (token: string): Promise<unknown> => (await gateway().send(token, "{ __typename }")).errors?.[0]?.extensions["code"];

/** With which code a socket is closed that signs in with the token; undefined when it is let in. */
async function closeOf(token: string): Promise<string | undefined> {
	try {
		(await connectRaw(gateway().url, token)).close();
		return undefined;
	} catch (error) {
		return /ended with (\d+)/.exec(String(error))?.[1] ?? String(error);
	}
}

/** Tries tokens that nobody has, many at once, until one is not even looked up. */
async function exhaust(attempt: (token: string) => Promise<unknown>, refused: unknown): Promise<boolean> {
	for (let tries = 0; tries < maxTries; tries += atOnce) {
		const ends = await Promise.all(Array.from({ length: atOnce }, () => attempt(newToken())));
		if (ends.includes(refused)) return true;
	}
	return false;
}

test.each([
	["HTTP", codeOf, "RATE_LIMITED"],
	["sockets", closeOf, "4429"],
] as const)("tokens are not tried in vain for long over %s; one that was good signs in on either", async (_transport, attempt, refused) => {
	expect([await codeOf("demo_member"), await closeOf("demo_member")]).toEqual([undefined, undefined]);
	expect(await exhaust(attempt, refused)).toBe(true);
	expect([await codeOf("demo_member"), await closeOf("demo_member")]).toEqual([undefined, undefined]);
});
