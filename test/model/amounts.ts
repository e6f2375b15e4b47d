/** An amount in hundredths of its unit: exact, however large. */
export type Hundredths = bigint;

/** The most whole digits that an amount may have. */
const wholeDigits = 18;

/** The amount of a text, or why the text is no amount that can be stored. */
export function amountOf(text: string): Hundredths | "negative" | "too long" {
	const [, sign, whole = "", places = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
	if (sign === "-") return "negative";
	if (whole.length > wholeDigits || places.length > 2) return "too long";
	return BigInt(whole + places.padEnd(2, "0"));
}

/** The amount in plain notation, without zeros that say nothing. */
export function printed(amount: Hundredths): string {
	const whole = amount / 100n;
	const places = String(amount % 100n)
		.padStart(2, "0")
		.replace(/0+$/, "");
	return places === "" ? String(whole) : `${whole}.${places}`;
}

export const sum = (amounts: readonly Hundredths[]): Hundredths => amounts.reduce((total, amount) => total + amount, 0n);
