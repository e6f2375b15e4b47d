import type { StatementWatch } from "../shared/metrics.ts";
import { oneLine } from "../shared/one-line.ts";
import { tookTooLong } from "./states.ts";

/** The most statements that are distinguished: clients choose some of what is in their texts. */
const maxTexts = 100;

/** Writes a line about each statement that took longer than it may, the first time that it did: its text, which has no values in it. */
export function tellingTimeouts(write: (line: string) => void): StatementWatch {
	const told = new Set<string>();
	return (statement, run) => {
		const answer = run();
		answer.catch((error: unknown) => {
			if (!tookTooLong(error) || told.has(statement.text) || told.size >= maxTexts) return;
			told.add(statement.text);
			write(`A statement took longer than it may, and was ended: ${oneLine(statement.text)}`);
			if (told.size === maxTexts) write(`${maxTexts} statements have taken longer than they may: no other is written here.`);
		});
		return answer;
	};
}
