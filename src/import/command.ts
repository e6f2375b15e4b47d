import { baseAddress } from "../shared/base-address.ts";
import { readArguments, usageFailure } from "../shared/command.ts";
import { folderSource } from "./folder.source.ts";
import type { HttpOptions } from "./http.ts";
import type { Source } from "./source.ts";
import { urlSource } from "./url.source.ts";

export const usage = `Brings the objects of a Waldur into the database. Run it again at any time.

npm run import -- SOURCE [--strict] [--report FILE]

SOURCE         a folder with a file per list, such as customers.json, or the
               address of a Waldur's API, such as https://waldur.example.org/api/
               (its token is read from WALDUR_TOKEN, or the file WALDUR_TOKEN_FILE)
--strict       all or nothing: one refused record keeps everything out
--report FILE  where refused records and unknown values are written
               (import-refused.jsonl); opened before anything is read, and
               empty when there are none
--help         this text
--version      the version of the service

Exit code: 0 all is in, unknown values apart, 2 records were refused, others as of the service.`;

export interface ImportCommand {
	readonly source: string;
	readonly strict: boolean;
	/** File that refused records are written to. */
	readonly report: string;
}

/** Reads the arguments of the command. Throws a Failure that names what is wrong. */
export function parseCommand(args: readonly string[]): ImportCommand {
	const { values, positionals } = readArguments(args, { strict: { type: "boolean" }, report: { type: "string" } }, 1);
	const [source = ""] = positionals;
	if (source === "") throw usageFailure("Say where to import from: npm run import -- SOURCE, a folder or the address of a Waldur's API.");
	return { source, strict: values.strict === true, report: values.report ?? "import-refused.jsonl" };
}

/** Whether the text is an address, which rows that were imported from it name as their source. */
export const isAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/** The source that the text names: an http(s) address, which the options are for, else a folder. */
export function sourceOf(text: string, token: string | undefined, options: Partial<HttpOptions> = {}): Source {
	return isAddress(text) ? urlSource(baseAddress(text), token, options) : folderSource(text);
}
