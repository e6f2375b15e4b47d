import type { Measured } from "./measure.ts";

export const head = `| subscribers | what | CPU µs per subscriber and alert | KB RSS each | KB heap each | p50 ms | p99 ms | bytes of a message |
|---|---|---|---|---|---|---|---|`;

export function rowOf(subscribers: number, what: string, { cpu, memory, p50, p99, message }: Measured): string {
	const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1);
	const cells = [subscribers, what, cpu.toFixed(1), kilobytes(memory.rss), kilobytes(memory.heap), p50.toFixed(1), p99.toFixed(1), message.toFixed(0)];
	return `| ${cells.join(" | ")} |`;
}

/** The row of what did not tell every subscriber of every alert. */
export const rowOfFailure = (subscribers: number, what: string, why: string): string => `| ${subscribers} | ${what} | FAILED: ${why} | | | | | |`;
