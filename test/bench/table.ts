import type { Speed } from "./load.ts";

/** What was measured of one contestant. */
export interface Line {
	readonly name: string;
	readonly speed: Speed;
	readonly statements: number;
	readonly bytes: number;
}

const head = `| | requests/s | of the limit | of PostGraphile | p50 ms | p99 ms | ms of Node.js | ms of PostgreSQL | statements | KB |
|---|---|---|---|---|---|---|---|---|---|`;

/** The lines as a table in Markdown; processor times, statements and bytes are those of one request. */
export function table(title: string, lines: readonly Line[]): string {
	const rate = (name: string) => lines.find((line) => line.name === name)?.speed.perSecond;
	const ratio = (one: number, other: number | undefined) => (other === undefined ? "" : (one / other).toFixed(2));
	const rows = lines.map(({ name, speed, statements, bytes }) => {
		const { perSecond, p50, p99, processor } = speed;
		const times = [p50.toFixed(1), p99.toFixed(1), ...["node", "postgres"].map((part) => (processor[part] ?? Number.NaN).toFixed(2))];
		const cells = [name, perSecond.toFixed(0), ratio(perSecond, rate("hand-written")), ratio(perSecond, rate("PostGraphile")), ...times, statements];
		return `| ${[...cells, (bytes / 1024).toFixed(1)].join(" | ")} |`;
	});
	return [`### ${title}`, "", head, ...rows, ""].join("\n");
}
