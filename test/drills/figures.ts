/** Prints a line that tells what was measured. */
export function tell(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Milliseconds as they are told. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

/** How often the drills are run: never in the usual run, once in `.ci/run`, more often by `npm run test:faults`. */
export const rounds = Number(process.env["DRILL_ROUNDS"] ?? 0);

/** Why they are not run, as a part of their name; "" when they are. */
export const whyNot = (missing: string | undefined): string =>
	rounds === 0 ? " (skipped without DRILL_ROUNDS)" : missing === undefined ? "" : ` (skipped without ${missing})`;

/** The value that so many percent of the values are not above. */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
