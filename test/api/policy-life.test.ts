import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { beginning, type LimitingProvider, makeLimitingProvider } from "./policy-life.ts";

const gateway = gatewayForFile({ now: beginning });
let provider: LimitingProvider;

beforeEach(async () => {
	provider = await makeLimitingProvider(gateway());
});

describe("when a policy turned", () => {
	test("is not before the turn before it, though the write that caused it came with an earlier time", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		gateway().setTime("2017-09-15T12:00:04Z");
		await provider.report({ cpu: "11" });
		gateway().setTime("2017-09-15T12:00:01Z"); // it waited for the offering meanwhile, or is of an instance whose clock is behind
		await provider.report({ cpu: "1" });

		const { hasFired, firings } = await provider.policyOf(policy);
		expect([hasFired, ...firings.map(({ kind, created }: Answer) => [kind, created])]).toEqual([
			false,
			["FIRED", "2017-09-15T12:00:04.000Z"],
			["RESET", "2017-09-15T12:00:04.000Z"],
		]);
	});

	test("is the moment of the write, however far in the future a wrong clock recorded the turn before it", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		gateway().setTime("2017-09-25T12:00:00Z");
		await provider.report({ cpu: "11" });
		gateway().setTime("2017-09-15T12:00:00Z");
		await provider.report({ cpu: "1" });

		expect((await provider.policyOf(policy)).firings.map(({ created }: Answer) => created).sort()).toEqual([
			"2017-09-15T12:00:00.000Z",
			"2017-09-25T12:00:00.000Z",
		]);
	});
});

describe("when a policy fired", () => {
	const firedAt = async (uuid: string): Promise<[boolean, string]> => {
		const { hasFired, firedDatetime } = await provider.policyOf(uuid);
		return [hasFired, firedDatetime];
	};

	test("stays while it is exceeded, is kept by a reset, and moves with the next firing", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		const history: [boolean, string][] = [];
		for (const [moment, cpu] of [
			["2017-09-15T12:00:00Z", "11"],
			["2017-09-16T12:00:00Z", "12"],
			["2017-09-17T12:00:00Z", "1"],
			["2017-09-18T12:00:00Z", "2"],
			["2017-09-19T12:00:00Z", "13"],
		] as const) {
			// biome-ignore format: a table
			gateway().setTime(moment);
			await provider.report({ cpu });
			history.push(await firedAt(policy));
		}

		const [first, last] = ["2017-09-15T12:00:00.000Z", "2017-09-19T12:00:00.000Z"];
		expect(history).toEqual([[true, first], [true, first], [false, first], [false, first], [true, last]]); // biome-ignore format: a table
		expect((await provider.policyOf(policy)).firings.map(({ kind }: Answer) => kind)).toEqual(["FIRED", "RESET", "FIRED"]);
	});

	test("is told of no policy that never did", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await provider.report({ cpu: "10" });
		expect(await firedAt(policy)).toEqual([false, null]);
	});
});

describe("several policies of an offering", () => {
	test("turn each for itself, in one report", async () => {
		const [low, high, quiet] = [await provider.policy({ limits: { cpu: 5 } }), await provider.policy({ limits: { cpu: 10 } }), await provider.policy({ limits: { cpu: 20 } })]; // biome-ignore format: one line
		const turned = async (cpu: string): Promise<string[]> =>
			(await provider.report({ cpu })).firings.map(({ kind, policy }: Answer) => `${kind} ${policy.uuid}`).sort();

		expect(await turned("6")).toEqual([`FIRED ${low}`]);
		expect(await turned("11")).toEqual([`FIRED ${high}`]);
		expect(await turned("7")).toEqual([`RESET ${high}`]);
		expect(await turned("21")).toEqual([`FIRED ${high}`, `FIRED ${quiet}`].sort());
		expect(await turned("1")).toEqual([`RESET ${low}`, `RESET ${high}`, `RESET ${quiet}`].sort());
	});
});
