/** Returns the value, which is always present here: `because` says why. Throws when it is missing: a bug of this program. */
export function assertPresent<Value>(value: Value | undefined, because: string): Value {
	if (value === undefined) throw new Error(`This cannot be missing: ${because}.`);
	return value;
}
