import { expect, test } from "vitest";
import { createSignInMeter } from "../../src/server/limits/sign-in-meter.ts";

const fail = (meter: ReturnType<typeof createSignInMeter>, address: string, times: number) => {
	for (let time = 0; time < times; time++) meter.failed(address);
};

test("an address that has tried a hundred tokens in vain waits before it tries another", () => {
	const meter = createSignInMeter(() => 0);
	fail(meter, "192.0.2.1", 99);
	expect(meter.waitFor("192.0.2.1", "demo_new")).toBe(0);
	fail(meter, "192.0.2.1", 1);

	expect(meter.waitFor("192.0.2.1", "demo_new")).toBe(1);
	expect(meter.waitFor("192.0.2.2", "demo_new")).toBe(0);
});

test("a token that was good is let in from an address that others try tokens from", () => {
	const meter = createSignInMeter(() => 0);
	meter.succeeded("demo_owner");
	fail(meter, "192.0.2.1", 500);

	expect(meter.waitFor("192.0.2.1", "demo_owner")).toBe(0);
});

test("an address tries tokens again when time has passed", () => {
	let now = 0;
	const meter = createSignInMeter(() => now);
	fail(meter, "192.0.2.1", 200);
	now = 1_000;

	expect(meter.waitFor("192.0.2.1", "demo_new")).toBe(0);
});
