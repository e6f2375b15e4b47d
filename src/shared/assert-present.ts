/** The value, which cannot be missing here: `because` says why. Throws when it is, for then the program is wrong. */
export function assertPresent<Value>(value: Value | undefined, because: string): Value {
	if (value === undefined) throw new Error(`This cannot be missing: ${because}.`);
	return value;
}
