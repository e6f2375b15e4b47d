/** The length of the longest list in a value of JSON, however deep it is; undefined when it has none. */
export function longestList(value: unknown): number | undefined {
	let longest: number | undefined;
	const left = [value];
	for (let next = left.pop(); left.length > 0 || next !== undefined; next = left.pop()) {
		if (typeof next !== "object" || next === null) continue;
		if (Array.isArray(next)) longest = Math.max(longest ?? 0, next.length);
		for (const item of Object.values(next)) if (typeof item === "object" && item !== null) left.push(item);
	}
	return longest;
}
