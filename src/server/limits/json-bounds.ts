/** How many lists and objects a request's JSON may have within each other: the deepest input of the schema has four. */
export const deepestJson = 100;

/**
 * Whether lists and objects are nested deeper than that. Takes one look at each character: a text of the size
 * of a body that nests nothing but lists keeps a parser, and the collection of its garbage, busy for a tenth of a second.
 */
export function isTooDeep(json: string, deepest = deepestJson): boolean {
	let depth = 0;
	for (let at = 0; at < json.length; at++) {
		switch (json[at]) {
			case '"':
				at = endOfString(json, at);
				break;
			case "[":
			case "{":
				if (++depth > deepest) return true;
				break;
			case "]":
			case "}":
				depth--;
		}
	}
	return false;
}

/** Where the string ends that begins there; the end of a text in which it does not. */
function endOfString(json: string, begin: number): number {
	for (let at = begin + 1; at < json.length; at++) {
		if (json[at] === "\\") at++;
		else if (json[at] === '"') return at;
	}
	return json.length;
}
