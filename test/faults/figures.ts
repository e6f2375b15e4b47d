/** Prints a line that tells what was measured, where all is tried: `npm run test:faults`. */
export function tell(line: string): void {
	if (process.env["FAULT_ENGINES"] === "all") process.stdout.write(`${line}\n`);
}
