/** What stands for a part of a statement that is known when it runs alone. */
export const unknownPart = "\uFFFC";

/** The names of a statement's output columns, as PostgreSQL gives them. Undefined where they depend on what is not known. */
export function outputColumns(statement: string): string[] | undefined {
	const tokens = topLevel(statement);
	const list = outputList(tokens);
	if (list === undefined) return statement.includes(unknownPart) ? undefined : [];
	const names = split(list).map(nameOf);
	return names.every((name) => name !== undefined) ? names : undefined;
}

/** The statement's words outside of all parentheses; what is within them is "()". */
function topLevel(statement: string): string[] {
	const words = statement.replaceAll(/--.*$/gm, "").match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\$\d+|[\w.]+|::|[^\s\w]/g) ?? [];
	const outside: string[] = [];
	let depth = 0;
	for (const word of words) {
		if (word === "(" || word === "[") depth += 1;
		else if (word === ")" || word === "]") {
			depth -= 1;
			if (depth === 0) outside.push("()");
		} else if (depth === 0) outside.push(word);
	}
	return outside;
}

const isWord = (token: string | undefined, ...words: string[]) => token !== undefined && words.includes(token.toLowerCase());

/** Between `select` and what follows the list; of a statement that changes something, what it returns. */
function outputList(tokens: readonly string[]): string[] | undefined {
	const changes = tokens.findIndex((token) => isWord(token, "insert", "update", "delete", "merge"));
	const isLock = (at: number) => isWord(tokens[at - 1], "for", "key"); // "for update", "for no key update"
	const start =
		changes >= 0 && !isLock(changes) ? tokens.findLastIndex((token) => isWord(token, "returning")) : tokens.findIndex((token) => isWord(token, "select"));
	if (start < 0) return undefined;
	const end = tokens.findIndex((token, at) => at > start && isWord(token, "from", "where", "group", "order", "limit", "for", "union", "having"));
	const list = tokens.slice(start + 1, end < 0 ? undefined : end);
	if (!isWord(list[0], "distinct")) return list;
	return list.slice(isWord(list[1], "on") ? 3 : 1);
}

function split(list: readonly string[]): string[][] {
	const items: string[][] = [[]];
	for (const token of list) {
		if (token === ",") items.push([]);
		else items.at(-1)?.push(token);
	}
	return items.filter((item) => item.length > 0);
}

/** The name of one output column: what it is called, or what its expression is called by. */
function nameOf(item: readonly string[]): string | undefined {
	const cast = item.indexOf("::");
	const isAliased = isWord(item.at(-2), "as") || (cast < 0 && item.length > 1 && item.at(-1)?.startsWith('"') && item.at(-2) !== ".");
	const named = isAliased ? item.at(-1) : cast < 0 ? expressionName(item) : (quotedAfter(item, cast) ?? expressionName(item.slice(0, cast)));
	return named?.replace(/^"(.*)"$/, "$1").replaceAll('""', '"');
}

/** The name without `as` that follows a cast. */
const quotedAfter = (item: readonly string[], cast: number): string | undefined =>
	item.length > cast + 2 && item.at(-1)?.startsWith('"') ? item.at(-1) : undefined;

/** A column is called by its own name, a function by that of the function. */
function expressionName(expression: readonly string[]): string | undefined {
	const last = expression.at(-1);
	if (last === undefined || last === "*" || last.includes(unknownPart)) return undefined;
	if (last === "()") return expression.length === 2 ? expression[0] : undefined;
	return /^["\w]/.test(last) ? last.split(".").at(-1) : undefined;
}
