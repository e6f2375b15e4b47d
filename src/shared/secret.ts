import { readFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A secret of the environment: the value of the variable, or what is in the file that the variable with `_FILE` behind its name
 * names, without line breaks at its end. Or what is wrong with it, in one sentence that does not repeat it; neither when it is not given.
 */
export function readSecret(env: Environment, name: string): { readonly value?: string; readonly problem?: string } {
	const value = env[name] || undefined;
	const file = env[`${name}_FILE`] || undefined;
	if (file === undefined) return value === undefined ? {} : { value };
	if (value !== undefined) return { problem: `${name} and ${name}_FILE must not both be set.` };
	try {
		const text = readFileSync(file, "utf8").replace(/[\r\n]+$/, "");
		return text === "" ? { problem: `${name}_FILE must name a file that is not empty.` } : { value: text };
	} catch (error) {
		return { problem: `${name}_FILE must name a file that can be read (${error instanceof Error && "code" in error ? error.code : "unknown"}).` };
	}
}
