/** What an error is by PostgreSQL's code (SQLSTATE), or by the system's of a lost connection; "" when it has none. */
export const stateOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** The server was demoted or is read-only, or its disk is full. */
const noChanges = /^(25006|53100)$/;

/** Whether the database responds, and takes no changes at the moment. */
export const takesNoChanges = (error: unknown): boolean => noChanges.test(stateOf(error));

/** Whether there was no room for what a statement writes. */
export const foundDiskFull = (error: unknown): boolean => stateOf(error) === "53100";

/** Whether a statement took longer than it may. */
export const tookTooLong = (error: unknown): boolean => stateOf(error) === "57014";

/** That the disk is about to be full. */
export const diskFull = (): Error => Object.assign(new Error("The disk is about to be full."), { code: "53100" });

/** That the database was found to be read-only before anything was written. */
export const readOnly = (): Error => Object.assign(new Error("The database takes no changes."), { code: "25006" });
