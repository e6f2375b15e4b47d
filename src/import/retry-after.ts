/**
 * Milliseconds that a server asks to wait for, by the headers of its answer: Retry-After is seconds or a moment. A moment is
 * compared with the server's own Date, for its clock may differ from ours. Undefined when it asks for nothing.
 */
export function askedWait(headers: Headers, now: Date): number | undefined {
	const asked = headers.get("retry-after")?.trim() ?? "";
	if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1_000 || undefined;
	const moment = Date.parse(asked);
	if (Number.isNaN(moment)) return undefined;
	const answered = Date.parse(headers.get("date") ?? "");
	const wait = moment - (Number.isNaN(answered) ? now.getTime() : answered);
	return wait > 0 ? wait : undefined;
}
