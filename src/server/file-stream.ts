import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import type { ExportedPage } from "../export/export-plan.ts";
import type { RowWriter } from "../export/writers.ts";

/** As many rows are written between two looks at other requests. */
const rowsAtOnce = 250;

/** How long a client may take to read why a file breaks off, in milliseconds. */
const timeToRead = 1_000;

/** Its client has gone: nobody reads the rest. */
export class ClientGone extends Error {}

/** Sends the pages as the client takes them. Nothing is sent before the first page is there: until then an export has a status. */
export async function sendPages(
	response: ServerResponse,
	pages: AsyncGenerator<ExportedPage, void, void>,
	writer: RowWriter,
	headers: Record<string, string>,
	signal: AbortSignal,
): Promise<void> {
	for await (const page of pages) {
		if (!response.headersSent) {
			response.writeHead(200, headers);
			await taken(response, writer.head, signal);
		}
		for (let from = 0; from < page.size; from += rowsAtOnce) {
			await taken(response, writer.rows(page.rows(from, from + rowsAtOnce)), signal);
			await turn();
		}
	}
	signal.throwIfAborted();
	response.end();
}

/** Resolves when the client may be sent more. A client that takes nothing is disconnected by its socket's timeout. */
async function taken(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	if (response.destroyed) throw new ClientGone();
	if (text === "" || response.write(text)) return;
	await once(response, "drain", { signal }).catch((error: unknown) => {
		signal.throwIfAborted();
		throw error;
	});
}

/** Ends a file so that nobody takes it for a whole one, after the line that says why where its format has room for one. */
export function breakOff(response: ServerResponse, trailer: string): void {
	const cut = () => {
		// Before HTTP/1.1 the end of the connection is the end of the file.
		if (response.req.httpVersion === "1.0") response.socket?.resetAndDestroy();
		else response.destroy();
	};
	if (trailer === "") cut();
	else {
		response.write(trailer, cut);
		setTimeout(cut, timeToRead).unref();
	}
}
