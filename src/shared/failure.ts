/** The exit codes of every command, each for one reason an operator can act on. Documented in README.md. */
export const exitCodes = {
	failed: 1,
	refusedRecords: 2,
	differences: 3,
	unconfirmed: 4,
	directoryInUse: 75,
	portInUse: 76,
	databaseUnavailable: 69,
	badConfig: 78,
} as const;

/** What a command says in one line before it exits: a person can act on it, so no stack trace is shown. */
export class Failure extends Error {
	override readonly name = "Failure";
	readonly exitCode: number;

	constructor(message: string, exitCode: number = exitCodes.failed) {
		super(message);
		this.exitCode = exitCode;
	}
}

/**
 * Runs a command: a Failure is printed as one line, anything else with its stack. The process then exits with the command's
 * or the failure's code, at once: the migrations' engine leaves a timer behind that would keep it for ten seconds.
 */
export async function runCommand(command: () => Promise<number | undefined>): Promise<void> {
	let exitCode: number;
	try {
		exitCode = (await command()) ?? 0;
	} catch (error) {
		process.stderr.write(error instanceof Failure ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
		exitCode = error instanceof Failure ? error.exitCode : exitCodes.failed;
	}
	for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write("", () => resolve()));
	process.exit(exitCode);
}
