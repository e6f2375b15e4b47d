import pg from "pg";

const { DATE, TIMESTAMPTZ } = pg.types.builtins;

/**
 * How columns are read: numeric and bigint are strings by default; dates stay as they are written, they would become
 * midnights of the process's zone.
 */
export const exactTypes: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format: "text" | "binary") => parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

const momentOf = pg.types.getTypeParser(TIMESTAMPTZ);

const parsers = new Map<number, (text: string) => unknown>([
	[DATE, (text) => text],
	[TIMESTAMPTZ, moment],
]);

/** A moment as the server writes it: nearly always in UTC and in the years that ISO 8601 names, which JavaScript reads by itself. */
function moment(text: string): Date {
	const isPlain = text[10] === " " && text.endsWith("+00");
	return isPlain ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : (momentOf(text) as Date);
}
