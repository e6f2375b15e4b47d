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

/** The same number with neither sign nor zeros that say nothing: "+05.10" is "5.1". */
export const normalized = (amount: string): string => new Decimal(amount).toFixed();

/** The digits of an amount in SQL: numeric(20,2). */
const storedDigits = { whole: 18, places: 2 };

/** Whether the number is stored without losing a digit. */
export const fitsStoredDigits = (value: Decimal): boolean =>
	value.decimalPlaces() <= storedDigits.places && value.abs().lt(new Decimal(10).pow(storedDigits.whole));
