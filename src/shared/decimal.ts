import { Decimal as Base } from "decimal.js";

/**
 * Exact decimal numbers, for every amount. 60 digits are kept, so that sums of numeric(20,2) never round.
 * On the wire and between modules amounts are strings in plain notation; make a Decimal only to compute.
 */
export const Decimal = Base.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });
export type Decimal = Base;

const plainDecimal = /^[+-]?\d+(\.\d+)?$/;

/** Whether the text is a number in plain notation: digits, perhaps a sign and one point. No exponent, no separators, no NaN. */
export const isPlainDecimal = (text: string): boolean => plainDecimal.test(text);

/**
 * The number that a value of JSON says, normalized: a text in plain notation, or a number, which has passed through binary floating
 * point and is what was sent up to 15 significant digits. Undefined for anything else.
 */
export function exactDecimal(value: unknown): string | undefined {
	if (typeof value !== "string" && !(typeof value === "number" && isExact(value))) return undefined;
	return isPlainDecimal(String(value)) ? normalized(String(value)) : undefined;
}

const isExact = (value: number): boolean => isPlainDecimal(String(value)) && String(value).replace(/^-?0*\.?0*|[.-]/g, "").length <= 15;

/** The same number with neither sign nor zeros that say nothing: "+05.10" is "5.1". */
export const normalized = (amount: string): string => new Decimal(amount).toFixed();

/** The digits of an amount in SQL: numeric(20,2). */
const storedDigits = { whole: 18, places: 2 };

/** Whether the number is stored without losing a digit. */
export const fitsStoredDigits = (value: Decimal): boolean =>
	value.decimalPlaces() <= storedDigits.places && value.abs().lt(new Decimal(10).pow(storedDigits.whole));
