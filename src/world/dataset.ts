import type { ListName } from "../import/source.ts";

/** A component whose usage a resource reports every month. */
interface ReportedComponent {
	readonly type: string;
	/** What a usual month amounts to, in hundredths of the measured unit. */
	readonly usual: number;
	readonly recurring: boolean;
}

/** An account whose part of the usage is reported. */
export interface Account {
	readonly username: string;
	/** The offering user, 32 hex digits; undefined for a name that the offering does not know. */
	readonly uuid?: string;
}

/** A resource that reports usage. */
export interface Reporter {
	/** 32 hex digits. */
	readonly resource: string;
	readonly offering: string;
	readonly components: readonly ReportedComponent[];
	/** Number of months of the world that pass before its first report, and that it reports. */
	readonly first: number;
	readonly months: number;
	/** Who shares the usage; empty when parts are not reported. */
	readonly accounts: readonly Account[];
}

/** A world before its usage: what there is, and who reports. */
export interface Dataset {
	/** The records of every list but usages and their parts. */
	readonly lists: Readonly<Partial<Record<ListName, readonly object[]>>>;
	readonly reporters: readonly Reporter[];
}

/** The months of a world. */
export interface Period {
	/** The last billing month, such as 2024-03. */
	readonly until: string;
	/** Number of billing months, `until` included. */
	readonly months: number;
	/** Nothing is reported after this moment. */
	readonly now: Date;
}
