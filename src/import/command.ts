import { parseArgs } from "node:util";
import { Failure } from "../shared/failure.ts";
import { folderSource } from "./folder.source.ts";
import type { Source } from "./source.ts";
import { urlSource } from "./url.source.ts";

export const usage = `Brings the objects of a Waldur into the database. Run it again at any time.

npm run import -- SOURCE [--strict] [--report FILE]

SOURCE         a folder with a file per list, such as customers.json, or the
               address of a Waldur's API, such as https://waldur.example.org/api/
               (its token is read from WALDUR_TOKEN)
--strict       all or nothing: one refused record keeps everything out
--report FILE  where refused records are written (import-refused.jsonl);
               opened before anything is read, and empty when none is refused
--help         this text

Exit code: 0 all is in, 2 records were refused, others as of the service.`;

export interface ImportCommand {
	readonly help: boolean;
	readonly source: string;
	readonly strict: boolean;
	/** File that refused records are written to. */
	readonly report: string;
}

/** Reads the arguments of the command. Throws a Failure that names what is wrong. */
export function parseCommand(args: readonly string[]): ImportCommand {
	const { values, positionals } = parsed(args);
	const help = values.help === true;
	const [source = "", ...rest] = positionals;
	if (!help && source === "") throw new Failure("Say where to import from: npm run import -- SOURCE, a folder or the address of a Waldur's API.");
	if (rest.length > 0) throw new Failure(`One source at a time: ${rest.join(" ")} is too much.`);
	return { help, source, strict: values.strict === true, report: values.report ?? "import-refused.jsonl" };
}

function parsed(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { strict: { type: "boolean" }, report: { type: "string" }, help: { type: "boolean", short: "h" } },
		});
	} catch (error) {
		throw new Failure(error instanceof Error ? error.message : String(error));
	}
}

/** The source that the text names: an http(s) address, else a folder. */
export function sourceOf(text: string, token: string | undefined): Source {
	return /^https?:\/\//i.test(text) && URL.canParse(text) ? urlSource(new URL(text), token) : folderSource(text);
}
