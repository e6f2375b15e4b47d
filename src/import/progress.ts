import { SingleBar } from "cli-progress";
import type { ImportProgress, ImportSummary, ListSummary } from "./import-types.ts";
import { type ListName, listNames } from "./source.ts";

/** Where progress is shown, and the time in milliseconds. */
export interface Screen {
	readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
	readonly clock: () => number;
}

/** A bar per list on a terminal, plain lines elsewhere. */
export const showProgress = (screen: Screen): ImportProgress => (screen.stream.isTTY ? bars(screen) : lines(screen));

const records = ({ created, updated, unchanged, refused }: ListSummary) => created + updated + unchanged + refused;

const widest = Math.max(...listNames.map((list) => list.length)) + 2;

function bars({ stream, clock }: Screen): ImportProgress {
	const parts = 1_000;
	let bar: SingleBar | undefined;
	let started = 0;
	const shown = (summary: ListSummary) => ({ records: records(summary), rate: rate(records(summary), clock() - started) });
	return {
		begin: (list) => {
			started = clock();
			bar = new SingleBar({
				stream,
				format: `${list.padEnd(widest)}[{bar}] {percentage}% {records} records, {rate}/s, {eta_formatted} left`,
				hideCursor: true,
			});
			bar.start(parts, 0, { records: 0, rate: 0 });
		},
		advance: (summary, done) => bar?.update(done === undefined ? 0 : Math.floor(done * parts), shown(summary)),
		end: (summary) => {
			bar?.update(parts, shown(summary));
			bar?.stop();
		},
	};
}

/** Milliseconds between two lines about the same list. */
const quiet = 10_000;

function lines({ stream, clock }: Screen): ImportProgress {
	let started = 0;
	let last = 0;
	const line = (list: ListName, text: string) => stream.write(`${list.padEnd(widest)}${text}\n`);
	return {
		begin: () => {
			started = clock();
			last = started;
		},
		advance: (summary, done) => {
			const now = clock();
			if (now - last < quiet) return;
			last = now;
			const elapsed = now - started;
			const left = done === undefined || done === 0 ? "" : `, ${seconds((elapsed / done) * (1 - done))} left`;
			line(summary.name, `${done === undefined ? "" : `${Math.floor(done * 100)}%, `}${records(summary)} records, ${rate(records(summary), elapsed)}/s${left}`);
		},
		end: (summary) => {
			const elapsed = clock() - started;
			line(summary.name, `done, ${records(summary)} records, ${rate(records(summary), elapsed)}/s, ${seconds(elapsed)}`);
		},
	};
}

const rate = (count: number, milliseconds: number) => Math.round((count * 1_000) / Math.max(milliseconds, 1));
const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1_000)} s`;

const columns = ["created", "updated", "unchanged", "refused"] as const;

/** The closing table, a line per list and one for all. */
export function summaryTable(summary: ImportSummary): string {
	const row = (name: string, cells: readonly (string | number)[]) => name.padEnd(widest) + cells.map((cell) => String(cell).padStart(11)).join("");
	return [
		row("", columns),
		...summary.lists.map((list) =>
			row(
				list.name,
				columns.map((column) => list[column]),
			),
		),
		row(
			"all",
			columns.map((column) => summary[column]),
		),
	].join("\n");
}
