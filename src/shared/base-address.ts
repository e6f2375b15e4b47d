/** A base address as it names a source, however it was written: its path ends in a slash, and nothing follows. */
export function baseAddress(text: string): URL {
	const url = new URL(text);
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	url.search = "";
	url.hash = "";
	return url;
}
