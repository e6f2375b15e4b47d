import { parseArgs } from "node:util";
import { exitCodes, Failure } from "../shared/failure.ts";
import { isMonth } from "./months.ts";
import type { WorldOptions } from "./world.ts";

export const usage = `Writes a world of customers, offerings and usage as a folder that can be imported.

npm run world -- --out FOLDER [options]

--out FOLDER         the folder to write: a new or empty one, or an older world
--seed N             amounts are the same for the same seed (1)
--until YYYY-MM      the last billing month (this month)
--months N           billing months, the last one included (18)
--help               this text
--version            the version of the service

Any of these makes a larger, uniform world for measurements, in which every
resource reports every component every month:

--customers N        (100)
--projects N         (400)
--offerings N        (20)
--components N       components of each offering (4)
--resources N        (2000)
--users-per-usage N  users whose parts of each usage are told (3)`;

const sizes = { customers: 100, projects: 400, offerings: 20, components: 4, resources: 2_000, "users-per-usage": 3 };
type SizeName = keyof typeof sizes;
const isSize = (name: string): name is SizeName => Object.hasOwn(sizes, name);

/** Reads the arguments. Throws a Failure that names every problem at once. */
export function parseCommand(args: readonly string[], now: Date): WorldOptions {
	const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options });
	const given = new Map<string, string>();
	const problems: string[] = [];
	for (const token of tokens) {
		if (token.kind === "option-terminator") continue;
		if (token.kind === "positional") problems.push(`${token.value} is too much.`);
		else if (!Object.hasOwn(options, token.name)) problems.push(`${token.rawName} is no option.`);
		else if (token.value === undefined || token.value === "") problems.push(`${token.rawName} needs a value.`);
		else given.set(token.name, token.value);
	}
	const number = (name: string, byDefault: number, least: number, max: number) => {
		const text = given.get(name) ?? String(byDefault);
		const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
		if (!(value >= least && value <= max)) problems.push(`--${name} must be a whole number from ${least} to ${max}, not "${text}".`);
		return value;
	};
	const folder = given.get("out") ?? "";
	if (folder === "" && !tokens.some((token) => token.kind === "option" && token.name === "out")) problems.push("--out must name the folder to write.");
	const until = given.get("until") ?? now.toISOString().slice(0, 7);
	if (!isMonth(until)) problems.push(`--until must be a month such as 2024-03, not "${until}".`);
	const size = (name: SizeName, least: number, max: number) => number(name, sizes[name], least, max);
	const world = { folder, seed: number("seed", 1, 0, 999_999_999), until, months: number("months", 18, 1, 240), now };
	const bench = {
		customers: size("customers", 1, 1_000_000),
		projects: size("projects", 1, 1_000_000),
		offerings: size("offerings", 1, 100_000),
		components: size("components", 1, 1_000),
		resources: size("resources", 1, 10_000_000),
		usersPerUsage: size("users-per-usage", 0, 1_000),
	};
	if (problems.length > 0) throw new Failure(problems.join("\n"), exitCodes.usage);
	return [...given.keys()].some(isSize) ? { ...world, size: bench } : world;
}

const text = { type: "string" } as const;
const options = {
	out: text,
	seed: text,
	until: text,
	months: text,
	customers: text,
	projects: text,
	offerings: text,
	components: text,
	resources: text,
	"users-per-usage": text,
} as const;
