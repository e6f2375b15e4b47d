import type { ExportFormat } from "./export-address.ts";

/** The type of a file that is accepted above all others; undefined when that is none of an export. */
export function formatAccepted(accept: string | undefined): ExportFormat | undefined {
	if (accept === undefined || !/text\/csv|application\/x-ndjson/i.test(accept)) return undefined;
	let best: { readonly type: string; readonly quality: number } | undefined;
	for (const part of accept.split(",")) {
		const [type = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
		const quality = Number(parameters.find((text) => text.startsWith("q="))?.slice(2) ?? 1);
		if (best === undefined || quality > best.quality) best = { type, quality };
	}
	return best === undefined || !(best.quality > 0) ? undefined : formats[best.type];
}

const formats: Readonly<Record<string, ExportFormat | undefined>> = { "text/csv": "csv", "application/x-ndjson": "ndjson" };
