import { setTimeout as pause } from "node:timers/promises";
import { dashed } from "../../src/world/random.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import type { Dice } from "./dice.ts";
import type { Pair } from "./pair.ts";
import { uuidIn } from "./usage-changes.ts";

/** Why a report may be refused: what it is about has just gone, or Waldur alone changes it. */
const known = ["READ_ONLY_MIRROR", "NOT_FOUND", "INVALID_RESOURCE_STATE", "USER_LIMIT_EXCEEDED", "USAGE_LIMIT_EXCEEDED", "PLAN_PERIOD_CLOSED", "INVALID_INPUT"];

/** Reports usage to the gateway until it is told to end. Returns what was answered, by code; adds to `broken` what nobody named. */
export async function reportThings(
	{ gateway, waldur }: Pair,
	token: string,
	dice: Dice,
	goesOn: () => boolean,
	broken: string[],
): Promise<Map<string, number>> {
	const answers = new Map<string, number>();
	const ask = async (document: string, input: object) => {
		const { data, errors } = await gateway.send(token, document, { input });
		const answer = data?.setUsage ?? data?.setUserUsage;
		const code: string = answer?.code ?? answer?.__typename ?? "none";
		answers.set(code, (answers.get(code) ?? 0) + 1);
		if (errors !== undefined || !(code.endsWith("Payload") || known.includes(code))) broken.push(JSON.stringify({ input, data, errors }));
		return answer;
	};
	while (goesOn()) {
		const resource = dice.oneOf(waldur.state.entries("marketplace-resources"));
		const account = dice.oneOf(
			waldur.state.entries("marketplace-offering-users").filter(({ item }) => item["offering_uuid"] === resource?.item["offering_uuid"]),
		);
		const usage = { type: `component_${dice.between(1, 2)}`, amount: String(dice.below(20_000) / 100), description: "reported here" };
		const answer = await ask(setUsage, { resource: dashed(uuidIn(resource)), usages: [usage] });
		const record: unknown = answer?.componentUsages?.[0]?.uuid;
		if (record !== undefined && account !== undefined && dice.chance(0.5))
			await ask(setUserUsage, { componentUsage: record, username: account.item["username"], usage: String(dice.below(2_000) / 100) });
		await pause(dice.between(100, 500));
	}
	return answers;
}
