import { readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { exitCodes, Failure } from "./failure.ts";
import { projectPath } from "./project-root.ts";

/** What each command takes from its user. */
export interface CommandLine {
	/** What follows the command's name. */
	readonly args: readonly string[];
	/** What `--help` prints. */
	readonly usage: string;
	/** Whether to be asked to end is how it ends well, as a service does. */
	readonly isService?: boolean;
}

/** Hands signals over to the command: resolves at the first one, and none ends the process any more. */
export type TakeSignals = () => Promise<void>;

const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs a command: `--help` and `--version` are printed, a Failure is printed as one line, anything else with its stack. The
 * process then exits with the command's or the failure's code, at once: the migrations' engine leaves a timer behind that
 * would keep it for ten seconds. A signal to end does so with 128 and its number, as in a shell; of a service with 0.
 */
export async function runCommand(
	{ args, usage, isService = false }: CommandLine,
	command: (takeSignals: TakeSignals) => Promise<number | undefined>,
): Promise<void> {
	// Without a handler, a command that is the first process of a container would go on.
	let onSignal = (signal: keyof typeof signalNumbers): void => process.exit(isService ? 0 : 128 + signalNumbers[signal]);
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => onSignal(signal));
	const takeSignals: TakeSignals = () =>
		new Promise((resolve) => {
			onSignal = () => resolve(); // later ones too: npm and timeout pass on a signal that the process got already
		});
	let exitCode = 0;
	try {
		const asked = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
		if (asked.includes("--help") || asked.includes("-h")) process.stdout.write(`${usage}\n`);
		else if (asked.includes("--version")) process.stdout.write(`${version()}\n`);
		else exitCode = (await command(takeSignals)) ?? 0;
	} catch (error) {
		process.stderr.write(error instanceof Failure ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
		exitCode = error instanceof Failure ? error.exitCode : exitCodes.failed;
	}
	for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write("", () => resolve()));
	process.exit(exitCode);
}

const version = (): string => (JSON.parse(readFileSync(projectPath("package.json"), "utf8")) as { version: string }).version;

/** What follows a command's name, by its options. Throws a Failure that names what is unknown, missing or too much. */
export function readArguments<Options extends NonNullable<ParseArgsConfig["options"]>>(
	args: readonly string[],
	options: Options,
	positionals: number | "any" = 0,
) {
	const read = () => parseArgs({ args: [...args], options, allowPositionals: positionals !== 0, strict: true });
	let found: ReturnType<typeof read>;
	try {
		found = read();
	} catch (error) {
		throw usageFailure(`${/^.*?(?=\. |\.?$)/s.exec(error instanceof Error ? error.message : String(error))?.[0]}.`);
	}
	const tooMuch = positionals === "any" ? [] : found.positionals.slice(positionals);
	if (tooMuch.length > 0) throw usageFailure(`${tooMuch.join(" ")} is too much.`);
	return found;
}

/** How a command ends that was called in a way that there is not. */
export const usageFailure = (message: string): Failure => new Failure(`${message} --help shows what there is.`, exitCodes.usage);
