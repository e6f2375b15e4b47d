import type { Queries } from "../../src/database/database.ts";
import { verifyFigures } from "../../src/domain/verify/verify.service.ts";

/** What `npm run verify` finds at the moment: one text for each figure that is not what the records say. */
export async function differencesIn(database: Queries, now: Date, timeZone = "UTC"): Promise<string[]> {
	const found: string[] = [];
	await verifyFigures(database, {
		now,
		timeZone,
		onDifference: ({ figure, uuid, part, stored, computed }) => found.push([figure, uuid, part, `${stored} instead of ${computed}`].join(" ")),
	});
	return found;
}
