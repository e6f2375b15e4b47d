/** A service that lets in as much as the usual one, for pages of one other origin. */
export const limited = {
	graphiql: false,
	origins: ["https://portal.example.org"],
	admission: { maxCost: 1_000, costPerSecond: 100, introspection: "signed-in" },
} as const;
