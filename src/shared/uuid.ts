/** The dashed form, in small letters, of a UUID in either form. Undefined when the text is none. */
export function parsedUuid(text: string): string | undefined {
	const parts = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/.exec(text.toLowerCase());
	// All dashes or none: something in between is a slip.
	return parts === null || (text.length !== 32 && text.length !== 36) ? undefined : parts.slice(1).join("-");
}
