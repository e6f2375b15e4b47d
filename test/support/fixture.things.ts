export const projects = { n1: "north", n2: "north", gone: "north", s1: "south", s2: "south" } as const;

export interface FixtureOffering {
	readonly name: string;
	readonly provider: string;
	readonly state: string;
	readonly components: readonly string[];
	readonly shared?: false;
	/** Organization groups that it is for. */
	readonly groups?: readonly string[];
	/** Organization groups that its plan is for. */
	readonly planGroups?: readonly string[];
}

export const offerings: readonly FixtureOffering[] = [
	{ name: "compute", provider: "alpine", state: "ACTIVE", components: ["cpu", "ram"] },
	{ name: "draft", provider: "alpine", state: "DRAFT", components: ["cpu"] },
	{ name: "storage", provider: "baltic", state: "ACTIVE", planGroups: ["companies"], components: ["gb"] },
	{ name: "archive", provider: "baltic", state: "ARCHIVED", components: ["tb"] },
	{ name: "paused", provider: "coral", state: "PAUSED", components: ["cpu"] },
	{ name: "private", provider: "alpine", state: "ACTIVE", shared: false, components: ["cpu"] },
	{ name: "campus", provider: "baltic", state: "ACTIVE", groups: ["universities"], components: ["tb"] },
];

export const resources = ["n1 compute", "n1 storage", "n2 compute", "s1 compute", "s1 storage", "s2 compute", "s2 archive", "gone compute"];

/** Billing months, and when their usage was reported: the middle one on 31 October in London, and on 1 November in Tokyo. */
export const reports = [
	{ month: "2025-12-01", date: "2025-12-15T12:00:00.000Z" },
	{ month: "2026-10-01", date: "2026-10-31T15:30:00.000Z" },
	{ month: "2026-11-01", date: "2026-11-19T09:00:00.000Z" },
];

/** The people with accounts at the offerings: ann works in n1, sven in s2. */
export const accounts = ["ann compute", "ann storage", "sven compute", "sven storage", "sven archive"];
