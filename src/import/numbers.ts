import { Decimal } from "../shared/decimal.ts";
import { JsonNumber } from "./json-array.ts";
import { missing, shape, shown, unstorable, Wrong } from "./shape.ts";

interface DecimalBounds {
	/** Digits in all, as in numeric(digits, places). */
	readonly digits: number;
	readonly places: number;
	readonly negative?: boolean;
	/** More places are rounded instead of refused. */
	readonly round?: boolean;
}

const decimalText = /^-?\d{1,200}(\.\d{1,200})?([eE][-+]?\d{1,3})?$/;

/** The exact decimal of a string or a JSON number, without trailing zeros, or why it is none. */
function readDecimal(value: unknown, { digits, places, negative = false, round = false }: DecimalBounds): string | Wrong {
	const written = value instanceof JsonNumber ? value.text : value;
	if (typeof written !== "string" || !decimalText.test(written)) return new Wrong(`is not a number: ${shown(value)}`);
	let decimal: Decimal = new Decimal(written);
	if (decimal.isNegative() && !decimal.isZero() && !negative) return new Wrong(`is negative: ${shown(value)}`);
	if (decimal.decimalPlaces() > places) {
		if (!round) return new Wrong(`has more than ${places} decimal places: ${shown(value)}`);
		decimal = decimal.toDecimalPlaces(places);
	}
	if (decimal.abs().gte(new Decimal(10).pow(digits - places))) return new Wrong(`has more than ${digits - places} digits before the point: ${shown(value)}`);
	return decimal.isZero() ? "0" : decimal.toFixed();
}

/** A required decimal: a string of digits, as exact as it was written. */
export const decimal = (bounds: DecimalBounds) => shape((value) => (value === null ? missing : readDecimal(value, bounds)));

/** A decimal that may be absent: then it is null. */
export const optionalDecimal = (bounds: DecimalBounds) => shape((value) => (value === null ? null : readDecimal(value, bounds)));

/** Amounts of usage: numeric(20,2) in SQL. */
export const amount = { digits: 20, places: 2 };

/** Prices: numeric(22,10) in SQL. */
export const price = { digits: 22, places: 10 };

/** Decimals by component type, such as {"cpu": "10"}; null amounts are left out. */
export const amounts = (bounds: DecimalBounds) =>
	shape((value) => {
		const read: Record<string, string> = Object.create(null);
		if (value === null) return read;
		if (typeof value !== "object" || Array.isArray(value) || value instanceof JsonNumber) return new Wrong(`is not an object: ${shown(value)}`);
		for (const [type, written] of Object.entries(value)) {
			if (written === null) continue;
			const decimal = unstorable.test(type) ? new Wrong("has a name that cannot be stored") : readDecimal(written, bounds);
			if (decimal instanceof Wrong) return new Wrong(`.${shown(type)} ${decimal.reason}`);
			read[type] = decimal;
		}
		return read;
	});

/** A whole number that SQL's integer holds; null when absent. */
export const optionalInteger = shape((value) => {
	if (value === null) return null;
	const read = readDecimal(value, { digits: 10, places: 0, negative: true });
	if (read instanceof Wrong) return read;
	return Math.abs(Number(read)) <= 2_147_483_647 ? Number(read) : new Wrong(`is too large: ${shown(value)}`);
});
