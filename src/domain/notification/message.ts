import { normalized } from "../../shared/decimal.ts";
import { oneLine } from "../../shared/one-line.ts";

/** A component whose limit was exceeded; without figures for those who are not to know what others used. */
export interface ExceededComponent {
	readonly name: string;
	readonly measuredUnit: string;
	/** Total and limit in the measured unit. */
	readonly figures: { readonly used: string; readonly limit: string } | null;
}

/** What a notification reports of its policy, to its recipient. */
export interface Announcement {
	readonly uuid: string;
	readonly recipient: string;
	readonly offering: string;
	/** How many firings it reports, from 1. */
	readonly firings: number;
	/** When the first of them was. */
	readonly since: Date;
	/** First billing month that was totalled; null when everything was. */
	readonly windowStart: string | null;
	/** Last billing month that was totalled. */
	readonly windowEnd: string;
	/** When the policy fired last. What follows is of that firing. */
	readonly fired: Date;
	/** When the policy was reset since; null while it is fired. */
	readonly reset: Date | null;
	readonly exceeded: readonly ExceededComponent[];
}

/** A message in plain text to one address. */
export interface Mail {
	/** The same at every attempt, so that a mailbox can recognise a repetition. */
	readonly messageId: string;
	readonly recipient: string;
	readonly subject: string;
	readonly text: string;
	readonly date: Date;
}

export function mailOf(announcement: Announcement): Mail {
	const { uuid, recipient, fired, reset, exceeded } = announcement;
	const offering = oneLine(announcement.offering);
	const lines = [
		`The usage of "${offering}" ${reset === null ? "exceeds" : "exceeded"} what its provider allows.`,
		...courseOf(announcement),
		"",
		`Months that count: ${monthsOf(announcement)}`,
		reset === null ? "Exceeded:" : "Was exceeded:",
		...exceeded.map(componentLine),
		"",
		`Found at ${fired.toISOString()}. This message was sent by a program; please do not answer it.`,
	];
	return {
		messageId: `<${uuid}@usage-gateway>`,
		recipient,
		subject: reset === null ? `Usage limit exceeded: ${offering}` : `Usage limit was exceeded: ${offering}`,
		text: `${lines.join("\n")}\n`,
		date: fired,
	};
}

/** How often it turned, and how it is now, unless it fired once and is still fired. */
function courseOf({ firings, since, reset }: Announcement): string[] {
	if (reset !== null) {
		const often = firings === 1 ? "" : ` It was exceeded ${firings} times since ${since.toISOString()}.`;
		return [`It has not been exceeded since ${reset.toISOString()}.${often}`];
	}
	return firings === 1 ? [] : [`It began to be exceeded ${firings} times since ${since.toISOString()}, and is exceeded now.`];
}

function monthsOf({ windowStart, windowEnd }: Announcement): string {
	const [first, last] = [windowStart?.slice(0, 7), windowEnd.slice(0, 7)];
	if (first === undefined) return `all up to ${last}`;
	return first === last ? last : `${first} to ${last}`;
}

function componentLine({ name, measuredUnit, figures }: ExceededComponent): string {
	const unit = oneLine(measuredUnit);
	const measured = (amount: string) => [normalized(amount), unit].filter(Boolean).join(" ");
	if (figures !== null) return `- ${oneLine(name)}: ${measured(figures.used)}, the limit is ${measured(figures.limit)}`;
	return `- ${oneLine(name)}${unit === "" ? "" : `, in ${unit}`}`;
}
