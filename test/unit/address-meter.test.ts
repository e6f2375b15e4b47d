import { beforeEach, describe, expect, test } from "vitest";
import { createAddressMeter, networkOf } from "../../src/server/limits/address-meter.ts";

let now: number;
let meter: ReturnType<typeof createAddressMeter>;
beforeEach(() => {
	now = 0;
	meter = createAddressMeter({ size: 100, perSecond: 10 }, () => now);
});

describe("an address", () => {
	test("may ask as much as its bucket holds, and is told when it may again", () => {
		expect(meter.charge("10.0.0.1", 70)).toMatchObject({ isAllowed: true, remaining: 30 });
		expect(meter.charge("10.0.0.1", 50)).toMatchObject({ isAllowed: false, remaining: 30, after: 2 });
		now = 2_000;
		expect(meter.charge("10.0.0.1", 50)).toMatchObject({ isAllowed: true, remaining: 0 });
	});

	test("takes nothing from another", () => {
		meter.charge("10.0.0.1", 100);
		expect(meter.charge("10.0.0.2", 100)).toMatchObject({ isAllowed: true });
	});

	test("is refused when all together have asked for too much, however many they are", () => {
		const allowed = Array.from({ length: 20_000 }, (_, at) => meter.charge(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, 1)).filter(
			({ isAllowed }) => isAllowed,
		);
		expect(allowed).toHaveLength(1_000);
	});
});

test.each([
	["10.1.2.3", "10.1.2.3"],
	["::ffff:10.1.2.3", "10.1.2.3"],
	["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
	["2001:db8:1:2::9", "2001:db8:1:2"],
	["2001:db8::9", "2001:db8:0:0"],
	["::1", "0:0:0:0"],
	["fe80::1%eth0", "fe80:0:0:0"],
	["", ""],
])("the addresses of one client are one: %s is of %s", (address, network) => {
	expect(networkOf(address)).toBe(network);
});
