/** The exit codes of every command, but for those of signals, each for one reason an operator can act on. Documented in .deploy/README.md. */
export const exitCodes = {
	failed: 1,
	refusedRecords: 2,
	differences: 3,
	unconfirmed: 4,
	usage: 64,
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
