/**
 * What every answer of the GraphQL endpoint says: no cache keeps it, for it is the caller's own; one that does all the same
 * keeps it apart by what it depends on; and no page that it leads to is told its address, which may hold a query.
 */
export const answerHeaders = {
	"cache-control": "private, no-store",
	vary: "Accept, Accept-Encoding, Authorization, Origin",
	"referrer-policy": "no-referrer",
} as const;
