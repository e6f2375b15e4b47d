import { longWaits } from "../database/waits.ts";
import { type Verification, type VerifyOptions, verifyFigures } from "../domain/verify/verify.service.ts";
import { systemClock } from "../shared/clock.ts";
import { readArguments, runCommand } from "../shared/command.ts";
import { exitCodes } from "../shared/failure.ts";
import { oneLine } from "../shared/one-line.ts";
import { withDatabase } from "./with-database.ts";

const usage = `Computes every figure that follows from records anew, and prints each that differs from
what is stored: policy totals, current usages, what belongs to removed projects, whether policies
are fired, searched names, turned months, numbers of the log.
It changes none of them, and may run beside the service. While an import runs, HAS_FIRED is also
printed of policies that it evaluates at its end.

npm run verify

--help     this text
--version  the version of the service

Exit code: 0 nothing differs, 3 something does, others as of the service.`;

const args = process.argv.slice(2);

/** The command `npm run verify`. */
await runCommand({ args, usage }, async () => {
	readArguments(args, {});
	const say = (line: string) => process.stdout.write(`${line}\n`);
	const verified = await withDatabase(
		(database, { timeZone }) => verifyFigures(database, { now: systemClock(), timeZone, onDifference: (difference) => say(lineOf(difference)) }),
		{ waits: longWaits },
	);
	say(summaryOf(verified));
	return verified.differences === 0 ? 0 : exitCodes.differences;
});

function lineOf({ figure, uuid, part, stored, computed }: Parameters<VerifyOptions["onDifference"]>[0]): string {
	return oneLine(`${figure} ${uuid}${part === "" ? "" : ` ${part}`}: stored ${stored ?? "nothing"}, computed ${computed ?? "nothing"}`);
}

function summaryOf({ differences, compared, unturnedPolicies, areUsagesDerived }: Verification): string {
	const { components, resources, policies, parts, offerings } = compared;
	const found = `${differences} ${differences === 1 ? "figure differs" : "figures differ"} from the records`;
	const unturned = unturnedPolicies === 0 ? "" : ` The state of ${unturnedPolicies} policies was not compared: the month has not begun for their offerings.`;
	const underived = areUsagesDerived ? "" : " Current usages were not all compared: the service still derives them.";
	return `${found}, of ${components} components, ${resources} resources, ${policies} policies, ${parts} parts and ${offerings} offerings.${unturned}${underived}`;
}
