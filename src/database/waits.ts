/** The longest waits, in milliseconds: a frozen or vanished server must not hold a call for ever. */
export interface Waits {
	/** For the server to take a new connection. */
	readonly connect: number;
	/** For a connection to be free. */
	readonly freeConnection: number;
	/** For a statement, by the server's clock, and a second more by this process's. */
	readonly statement: number;
	/** Within a transaction, for its next statement. */
	readonly idleInTransaction: number;
}

export const usualWaits: Waits = { connect: 2_000, freeConnection: 5_000, statement: 4_000, idleInTransaction: 8_000 };

/** For work that no user waits for in front of a page: statements over much, between which a slow source is read. */
export const longWaits: Waits = { ...usualWaits, statement: 3_600_000, idleInTransaction: 3_600_000 };
