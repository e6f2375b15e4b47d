import { closeSync, openSync, writeSync } from "node:fs";
import { Failure } from "../shared/failure.ts";
import type { Refusal } from "./list.ts";

/** Collects refused records in a file, one JSON object a line. The file is made with the first one. */
export interface Report {
	add(refusal: Refusal): void;
	close(): void;
}

/** Throws a Failure when the file cannot be written. */
export function reportTo(file: string): Report {
	let opened: number | undefined;
	return {
		add: (refusal) => {
			opened ??= openReport(file);
			writeSync(opened, `${JSON.stringify(refusal)}\n`);
		},
		close: () => {
			if (opened !== undefined) closeSync(opened);
			opened = undefined;
		},
	};
}

function openReport(file: string): number {
	try {
		return openSync(file, "w");
	} catch (error) {
		throw new Failure(`The report ${file} cannot be written: ${error instanceof Error ? error.message : error}.`);
	}
}
