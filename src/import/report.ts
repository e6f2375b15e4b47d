import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { Failure } from "../shared/failure.ts";
import type { Refusal } from "./list.ts";
import type { Warning } from "./warnings.ts";

/** Collects refused records, and values that are not known, in a file: one JSON object a line with its `kind`. */
export interface Report {
	/** Forgets what an import before wrote into the file: called when this one begins. */
	begin(): void;
	refuse(refusal: Refusal): void;
	warn(warning: Warning): void;
	/** Leaves the file as it was found if nothing has begun. */
	close(): void;
}

/** Opens the file, so that an import that could not write it does nothing. Throws a Failure then. */
export function reportTo(file: string): Report {
	const isNew = !existsSync(file);
	const opened = openReport(file);
	let begun = false;
	const add = (kind: string, entry: object) => void writeSync(opened, `${JSON.stringify({ kind, ...entry })}\n`);
	return {
		begin: () => {
			begun = true;
			if (fstatSync(opened).isFile()) ftruncateSync(opened);
		},
		refuse: (refusal) => add("refusal", refusal),
		warn: (warning) => add("warning", warning),
		close: () => {
			closeSync(opened);
			if (isNew && !begun) rmSync(file, { force: true });
		},
	};
}

function openReport(file: string): number {
	try {
		return openSync(file, "a");
	} catch (error) {
		throw new Failure(`The report ${file} cannot be written: ${error instanceof Error ? error.message : error}. Name another file with --report FILE.`);
	}
}
