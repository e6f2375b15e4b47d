/** What each scalar is in TypeScript, as input and as output. */
export type ScalarTypes = {
	ID: { Input: string; Output: string | number | bigint };
	UUID: { Input: string; Output: string };
	Decimal: { Input: string; Output: string };
	Date: { Input: string; Output: string };
	DateTime: { Input: Date; Output: Date };
	JSON: { Input: unknown; Output: unknown };
	_Any: { Input: unknown; Output: unknown };
};
