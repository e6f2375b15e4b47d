import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endPass, noteList, takeLease } from "../../src/domain/mirror/sync.store.ts";
import { type Answer, type Gateway, gatewayForFile, startGateway } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const plain = gatewayForFile();
let gateway: Gateway;
let staff: string;
let owner: string;

beforeAll(async () => {
	gateway = await startGateway({ mirror: { url: "https://waldur.example.org/api/", writes: false } });
	const provider = await makeProvider(gateway);
	staff = await provider.staffToken();
	owner = provider.token;
});
afterAll(() => gateway.stop());

const document = `{ waldurSync { state isRunning lastSuccess lastWhole lag error lists { name read changed removed refused held } } }`;
const status = async (): Promise<Answer> => (await gateway.ask(staff, document)).waldurSync;
const at = (time: string) => new Date(`2017-01-10T${time}Z`);

/** A pass of one process that ends now. */
async function pass(began: Date, now: Date, outcome: { error?: string; held?: number } = {}): Promise<void> {
	const sourceId = gateway.services.mirror?.sourceId ?? -1;
	await takeLease(gateway.database, sourceId, "one", began, new Date(began.getTime() + 60_000));
	const list = { name: "users", read: 5, changed: 2, removed: 1, refused: 0, held: outcome.held ?? 0 };
	await noteList(gateway.database, sourceId, list, began, now);
	await endPass(gateway.database, sourceId, "one", {
		succeeded: outcome.error === undefined ? { began, isWhole: false } : undefined,
		error: outcome.error ?? null,
		now,
	});
}

describe("the state of synchronization", () => {
	test("is none of others than staff and support", async () => {
		expect(await gateway.send(owner, document)).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
	});

	test("is null where there is no Waldur", async () => {
		const provider = await makeProvider(plain());
		expect(await plain().ask(await provider.staffToken(), document)).toEqual({ waldurSync: null });
	});

	test("is NEVER before the first pass, then OK with its lag, HELD where removals wait, and FAILED with the reason", async () => {
		gateway.setTime("2017-01-10T12:00:00Z");
		expect(await status()).toEqual({ state: "NEVER", isRunning: false, lastSuccess: null, lastWhole: null, lag: null, error: null, lists: [] });
		await pass(at("12:00:00"), at("12:00:10"));
		gateway.setTime("2017-01-10T12:00:30Z");
		expect(await status()).toMatchObject({
			state: "OK",
			lastSuccess: "2017-01-10T12:00:00.000Z",
			lag: 30,
			lists: [{ name: "users", read: 5, changed: 2, removed: 1, refused: 0, held: 0 }],
		});
		await pass(at("12:00:40"), at("12:00:45"), { held: 30 });
		expect(await status()).toMatchObject({ state: "HELD", lists: [{ held: 30 }] });
		await pass(at("12:00:50"), at("12:00:55"), { error: "Waldur cannot be reached." });
		expect(await status()).toMatchObject({ state: "FAILED", error: "Waldur cannot be reached.", lastSuccess: "2017-01-10T12:00:40.000Z" });
	});

	test("is one process's at a time, until its lease ends", async () => {
		const sourceId = gateway.services.mirror?.sourceId ?? -1;
		gateway.setTime("2017-01-10T13:00:00Z");
		expect(await takeLease(gateway.database, sourceId, "one", at("13:00:00"), at("13:01:00"))).toBe(true);
		expect(await takeLease(gateway.database, sourceId, "two", at("13:00:30"), at("13:02:00"))).toBe(false);
		expect(await status()).toMatchObject({ isRunning: true });
		expect(await takeLease(gateway.database, sourceId, "two", at("13:01:00"), at("13:02:00"))).toBe(true);
		expect(await takeLease(gateway.database, sourceId, "one", at("13:01:30"), at("13:03:00"))).toBe(false);
	});
});
