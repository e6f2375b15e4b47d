const bounds = {
	characters: 1_000_000,
	lines: 1_000_000,
	tokens: 100_000,
	depth: 100,
	levels: 100,
	aliases: 10_000,
	directives: 1_000,
	name: 1_000,
	pairs: 1_000_000,
	selectionsPerToken: 1_000,
};

/** A service that lets in whatever is asked, as often as it is asked: for tests of anything else. */
export const unlimited = { graphiql: true, origins: [], admission: { maxCost: 100_000_000, costPerSecond: 0, bounds, introspection: "everyone" } } as const;
