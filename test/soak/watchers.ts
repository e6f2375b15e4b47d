import { setTimeout as pause } from "node:timers/promises";
import { sql } from "../../src/database/sql.ts";
import type { Dice } from "./dice.ts";
import { interval, type Pair } from "./pair.ts";
import type { Watcher } from "./world.ts";

/** What became of a role that was withdrawn. */
export interface Withdrawal {
	/** Milliseconds until nothing was seen with it any more. */
	readonly gone: number;
	/** What it may take: two intervals, and what the passes took meanwhile. */
	readonly allowed: number;
}

const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { uuid } }`;

/** Milliseconds that a look and what else this computer does may take. */
const slack = 5_000;

/** Passes that fail one after the other do not take this long, in milliseconds. */
const longest = 600_000;

/**
 * Gives the watcher a role and takes it away again until it is told to end, and asks meanwhile what the watcher sees. Returns how
 * long each withdrawn role was good; adds to `broken` what was seen though a pass that began after the withdrawal had ended well.
 */
export async function watchRole(
	pair: Pair,
	{ list, user, username, role, scope, resource }: Watcher,
	dice: Dice,
	goesOn: () => boolean,
	broken: string[],
): Promise<Withdrawal[]> {
	const { gateway, waldur, clock, database } = pair;
	const token = await pair.token(username);
	const sees = async () => {
		const { data, errors = [] } = await gateway.send(token, document, { uuid: resource });
		if (errors.some(({ extensions }) => extensions?.["code"] !== "NOT_FOUND")) throw new Error(JSON.stringify(errors));
		return data?.resource != null;
	};
	const withdrawals: Withdrawal[] = [];
	while (goesOn()) {
		waldur.state.grant(list, user, role, scope);
		const granted = clock().getTime();
		while (goesOn() && !(await sees())) await pause(100);
		await pause(dice.below(1_500));
		const withdrawn = clock().getTime();
		waldur.state.withdraw(list, user, role, scope);
		for (;;) {
			const [status] = await database.rows<{ lastSuccess: Date | null }>(sql`select "lastSuccess" from "WaldurSync"`);
			const isSeen = await sees();
			if (!isSeen) break;
			const success = status?.lastSuccess?.getTime() ?? 0;
			if (success >= withdrawn) {
				broken.push(
					`${username}: ${role} withdrawn at ${new Date(withdrawn).toISOString()} reads after the pass of ${new Date(success).toISOString()}, granted ${granted}`,
				);
				break;
			}
			if (clock().getTime() - withdrawn > longest) {
				broken.push(`${username}: ${role} withdrawn at ${new Date(withdrawn).toISOString()} still reads after ${longest} ms.`);
				break;
			}
			await pause(100);
		}
		const gone = clock().getTime();
		withdrawals.push({ gone: gone - withdrawn, allowed: allowedBetween(pair, withdrawn, gone) });
		await pause(dice.below(500));
	}
	return withdrawals;
}

/** Two intervals, and one more for each pass that failed; and the time that passes took between the moments. A stopped service adds what its pauses say. */
function allowedBetween({ passes, pauses, clock }: Pair, from: number, until: number): number {
	const within = (began: number, ended: number) => Math.max(0, Math.min(ended, until) - Math.max(began, from));
	const meanwhile = passes.filter(({ began, ended }) => ended >= from && began <= until);
	const last = passes.at(-1)?.ended ?? from;
	const failed = meanwhile.filter(({ error }) => error !== null).length;
	const took = meanwhile.reduce((sum, { began, ended }) => sum + within(began, ended), 0);
	// One that has not ended yet is what removed the role.
	const underWay = within(Math.min(last + interval, until), until);
	const stopped = pauses.reduce((sum, { began, ended }) => sum + within(began, ended ?? clock().getTime()), 0);
	return interval * (2 + failed) + took + underWay + stopped + slack;
}
